import pytest
from django.test import Client

from accounts import actions, lockout
from accounts.passwords import ThreeOfFourKindsValidator, initial_password
from common.clock import CITY_TIME
from tests.accounts.test_sign_in import NINE, sign_in
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.once

PAGE = "/accounts/password/"
NEW = "River-2027"


def change(client, old=PASSWORD, new=NEW, again=None, **more):
    return client.post(PAGE, {"old_password": old, "new_password1": new, "new_password2": again or new} | more)


def test_a_changed_password_works_and_ends_the_sessions_elsewhere(client, office, audited):
    elsewhere = Client()
    sign_in(client)
    sign_in(elsewhere)

    response = change(client)

    assert (response.status_code, response["Location"]) == (302, "/workbench/profile/")
    assert client.get("/workbench/profile/").status_code == 200
    assert elsewhere.get("/workbench/profile/").status_code == 302
    assert sign_in(Client(), password=NEW).status_code == 302
    assert audited() == ["登录", "登录", "修改密码", "登录"]


def test_who_was_given_a_password_changes_it_first_and_then_reaches_the_page_wanted(client, office):
    office.must_change_password = True
    office.save()
    sign_in(client)

    led = client.get("/workbench/units/?q=07")
    page = client.get(led["Location"])
    public = client.get("/accounts/login/")
    done = change(client, next="/workbench/units/?q=07")

    assert led["Location"] == "/accounts/password/?next=%2Fworkbench%2Funits%2F%3Fq%3D07"
    assert "先设一个自己的密码" in page.content.decode()
    assert public.status_code == 302
    assert done["Location"] == "/workbench/units/?q=07"
    assert client.get("/workbench/units/?q=07").status_code == 200


def test_who_owes_a_password_may_still_sign_out(client, office):
    office.must_change_password = True
    office.save()
    client.force_login(office)

    assert client.post("/accounts/logout/")["Location"] == "/"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"old": "Wrong-2026"}, "现在的密码不对，请再输一次。"),
        ({"again": "River-2028"}, "再输一次新密码时和上面的不一样，请重输。"),
        ({"new": "R-7a"}, "新密码至少 8 个字符，请加长。"),
        ({"new": "river2027forest"}, "新密码要在大写字母、小写字母、数字、符号四种里至少用三种。"),
        ({"new": PASSWORD}, "新密码要和现在的不一样。"),
        ({"new": "Jia.jia1"}, "新密码和用户名太相近，请换一个。"),
        ({"new": "Password1"}, "新密码太常见，容易被猜到，请换一个。"),
    ],
    ids=["wrong old one", "typed differently", "short", "two kinds", "the old one again", "like the name", "common"],
)
def test_a_refused_password_is_explained_beside_its_field(client, office, typed, said):
    office.username = "jiajia"
    office.save()
    client.force_login(office)

    response = change(client, **typed)

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert 'class="error-summary"' in page
    assert not any(secret in page for secret in (PASSWORD, NEW, "River-2028"))


def test_the_rules_stand_on_the_page(client, office):
    client.force_login(office)

    page = client.get(PAGE).content.decode()

    assert "至少 8 个字符" in page
    assert "四种里至少用三种" in page


def test_guessing_the_old_password_at_an_open_screen_is_limited(client, office):
    client.force_login(office)

    answers = [change(client, old=f"Guess-{i}").status_code for i in range(lockout.OWN_PASSWORD.most + 1)]

    assert answers == [422] * lockout.OWN_PASSWORD.most + [429]


def test_initial_passwords_fit_the_rules_and_differ():
    drawn = {initial_password() for _ in range(200)}

    assert len(drawn) == 200
    assert {len(password) for password in drawn} == {15}
    for password in drawn:
        ThreeOfFourKindsValidator().validate(password)


def test_a_change_by_action_needs_no_request(office):
    actions.change_password(office, password=NEW, at=NINE.astimezone(CITY_TIME))

    assert office.check_password(NEW)
    assert not office.must_change_password
