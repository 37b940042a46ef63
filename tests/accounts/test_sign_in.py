from datetime import datetime, timedelta

import pytest
import time_machine
from axes.models import AccessAttempt

from accounts import lockout
from audit.models import Entry
from common.clock import CITY_TIME
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.once

LOGIN = "/accounts/login/"
NINE = datetime(2026, 11, 24, 9, tzinfo=CITY_TIME)
WRONG = "Wrong-2026"


def sign_in(client, username="jia", password=PASSWORD, **more):
    return client.post(LOGIN, {"username": username, "password": password} | more)


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_the_right_password_leads_to_the_workbench_and_is_noted(client, office, audited):
    response = sign_in(client)

    assert (response.status_code, response["Location"]) == (302, "/workbench/")
    assert is_signed_in(client)
    entry = Entry.objects.get()
    assert (entry.verb, entry.actor_id, entry.facts) == (
        "登录",
        str(office.pk),
        {"address": "127.0.0.1", "with_code": False},
    )


def test_a_wrong_password_keeps_the_name_typed_and_is_noted_without_the_password(client, office):
    response = sign_in(client, password=WRONG)

    page = response.content.decode()
    assert response.status_code == 422
    assert "用户名或密码不对" in page
    assert 'value="jia"' in page
    assert WRONG not in page
    entry = Entry.objects.get()
    assert (entry.verb, entry.actor_label, entry.target_id) == ("登录失败", "系统", str(office.pk))
    assert WRONG not in str(Entry.objects.values())


def test_an_unknown_name_is_kept_as_a_digest_only(client, db):
    sign_in(client, username="My-Secret-2026")

    entry = Entry.objects.get()
    assert entry.verb == "登录失败"
    assert set(entry.facts) == {"address", "name_digest"}
    kept = str(list(Entry.objects.values())) + str(list(AccessAttempt.objects.values()))
    assert "My-Secret-2026" not in kept


@pytest.mark.parametrize("username", ["jia", "nobody", "gone"], ids=["wrong password", "unknown name", "deactivated"])
def test_nobody_learns_which_names_exist(client, office, liaison, username):
    liaison.username, liaison.is_active = "gone", False
    liaison.save()
    password = PASSWORD if username == "gone" else WRONG

    response = sign_in(client, username=username, password=password)

    said = response.context["form"].non_field_errors()
    assert (response.status_code, said) == (422, ["用户名或密码不对。请看清大小写，再输一次。"])


def test_unknown_names_are_locked_out_like_known_ones(client, office):
    answers = {name: [sign_in(client, name, WRONG).status_code for _ in range(6)] for name in ("jia", "nobody")}

    assert answers == {name: [422] * 4 + [429] * 2 for name in ("jia", "nobody")}


def test_empty_fields_are_named(client, db):
    response = sign_in(client, username="", password="")

    page = response.content.decode()
    assert response.status_code == 422
    assert "请填用户名。" in page
    assert "请填密码。" in page
    assert Entry.objects.count() == 0


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/workbench/units/?kind=enterprise_institution", "/workbench/units/?kind=enterprise_institution"),
        ("https://evil.example/", "/workbench/"),
        ("//evil.example/", "/workbench/"),
        ("/\\evil.example/", "/workbench/"),
        ("javascript:alert(1)", "/workbench/"),
        ("accounts:users", "/workbench/"),
        ("", "/workbench/"),
    ],
    ids=["ours", "another site", "without scheme", "back-slash", "script", "a name of ours", "nothing"],
)
def test_after_signing_in_one_comes_only_to_pages_of_ours(client, office, wanted, reached):
    assert sign_in(client, next=wanted)["Location"] == reached


def test_who_is_signed_in_already_is_led_on(client, office):
    client.force_login(office)

    assert client.get(LOGIN + "?next=/workbench/profile/")["Location"] == "/workbench/profile/"
    assert client.get(LOGIN + "?next=https://evil.example/")["Location"] == "/workbench/"


def test_the_page_wanted_survives_a_typing_error(client, office):
    response = sign_in(client, password=WRONG, next="/workbench/profile/")

    assert '<input type="hidden" name="next" value="/workbench/profile/">' in response.content.decode()


