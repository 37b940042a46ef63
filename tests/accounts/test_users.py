import re

import pytest
from django.test import Client

from accounts import actions
from accounts.actions import Post
from accounts.models import Role, User
from audit.models import Entry
from common.errors import DomainError
from tests.accounts.test_sign_in import NINE, WRONG, sign_in
from tests.factories.accounts import LeaderFactory, SpecialGroupFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.once

USERS = "/workbench/users/"


@pytest.fixture
def at_desk(client, administrator):
    """The administrator, signed in."""
    client.force_login(administrator)
    return client


def sent(person, **changes):
    kept = {"name": person.name, "role": person.role, "unit": person.unit_id or "", "is_active": "on"}
    return {name: value for name, value in (kept | changes).items() if value is not None}


def shown_password(response):
    return re.search(r'<p class="code nw">(.+?)</p>', response.content.decode())[1]


def test_a_new_account_gets_a_password_shown_once_that_must_be_changed(at_desk):
    unit = UnitFactory()
    response = at_desk.post(
        USERS + "new/", {"username": "ding", "name": "示例人员丁", "role": "liaison", "unit": unit.pk}
    )

    password = shown_password(response)
    person = User.objects.get(username="ding")
    assert "no-store" in response["Cache-Control"]
    assert (person.role, person.unit, person.must_change_password) == ("liaison", unit, True)
    assert person.check_password(password)
    assert password not in str(list(Entry.objects.values())) + str(list(User.objects.values()))
    entry = Entry.objects.get()
    assert entry.verb == "新增用户"
    assert entry.facts["after"] == {
        "username": "ding",
        "name": "示例人员丁",
        "role": "liaison",
        "unit": unit.code,
        "group": "",
        "leader": "",
        "is_unit_head": False,
        "is_active": True,
    }
    newcomer = Client()
    sign_in(newcomer, username="ding", password=password)
    assert newcomer.get("/workbench/")["Location"].startswith("/accounts/password/")


@pytest.mark.parametrize(
    ("role", "field", "said"),
    [
        ("liaison", "unit", "单位联络员要有所属单位，请选一个。"),
        ("group_head", "group", "专项组负责人要有所属专项组，请选一个。"),
        ("leader", "leader", "领导要有领导，请选一个。"),
    ],
)
def test_a_role_that_is_held_for_somebody_needs_to_say_for_whom(at_desk, role, field, said):
    response = at_desk.post(USERS + "new/", {"username": "ding", "name": "示例人员丁", "role": role})

    assert response.status_code == 422
    assert response.context["form"].errors == {field: [said]}
    assert 'value="ding"' in response.content.decode()


def test_what_the_role_does_not_need_is_not_taken(at_desk):
    at_desk.post(
        USERS + "new/",
        {
            "username": "ding",
            "name": "示例人员丁",
            "role": "office",
            "unit": UnitFactory().pk,
            "group": SpecialGroupFactory().pk,
            "leader": LeaderFactory().pk,
        },
    )

    person = User.objects.get(username="ding")
    assert (person.unit, person.group, person.leader) == (None, None, None)


def test_a_name_already_in_use_is_said(at_desk, office):
    response = at_desk.post(USERS + "new/", {"username": "jia", "name": "示例人员丁", "role": "office"})

    assert response.context["form"].errors == {"username": ["这个用户名已经有人用了，请换一个。"]}


def test_a_change_is_noted_with_before_and_after(at_desk, liaison):
    group = SpecialGroupFactory()
    at_desk.post(f"{USERS}{liaison.pk}/", sent(liaison, role="group_head", group=group.pk))

    entry = Entry.objects.get()
    assert (entry.verb, entry.target_id) == ("修改用户", str(liaison.pk))
    assert entry.facts == {
        "before": {"role": "liaison", "unit": liaison.unit.code, "group": ""},
        "after": {"role": "group_head", "unit": "", "group": group.code},
    }


def test_saving_without_a_change_notes_nothing(at_desk, liaison):
    response = at_desk.post(f"{USERS}{liaison.pk}/", sent(liaison))

    assert response.status_code == 302
    assert Entry.objects.count() == 0


def test_deactivating_ends_the_persons_session(at_desk, liaison):
    other = Client()
    other.force_login(liaison)
    assert other.get("/workbench/profile/").status_code == 200

    at_desk.post(f"{USERS}{liaison.pk}/", sent(liaison, is_active=None))

    assert other.get("/workbench/profile/").status_code == 302
    assert sign_in(Client(), username="yi").status_code == 422


