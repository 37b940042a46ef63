from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.accounts.test_sign_in import NINE, WRONG, is_signed_in, sign_in
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.once

SETUP = "/workbench/profile/totp/"
STEP_TWO = "/accounts/second-factor/"


def code_of(device, at=NINE):
    generator = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    generator.time = at.timestamp()
    return f"{generator.token():06}"


@pytest.fixture
def nine_o_clock():
    with time_machine.travel(NINE, tick=False) as clock:
        yield clock


@pytest.fixture
def device(office):
    return TOTPDevice.objects.create(user=office, confirmed=True)


def test_setting_up_shows_a_code_to_scan_and_counts_only_when_proven(client, office, nine_o_clock, audited):
    client.force_login(office)
    before = client.get(SETUP).content.decode()
    client.post(SETUP + "begin/")
    page = client.get(SETUP).content.decode()
    device = TOTPDevice.objects.get()
    wrong = client.post(SETUP, {"code": "000000"})
    unproven = sign_in(Client())
    nine_o_clock.shift(timedelta(seconds=30))
    right = client.post(SETUP, {"code": code_of(device, NINE + timedelta(seconds=30))})

    assert "开始设置" in before
    assert "<svg" in page
    assert "data:" not in page
    assert "style=" not in page
    assert wrong.status_code == 422
    assert unproven["Location"] == "/workbench/"
    assert (right.status_code, right["Location"]) == (302, "/workbench/profile/")
    assert audited() == ["登录", "启用动态口令"]
    assert "移除动态口令" in client.get(SETUP).content.decode()


def test_looking_at_the_page_makes_no_secret(client, office):
    client.force_login(office)

    client.get(SETUP)

    assert TOTPDevice.objects.count() == 0


def test_the_password_alone_signs_nobody_in_who_has_a_second_factor(client, office, device, nine_o_clock, audited):
    first = sign_in(client, next="/workbench/profile/")
    half = is_signed_in(client)
    turned_away = client.get("/workbench/profile/")
    second = client.post(STEP_TWO, {"code": code_of(device)})

    assert first["Location"] == STEP_TWO
    assert not half
    assert turned_away["Location"].startswith("/accounts/login/")
    assert second["Location"] == "/workbench/profile/"
    assert is_signed_in(client)
    assert audited() == ["登录"]


def test_a_code_may_be_typed_with_spaces_and_in_full_width(client, office, device, nine_o_clock):
    sign_in(client)
    code = code_of(device)
    full_width = code[:3].translate({ord(str(i)): chr(0xFF10 + i) for i in range(10)})

    response = client.post(STEP_TWO, {"code": f" {full_width} {code[3:]} "})

    assert response.status_code == 302


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef"])
def test_what_is_no_code_is_named(client, office, device, code):
    sign_in(client)

    response = client.post(STEP_TWO, {"code": code})

    assert response.status_code == 422
    assert "动态口令" in response.context["form"].errors["code"][0]


def test_a_code_works_once(client, office, device, nine_o_clock):
    sign_in(client)
    client.post(STEP_TWO, {"code": code_of(device)})
    other = Client()
    sign_in(other)

    again = other.post(STEP_TWO, {"code": code_of(device)})

    assert again.status_code == 422
    assert not is_signed_in(other)


def test_wrong_codes_make_one_wait_longer_and_longer(client, office, device, nine_o_clock, audited):
    sign_in(client)
    client.post(STEP_TWO, {"code": "000000"})
    nine_o_clock.shift(timedelta(seconds=2))
    client.post(STEP_TWO, {"code": "000000"})

    too_soon = client.post(STEP_TWO, {"code": code_of(device)})

    assert too_soon.status_code == 429
    assert "秒后再试" in too_soon.content.decode()
    assert not is_signed_in(client)
    assert audited() == ["动态口令错误"] * 2


def test_the_second_step_is_closed_to_who_did_not_take_the_first(client, office, device, nine_o_clock):
    assert client.post(STEP_TWO, {"code": code_of(device)})["Location"] == "/accounts/login/"

    sign_in(client, password=WRONG)
    assert client.post(STEP_TWO, {"code": code_of(device)})["Location"] == "/accounts/login/"


def test_the_second_step_waits_five_minutes(client, office, device, nine_o_clock):
    sign_in(client)
    nine_o_clock.shift(timedelta(minutes=6))

    assert client.post(STEP_TWO, {"code": code_of(device)})["Location"] == "/accounts/login/"


def test_a_password_reset_between_the_steps_closes_the_second(client, office, device, nine_o_clock):
    sign_in(client)
    office.set_password("Other-2026")
    office.save()

    assert client.post(STEP_TWO, {"code": code_of(device)})["Location"] == "/accounts/login/"


def test_failures_count_on_until_the_second_step_is_taken(client, office, device, nine_o_clock):
    for _ in range(4):
        sign_in(client, password=WRONG)
    sign_in(client)

    assert sign_in(client, password=WRONG).status_code == 429


def test_removing_ones_own_asks_for_the_password(client, office, device, audited):
    client.force_login(office)

    wrong = client.post(SETUP + "remove/", {"password": WRONG})
    kept = TOTPDevice.objects.count()
    right = client.post(SETUP + "remove/", {"password": PASSWORD})

    assert (wrong.status_code, kept) == (422, 1)
    assert right["Location"] == "/workbench/profile/"
    assert TOTPDevice.objects.count() == 0
    assert audited() == ["移除动态口令"]


def test_the_administrator_helps_who_lost_the_phone(client, administrator, office, device, audited):
    client.force_login(administrator)

    client.post(f"/workbench/users/{office.pk}/remove-second-factor/")

    assert sign_in(Client())["Location"] == "/workbench/"
    assert audited() == ["移除动态口令", "登录"]


def test_privileged_people_are_advised_to_set_one_up_and_others_are_not(client, office, liaison):
    sign_in(client)
    told = client.get("/workbench/profile/").content.decode()
    other = Client()
    sign_in(other, username="yi")
    not_told = other.get("/workbench/profile/").content.decode()

    assert "建议设置动态口令" in told
    assert "建议设置动态口令" not in not_told


def test_where_it_is_required_privileged_people_set_it_up_first(client, office, liaison, settings, nine_o_clock):
    settings.REQUIRE_SECOND_FACTOR = True
    sign_in(client)
    led = client.get("/workbench/profile/")
    page = client.get(led["Location"]).content.decode()
    begun = client.post(SETUP + "begin/", {"next": "/workbench/profile/"})
    done = client.post(begun["Location"], {"code": code_of(TOTPDevice.objects.get())})
    other = Client()
    sign_in(other, username="yi")

    assert led["Location"] == SETUP + "?next=%2Fworkbench%2Fprofile%2F"
    assert "先设好动态口令" in page
    assert "建议" not in page
    assert begun["Location"] == led["Location"]
    assert done["Location"] == "/workbench/profile/"
    assert client.get("/workbench/profile/").status_code == 200
    assert other.get("/workbench/profile/").status_code == 200