def test_after_five_wrong_passwords_even_the_right_one_waits(client, office, audited):
    with time_machine.travel(NINE, tick=False) as clock:
        answers = [sign_in(client, password=WRONG).status_code for _ in range(5)]
        clock.shift(timedelta(minutes=5))
        locked = sign_in(client)
        said = locked.content.decode()
        clock.shift(timedelta(minutes=11))
        later = sign_in(client)

    assert answers == [422, 422, 422, 422, 429]
    assert (locked.status_code, locked["Retry-After"]) == (429, "600")
    assert "请 10 分钟后再试" in said
    assert "请系统管理员重设" in said
    assert later.status_code == 302
    assert audited() == ["登录失败"] * 5 + ["登录锁定", "登录"]


def test_a_lock_is_for_one_account_from_one_address(client, office, liaison):
    for _ in range(5):
        sign_in(client, password=WRONG)

    assert sign_in(client).status_code == 429
    assert sign_in(client, username="yi").status_code == 302
    client.logout()
    elsewhere = client.post(LOGIN, {"username": "jia", "password": PASSWORD}, REMOTE_ADDR="10.0.0.7")
    assert elsewhere.status_code == 302


def test_guessing_one_account_from_many_addresses_is_limited(client, office):
    with time_machine.travel(NINE, tick=False):
        for host in range(lockout.PER_ACCOUNT.most):
            client.post(LOGIN, {"username": "jia", "password": WRONG}, REMOTE_ADDR=f"10.0.0.{host}")
        response = client.post(LOGIN, {"username": "jia", "password": PASSWORD}, REMOTE_ADDR="10.0.1.1")

    assert response.status_code == 429
    assert "请 15 分钟后再试" in response.content.decode()


def test_signing_out_is_a_post_and_is_noted(client, office, audited):
    client.force_login(office)

    opened = client.get("/accounts/logout/")
    assert (opened.status_code, opened["Allow"]) == (405, "POST")
    assert "这个网址不能直接打开" in opened.content.decode()
    response = client.post("/accounts/logout/")

    assert (response.status_code, response["Location"]) == (302, "/")
    assert not is_signed_in(client)
    assert audited() == ["退出登录"]


def test_after_thirty_quiet_minutes_one_is_signed_out_and_told_so(client, office, audited):
    with time_machine.travel(NINE, tick=False) as clock:
        client.force_login(office)
        client.get("/workbench/profile/")
        clock.shift(timedelta(minutes=29))
        still_in = client.get("/workbench/profile/")
        clock.shift(timedelta(minutes=31))
        out = client.get("/workbench/units/?q=07")
        page = client.get(out["Location"]).content.decode()
        again = client.get(out["Location"]).content.decode()

    assert still_in.status_code == 200
    assert out["Location"] == "/accounts/login/?next=/workbench/units/%3Fq%3D07"
    assert "您有 30 分钟没有操作，已退出" in page
    assert 'name="next" value="/workbench/units/?q=07"' in page
    assert "没有操作" not in again
    assert audited() == ["超时退出"]


def test_a_form_sent_too_late_leads_back_to_its_page(client, office):
    sent = client.post("/accounts/logout/", HTTP_REFERER="http://testserver/workbench/profile/?a=1")
    from_elsewhere = client.post("/accounts/logout/", HTTP_REFERER="https://evil.example/x")

    assert sent["Location"] == "/accounts/login/?next=/workbench/profile/%3Fa%3D1"
    assert from_elsewhere["Location"] == "/accounts/login/?next=/workbench/"


def test_htmx_is_sent_to_the_sign_in_page_as_a_whole(client, db):
    response = client.get(
        "/workbench/units/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/workbench/units/?page=2"},
    )

    assert response["HX-Redirect"] == "/accounts/login/?next=/workbench/units/%3Fpage%3D2"
    assert response.content == b""


def test_the_session_of_a_deactivated_person_ends_at_once(client, office):
    client.force_login(office)
    office.is_active = False
    office.save()

    assert client.get("/workbench/profile/")["Location"].startswith(LOGIN)


def test_signing_in_changes_the_session_key(client, office):
    client.get(LOGIN)
    client.cookies["session"] = "fixed-by-a-stranger"

    sign_in(client)

    assert client.cookies["session"].value != "fixed-by-a-stranger"
