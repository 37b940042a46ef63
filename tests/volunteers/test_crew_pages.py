"""The pages of volunteers and of those who organise."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Role
from common.models import Fact
from notifications import delivery
from tests.factories import crew
from tests.factories.accounts import LeaderFactory, SpecialGroupFactory, UserFactory
from tests.factories.complaints import jpeg
from tests.factories.crew import HOUR, MONDAY, SATURDAY_NINE
from volunteers import actions
from volunteers.codes import attendance_code
from volunteers.models import Activity, Certificate, Membership, ServiceRecord, SignUp, Team, Volunteer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_nine"), pytest.mark.once]
HOME, SIGN_IN, CODE, REGISTER, ME = (
    f"/volunteers/{tail}" for tail in ("", "sign-in/", "sign-in/code/", "register/", "me/")
)
KEPT = "/workbench/activities/"


@pytest.fixture
def monday_nine():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def trying_out():
    """A portal that sends nothing shows the code itself, if its city is the sample."""
    Fact.write("sample_data", True)


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def words(response):
    return " ".join(soup(response).select_one("main").get_text(" ").split())


def errors(response):
    return [item.get_text(strip=True) for item in soup(response).select("#error-summary li")]


def shown_code(client):
    return soup(client.get(CODE)).select_one(".note b.num").text


def prove(client, phone, **more):
    client.post(SIGN_IN, {"phone": phone, **more})
    return client.post(CODE, {"code": shown_code(client)})


@pytest.fixture
def signed_in(client, trying_out):
    who = crew.volunteer("示例志愿者甲", phone="13800001234")
    prove(client, who.phone)
    return who


ABOUT = {"name": "示例志愿者乙", "born_year": "1990", "skills": "会修水管", "consent": "on"}


# --- registering and signing in ---


def test_from_the_activity_through_phone_and_code_and_registration_back_to_it(client, trying_out):
    held = crew.activity()
    page = held.get_absolute_url()
    link = soup(client.get(page)).select_one(".action-bar a")["href"]
    client.get(link)
    assert prove(client, "138 0000 5678")["Location"] == REGISTER
    done = client.post(REGISTER, ABOUT)

    assert done["Location"] == page
    who = Volunteer.objects.get()
    assert (who.name, who.phone, who.born_year, who.is_listed) == ("示例志愿者乙", "13800005678", 1990, False)
    said = client.post(f"{page}sign-up/", follow=True)
    assert "您已报上" in words(said)
    assert client.get("/volunteers/me/").status_code == 200


def test_the_same_page_greets_whoever_is_registered_and_whoever_is_not(client, trying_out):
    crew.volunteer(phone="13800001111")
    answers = [client.post(SIGN_IN, {"phone": phone}) for phone in ("13800001111", "13800002222")]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, CODE)] * 2


WRONG = {
    "without consent": ({"consent": ""}, "“我看过上面的告知，同意”还没勾选"),
    "a child": ({"born_year": "2014"}, "请家长带孩子到所在社区登记"),
    "no year": ({"born_year": "九零"}, "出生年份写四位数字，例如 1990。"),
    "an identity number as a name": ({"name": "232701199001010000"}, "姓名至少 2 个字，不要写数字。"),
}


@pytest.mark.parametrize(("changes", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_the_registration_is_said_and_the_rest_stays(changes, said, client, trying_out):
    prove(client, "13800005678")
    answer = client.post(REGISTER, ABOUT | changes)

    assert answer.status_code == 422 and said in "".join(errors(answer))
    assert soup(answer).select_one("[name=skills]")["value"] == "会修水管"
    assert not Volunteer.objects.exists()


def test_a_wrong_code_is_said_and_six_wrong_ones_end_it(client, trying_out):
    client.post(SIGN_IN, {"phone": "13800005678"})
    code = shown_code(client)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        assert "验证码不对" in errors(client.post(CODE, {"code": wrong}))[0]
    assert "验证码不对" in errors(client.post(CODE, {"code": code}))[0]


def test_without_a_gateway_a_real_portal_says_whom_to_ask(client):
    answer = client.post(SIGN_IN, {"phone": "13800005678"})

    assert answer.status_code == 409 and "短信还没有开通" in errors(answer)[0]
    assert soup(answer).select_one("[name=phone]")["value"] == "13800005678"


def test_signed_in_an_hour_or_two_weeks_on_the_own_phone(client, trying_out, monday_nine):
    crew.volunteer(phone="13800001111")
    prove(client, "13800001111")
    other = Client()
    prove(other, "13800001111", keep="on")
    monday_nine.shift(timedelta(hours=2))

    assert (client.get(ME).status_code, other.get(ME).status_code) == (302, 200)
    # What cannot be undone asks again, on the own phone too.
    assert other.get("/volunteers/me/erase/")["Location"] == SIGN_IN


def test_no_page_of_a_volunteer_opens_for_nobody_or_for_staff(client):
    own = [ME, "/volunteers/me/edit/", "/volunteers/me/data.json", "/volunteers/me/erase/"]
    assert {client.get(address).status_code for address in own} == {302}
    client.force_login(UserFactory())
    assert {client.get(address)["Location"].split("?")[0] for address in own} == {SIGN_IN}


def test_nobody_leads_a_visitor_to_another_site(client, trying_out):
    crew.volunteer(phone="13800001111")
    client.get(f"{SIGN_IN}?next=//evil.example.com/volunteers/")
    assert prove(client, "13800001111")["Location"] == ME


# --- the own pages ---


def test_correct_export_and_erase_ones_own_data(client, signed_in):
    held = crew.activity(title='=HYPERLINK("x")')
    crew.served(held, signed_in)
    crew.confirmed(held)
    client.post("/volunteers/me/edit/", {"name": "示例志愿者丙", "born_year": "1991", "is_listed": "on"})

    told = json.loads(client.get("/volunteers/me/data.json").content)
    assert (told["姓名"], told["手机号"], told["合计小时"]) == ("示例志愿者丙", "13800001234", "2")
    table = client.get("/volunteers/me/data.csv").content.decode("utf-8-sig").splitlines()
    assert table[1].startswith("2026-11-28,\"'=HYPERLINK") and table[-1] == "合计,,,,120,2"
    assert "示例志愿者丙" in words(client.get("/volunteers/honours/"))

    assert client.post("/volunteers/me/erase/").status_code == 422
    client.post("/volunteers/me/erase/", {"sure": "on"})
    assert (Volunteer.objects.get().name, client.get(ME).status_code) == ("", 302)
    assert "示例志愿者丙" not in words(client.get("/volunteers/honours/"))


def test_the_own_page_shows_hours_activities_teams_and_messages(client, signed_in, stars_and_points):
    own = crew.team()
    crew.member(own, signed_in)
    held = crew.activity(own)
    crew.served(held, signed_in)
    actions.correct_hours(crew.confirmed(held)[0], minutes=90, reason="早走", by=UserFactory(), at=MONDAY)
    coming = crew.activity(own, title="下周清雪", starts_at=SATURDAY_NINE + timedelta(days=7))
    actions.sign_up(coming, volunteer=signed_in, at=MONDAY)

    said = words(client.get(ME))
    for part in ("1.5 小时 1 次，积分 15", "到一星志愿者还差 98.5 小时", "更正过：早走", "下周清雪", f"{own} 公开队伍"):
        assert part in said
    assert f"{own}同意您入队了。" in said


def test_a_certificate_is_issued_printed_and_checked_by_anybody(client, signed_in):
    held = crew.activity()
    crew.served(held, signed_in)
    crew.confirmed(held)
    printed = client.post("/volunteers/me/certificates/", follow=True)
    number = Certificate.objects.get().number

    assert "示例志愿者甲 于 2026 年 11 月 28 日" in words(printed) and "2 小时 。特此证明。" in words(printed)
    assert soup(printed).select_one("svg.qr")
    stranger = Client()
    said = words(stranger.get("/volunteers/certificates/", {"number": number.lower()}))
    assert "是真的，有效" in said and "示*****" in said and "示例志愿者甲" not in said
    assert stranger.get(f"/volunteers/me/certificates/{number}/").status_code == 302
    missing = stranger.get("/volunteers/certificates/", {"number": "2026000001-AAAAAA"})
    assert missing.status_code == 404 and "没有这个编号的证明" in words(missing)

    office = UserFactory()
    client.force_login(office)
    address = f"/workbench/activities/certificates/{Certificate.objects.get().pk}/revoke/"
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "姓名有误"})
    assert "已作废" in words(stranger.get("/volunteers/certificates/", {"number": number}))


def test_a_leader_lets_people_in_on_the_own_page_and_nobody_else_does(client, signed_in):
    own = crew.team()
    crew.member(own, signed_in)
    facts = actions.TeamFacts(own.code, own.name, None)
    asked = actions.ask_to_join(own, volunteer=crew.volunteer("示例志愿者丁"), at=MONDAY)
    decide = f"/volunteers/me/requests/{asked.pk}/"
    assert client.post(decide, {"accept": "1"}).status_code == 404

    actions.save_team(own, facts=facts, leader=signed_in, by=UserFactory(), at=MONDAY)
    assert "示例志愿者丁 申请加入" in words(client.get(ME))
    client.post(decide, {"accept": "1"})
    assert own.memberships.members().count() == 2


def test_joining_and_leaving_a_team(client, signed_in):
    own = crew.team()
    client.post(f"/volunteers/teams/{own.pk}/join/")
    assert "等队里同意" in words(client.get("/volunteers/teams/"))
    client.post(f"/volunteers/teams/{own.pk}/leave/")
    assert Membership.objects.get().state == "left"


# --- signing up and being there ---


def test_a_small_overlap_asks_once_more_and_a_large_one_says_no(client, signed_in):
    client.post(f"{crew.activity().get_absolute_url()}sign-up/")
    small = crew.activity(starts_at=SATURDAY_NINE + HOUR).get_absolute_url()
    large = crew.activity(starts_at=SATURDAY_NINE + HOUR / 2).get_absolute_url()

    refused = client.post(f"{small}sign-up/")
    assert refused.status_code == 409 and "有不到 1 小时重叠" in words(refused)
    again = {field["name"]: field["value"] for field in soup(refused).select("form[action$='sign-up/'] input")}
    assert "您已报上" in words(client.post(f"{small}sign-up/", again, follow=True))
    assert client.post(f"{large}sign-up/", again).status_code == 409


def test_who_waits_reads_how_many_are_ahead_and_can_withdraw(client, signed_in):
    held = crew.activity(capacity=1)
    for _ in range(2):
        actions.sign_up(held, volunteer=crew.volunteer(), at=MONDAY)
    said = words(client.post(f"{held.get_absolute_url()}sign-up/", follow=True))
    assert "您在候补 前面还有 1 人" in said
    client.post(f"{held.get_absolute_url()}withdraw/")
    assert SignUp.objects.get(volunteer=signed_in).state == "withdrawn"


def test_the_organisers_code_checks_in_and_out_and_is_soon_too_old(client, signed_in, monday_nine):
    held = crew.activity()
    actions.sign_up(held, volunteer=signed_in, at=MONDAY)
    monday_nine.move_to(SATURDAY_NINE)
    address = f"/volunteers/check/{attendance_code(held.pk, at=SATURDAY_NINE)}/"
    prove(client, signed_in.phone)

    assert SignUp.objects.get().checked_in_at is None and client.get(address).status_code == 200
    client.post(address, {"go": "in"})
    assert SignUp.objects.get().checked_in_at == SATURDAY_NINE
    monday_nine.shift(timedelta(minutes=4))
    assert client.post(address, {"go": "out"}).status_code == 409
    assert "过期" in words(client.get("/volunteers/check/7-9999999999.forged/"))
    assert SignUp.objects.get().checked_out_at is None


def test_a_draft_is_no_page_for_residents(client):
    planned = actions.plan_activity(crew.plan(), by=UserFactory(), at=MONDAY)[0]
    assert client.get(planned.get_absolute_url()).status_code == 404
    assert planned.title not in words(client.get(HOME))


def test_a_published_report_hides_phones_and_shows_photos(client):
    held, office = crew.activity(), UserFactory()
    held.refresh_from_db()
    client.force_login(office)
    with time_machine.travel(SATURDAY_NINE + 3 * HOUR, tick=False):
        body = {
            "version": held.version, "text": "来了 12 人，问 13800001234。", "url": "https://news.example.com/1",
            "photos": SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg"),
        }  # fmt: skip
        client.post(f"{KEPT}{held.pk}/report/", body)
        seen = Client().get(held.get_absolute_url())

    assert "来了 12 人，问 （电话已隐去）。" in words(seen)
    picture = Client().get(soup(seen).select_one(".photos img")["src"])
    assert picture["Content-Type"] == "image/jpeg"
    picture.close()


# --- organisers ---


def people(unit):
    return {
        role.value: UserFactory(
            role=role,
            unit=unit if role == Role.LIAISON else None,
            group=SpecialGroupFactory() if role == Role.GROUP_HEAD else None,
            leader=LeaderFactory() if role == Role.LEADER else None,
        )
        for role in Role
    }


# Address below an activity or team of the liaison's unit, method, who gets through.
TABLE = {
    f"{KEPT}{{activity}}/": ("get", {role.value for role in Role}),
    f"{KEPT}{{activity}}/edit/": ("get", {"office", "liaison"}),
    f"{KEPT}{{activity}}/attendance/": ("get", {"office", "liaison"}),
    f"{KEPT}{{activity}}/code/": ("get", {"office", "liaison"}),
    f"{KEPT}{{activity}}/hours/": ("get", {"office", "liaison"}),
    f"{KEPT}{{activity}}/report/": ("get", {"office", "liaison"}),
    f"{KEPT}{{activity}}/cancel/": ("post", {"office", "liaison"}),
    "/workbench/teams/{team}/": ("get", {role.value for role in Role}),
    "/workbench/teams/{team}/edit/": ("get", {"office", "liaison"}),
    f"{KEPT}certificates/": ("get", {"office"}),
}


def test_who_organises_what(client, unit, stranger):
    own = crew.team(unit)
    held = crew.activity(own)
    through = {}
    for address, (method, _) in TABLE.items():
        for name, person in (people(unit) | {"stranger": stranger}).items():
            client.force_login(person)
            answer = getattr(client, method)(address.format(activity=held.pk, team=own.pk))
            if answer.status_code not in {403, 404}:
                through.setdefault(address, set()).add(name)

    everybody = {f"{KEPT}{{activity}}/", "/workbench/teams/{team}/"}
    expected = {address: may | ({"stranger"} if address in everybody else set()) for address, (_, may) in TABLE.items()}
    assert through == expected


def test_names_of_those_who_signed_up_are_for_the_organiser(client, unit, liaison, stranger):
    held = crew.activity(crew.team(unit))
    actions.sign_up(held, volunteer=crew.volunteer("示例志愿者甲", phone="13800001234"), at=MONDAY)
    client.force_login(liaison)
    assert "示例志愿者甲 138****1234" in words(client.get(f"{KEPT}{held.pk}/"))
    client.force_login(stranger)
    said = words(client.get(f"{KEPT}{held.pk}/"))
    assert "示例志愿者甲" not in said and "姓名只给组织者看" in said


def test_an_activity_is_planned_weekly_published_together_and_called_off(client, unit, liaison):
    own = crew.team(unit)
    client.force_login(liaison)
    body = {
        "team": own.pk, "type": "snow", "title": "雪后清雪", "on": "2026-11-28", "start": "22:00", "end": "01:00",
        "place": "示例小区南门", "capacity": "10", "repeat": "weekly", "until": "2026-12-12",
        "risk_note": "冰面滑。", "is_insured": "on",
    }  # fmt: skip
    assert errors(client.post(f"{KEPT}new/", body | {"until": ""})) == ["重复到哪天还没填。"]
    first = client.post(f"{KEPT}new/", body)["Location"]

    planned = list(Activity.objects.order_by("starts_at"))
    assert [(one.ends_at - one.starts_at, one.unit) for one in planned] == [(3 * HOUR, unit)] * 3
    client.post(f"{first}publish/", {"all": "1"})
    assert {one.state for one in Activity.objects.all()} == {"published"}
    assert client.post(f"{first}cancel/", {"reason": ""}).status_code == 422
    client.post(f"{first}cancel/", {"reason": "大风"})
    assert [one.state for one in Activity.objects.order_by("starts_at")] == ["cancelled", "published", "published"]


def test_what_somebody_else_changed_meanwhile_is_not_overwritten_and_nothing_typed_is_lost(client, unit, liaison):
    own = crew.team(unit)
    held = crew.activity(own)
    client.force_login(liaison)
    page = soup(client.get(f"{KEPT}{held.pk}/edit/"))
    body = {
        "version": page.select_one("[name=version]")["value"], "team": own.pk, "type": "care", "title": "我改的名称",
        "on": "2026-11-28", "start": "09:00", "end": "11:00", "place": "北门", "capacity": "20",
    }  # fmt: skip
    actions.change_activity(Activity.objects.get(), plan=crew.plan(own, title="别人改的"), by=UserFactory(), at=MONDAY)

    refused = client.post(f"{KEPT}{held.pk}/edit/", body)
    assert refused.status_code == 409 and "刚刚被别人改过" in errors(refused)[0]
    assert soup(refused).select_one("[name=title]")["value"] == "我改的名称"
    again = body | {"version": soup(refused).select_one("[name=version]")["value"]}
    client.post(f"{KEPT}{held.pk}/edit/", again)
    assert Activity.objects.get().title == "我改的名称"


def test_the_list_is_ticked_by_thumb_put_right_confirmed_and_corrected(client, unit, liaison, monday_nine):
    held = crew.activity(crew.team(unit))
    mine = actions.sign_up(held, volunteer=crew.volunteer("示例志愿者甲"), at=MONDAY)
    monday_nine.move_to(SATURDAY_NINE + HOUR / 6)
    client.force_login(liaison)
    tick = f"{KEPT}{held.pk}/attendance/{mine.pk}/"

    partial = client.post(tick, {"go": "in"}, headers={"HX-Request": "true"})
    row = soup(partial).select_one(f"#p{mine.pk}")
    reload = soup(client.get(f"{KEPT}{held.pk}/attendance/")).select_one(f"#p{mine.pk}")
    strip = re.compile(r'value="[^"]{60,}"')
    assert strip.sub("", str(row)) == strip.sub("", str(reload)) and "09:10 到" in row.text
    assert client.post(tick, {"go": "times", "came": "10:00", "went": "09:59"}).status_code == 409
    client.post(tick, {"go": "times", "came": "09:00", "went": "10:45"})
    assert client.post(f"{KEPT}{held.pk}/hours/confirm/").status_code == 409

    monday_nine.move_to(SATURDAY_NINE + 3 * HOUR)
    client = Client()
    client.force_login(liaison)
    assert "1.75" in words(client.get(f"{KEPT}{held.pk}/hours/"))
    client.post(f"{KEPT}{held.pk}/hours/confirm/")
    record = ServiceRecord.objects.get()
    assert record.minutes == 105
    correct = f"{KEPT}{held.pk}/hours/{record.pk}/"
    assert errors(client.post(correct, {"version": 0, "hours": "两", "reason": ""})) == [
        "改为几小时填一个数，例如 1.5。", "原因还没写，本人会看到。",
    ]  # fmt: skip
    client.post(correct, {"version": 0, "hours": "1.5", "reason": "早走"})
    assert "105 分钟改为 90 分钟，早走" in words(client.get(f"{KEPT}{held.pk}/hours/"))
    assert client.post(correct, {"version": 0, "hours": "1", "reason": "看错"}).status_code == 409


def test_a_team_is_founded_its_people_let_in_and_one_made_its_leader(client, unit, liaison):
    client.force_login(liaison)
    client.post("/workbench/teams/new/", {"code": "T001", "name": "示例志愿队"})
    own = Team.objects.get()
    asked = actions.ask_to_join(own, volunteer=crew.volunteer("示例志愿者甲"), at=MONDAY)
    assert own.unit == unit
    assert client.post(f"/workbench/teams/requests/{asked.pk}/", {"accept": "0"}).status_code == 409
    client.post(f"/workbench/teams/requests/{asked.pk}/", {"accept": "1"})
    body = {"code": "T001", "name": "示例志愿队", "leader": asked.volunteer_id, "is_active": "on"}
    client.post(f"/workbench/teams/{own.pk}/edit/", body)
    assert Team.objects.get().leader == asked.volunteer
    taken = client.post("/workbench/teams/new/", {"code": "T001", "name": "别的队"})
    assert taken.status_code == 422 and "已经有队伍用了" in errors(taken)[0]


def test_the_figures_say_numerator_and_denominator(client, unit, liaison):
    unit.headcount = 10
    unit.save()
    own = crew.team(unit)
    held = crew.activity(own)
    crew.served(held, crew.member(own))
    crew.confirmed(held)
    client.force_login(liaison)
    said = words(client.get(f"{KEPT}figures/"))

    for part in ("活动 1 场", "参加的人 1 人", "时长（小时） 2", "1 ／1 支"):
        assert part in said
    for row in (f"1 {unit} 1 1 2", f"{unit} 1／10 10% 没到"):
        assert row in said


# --- the API ---

API = "/api/v1/volunteers/"


def post(client, address, **body):
    return client.post(f"{API}{address}", json.dumps(body), content_type="application/json")


def test_other_programs_read_activities_and_sign_a_registered_phone_up_with_its_code(client, settings, tmp_path):
    settings.NOTICE_BACKEND, settings.NOTICE_FILE = "file", tmp_path / "notices.jsonl"
    held = crew.activity(capacity=1)
    actions.plan_activity(crew.plan(), by=UserFactory(), at=MONDAY)
    actions.sign_up(held, volunteer=crew.volunteer(), at=MONDAY)
    crew.volunteer(phone="13800001234")

    (told,) = client.get(f"{API}activities/").json()
    assert (told["id"], told["type_label"], told["taken"], told["capacity"]) == (held.pk, "扶残助老", 1, 1)
    sign_up = f"activities/{held.pk}/sign-ups/"
    assert post(client, "codes/", phone="1380000123").json()["errors"]["phone"] == ["手机号应是 11 位，现在是 10 位。"]
    assert post(client, "codes/", phone="13800001234").status_code == 204
    code = _sent(settings.NOTICE_FILE)
    wrong = post(client, sign_up, phone="13800001234", code=f"{(int(code) + 1) % 10**6:06}")
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_code")
    taken = post(client, sign_up, phone="13800001234", code=code)
    assert (taken.status_code, taken.json()) == (201, {"activity": held.pk, "state": "waiting", "ahead": 0})

    post(client, "codes/", phone="13800009999")
    stranger = post(client, sign_up, phone="13800009999", code=_sent(settings.NOTICE_FILE))
    assert (stranger.status_code, stranger.json()["code"]) == (409, "not_registered")
    assert post(client, "activities/999999/sign-ups/", phone="1", code="2").status_code == 404


def _sent(file):
    """The code in the last message that left the portal."""
    delivery.deliver_all_waiting(at=MONDAY)
    return re.search(r"验证码 (\d{6})", file.read_text().splitlines()[-1])[1]


def test_figures_by_the_api_are_those_of_the_page(client):
    own = crew.team()
    held = crew.activity(own)
    crew.served(held, crew.volunteer())
    crew.confirmed(held)
    assert client.get(f"{API}figures/2026-11/").status_code == 401
    client.force_login(UserFactory())

    told = client.get(f"{API}figures/2026-11/").json()
    counted = {"activities": 1, "people": 1, "minutes": 120, "teams": 1}
    assert (told["total"], told["by_unit"]) == (counted, [{"name": "公开队伍"} | counted])
    assert told["teams"] == {"count": 1, "total": 1}
    assert client.get(f"{API}figures/2026-13/").status_code == 404