def test_the_administrator_may_change_their_own_name_and_nothing_else_of_their_post(at_desk, administrator):
    at_desk.post(f"{USERS}{administrator.pk}/", {"name": "示例人员戊", "role": "office"})

    administrator.refresh_from_db()
    assert (administrator.name, administrator.role, administrator.is_active) == ("示例人员戊", "administrator", True)


@pytest.mark.parametrize("change", [{"is_active": False}, {"post": Post(Role.OFFICE)}], ids=["inactive", "other role"])
def test_nobody_changes_their_own_post(administrator, change):
    UserFactory(role=Role.ADMINISTRATOR)
    wanted = {"name": administrator.name, "post": Post(Role.ADMINISTRATOR), "is_active": True} | change

    with pytest.raises(DomainError, match="自己的角色"):
        actions.edit_user(administrator, **wanted, by=administrator, at=NINE)


@pytest.mark.parametrize("change", [{"is_active": False}, {"post": Post(Role.OFFICE)}], ids=["inactive", "other role"])
def test_the_last_active_administrator_stays_even_if_two_turn_on_each_other(administrator, change):
    other = UserFactory(role=Role.ADMINISTRATOR)
    post = Post(Role.ADMINISTRATOR)
    actions.edit_user(other, name=other.name, post=post, is_active=False, by=administrator, at=NINE)
    wanted = {"name": administrator.name, "post": post, "is_active": True} | change

    with pytest.raises(DomainError, match="最后一位"):
        actions.edit_user(administrator, **wanted, by=other, at=NINE)


def test_a_reset_password_ends_sessions_lifts_the_lock_and_must_be_changed(at_desk, liaison, audited):
    other = Client()
    other.force_login(liaison)
    for _ in range(5):
        sign_in(Client(), username="yi", password=WRONG)

    response = at_desk.post(f"{USERS}{liaison.pk}/reset-password/")

    password = shown_password(response)
    assert "no-store" in response["Cache-Control"]
    assert other.get("/workbench/profile/").status_code == 302
    assert sign_in(other, username="yi", password=password).status_code == 302
    assert other.get("/workbench/")["Location"].startswith("/accounts/password/")
    assert audited() == ["登录失败"] * 5 + ["登录锁定", "重设密码", "登录"]
    assert password not in str(list(Entry.objects.values()))


def test_ones_own_password_is_not_reset_but_changed(at_desk, administrator):
    assert at_desk.post(f"{USERS}{administrator.pk}/reset-password/").status_code == 409


def test_the_list_is_searched_filtered_and_paged(at_desk, office, liaison):
    UserFactory.create_batch(60, role=Role.GUIDANCE)
    liaison.is_active = False
    liaison.save()

    def names(query):
        return [person.username for person in at_desk.get(USERS + query).context["page"]]

    assert names("?q=示例人员甲") == ["jia"]
    assert names(f"?q={liaison.unit.name}") == ["yi"]
    assert names("?role=liaison") == ["yi"]
    assert names(f"?unit={liaison.unit.code}") == ["yi"]
    assert names("?state=inactive") == ["yi"]
    assert names("?q=没有这个人") == []
    assert len(names("")) == 50
    assert len(names("?page=2")) == 13
    assert len(names("?page=99&role=nonsense&state=x&unit=y")) == 13
    assert 'href="?role=guidance&amp;page=2"' in at_desk.get(USERS + "?role=guidance").content.decode()


def test_the_list_takes_the_same_queries_for_three_people_as_for_forty(at_desk, liaison, django_assert_num_queries):
    at_desk.get(USERS)
    with django_assert_num_queries(8) as few:
        at_desk.get(USERS)
    UserFactory.create_batch(40, liaison=True)
    with django_assert_num_queries(len(few.captured_queries)):
        at_desk.get(USERS)


def test_people_who_are_not_administrators_manage_nobody(client, office, liaison):
    client.force_login(office)

    for address in (USERS, USERS + "new/", f"{USERS}{liaison.pk}/"):
        assert client.get(address).status_code == 403
    for verb in ("reset-password", "remove-second-factor"):
        assert client.post(f"{USERS}{liaison.pk}/{verb}/").status_code == 403


def test_only_somebody_of_a_unit_is_its_head(client, administrator):
    client.force_login(administrator)
    unit = UnitFactory()
    post = {"username": "wu", "name": "示例人员戊", "role": "liaison", "unit": unit.pk, "is_unit_head": "on"}
    client.post(USERS + "new/", post)
    client.post(USERS + "new/", post | {"username": "ji", "role": "office"})

    assert list(
        User.objects.filter(username__in=["wu", "ji"]).order_by("pk").values_list("is_unit_head", flat=True)
    ) == [
        True,
        False,
    ]
