import logging
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from complaints.actions import Contact
from complaints.models import Channel, ProblemGroup
from complaints.queue_page import PAGE_SIZE
from complaints.workflow import State
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import HOUR, MONDAY, PHONE, case_in, filed
from tests.factories.grids import CommunityFactory, GridFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon"), pytest.mark.once]
QUEUE = "/workbench/complaints/"
DAY = timedelta(days=1)
LATELY = MONDAY + 2 * HOUR


def numbers(soup):
    return [row.a.get_text() for row in soup.select("[data-row] td.num")]


def tabs(soup):
    return {tab.contents[0].strip(): int(tab.b.get_text()) for tab in soup.select("nav.tabs a")}


def current_tab(soup):
    return [tab.contents[0].strip() for tab in soup.select("nav.tabs a[aria-current]")]


def tab_url(soup, label):
    return next(QUEUE + tab["href"] for tab in soup.select("nav.tabs a") if tab.contents[0].strip() == label)


@pytest.fixture
def cases(liaison):
    """One case of each kind that the queue tells apart, by name."""
    return {
        "late": case_in(State.HANDLING, unit=liaison.unit, at=MONDAY - 14 * DAY),
        "soon": case_in(State.HANDLING, unit=liaison.unit, at=MONDAY - 6 * DAY),
        "received": filed(at=MONDAY + 2 * HOUR).complaint,
        "dispatched": case_in(State.DISPATCHED, unit=liaison.unit),
        "elsewhere": case_in(State.HANDLED),
        "closed": case_in(State.CLOSED, at=MONDAY - DAY),
        "rejected": case_in(State.REJECTED, at=MONDAY - DAY),
    }


def named(cases, soup):
    names = {case.number: name for name, case in cases.items()}
    return [names[number] for number in numbers(soup)]


def test_the_open_cases_stand_overdue_first_then_by_deadline(open_page, office, cases):
    soup = open_page(office, QUEUE)

    assert named(cases, soup) == ["late", "received", "soon", "dispatched", "elsewhere"]
    assert [light.get_text() for light in soup.select("[data-row] .light")] == [
        "超时 7 天", "剩 3 小时", "剩 23 小时", "剩 6 天", "剩 6 天",
    ]  # fmt: skip
    assert [row.td["class"][-1] for row in soup.select("[data-row]")][:3] == ["edge-late", "nw", "edge-soon"]


def test_the_tabs_count_what_they_lead_to(open_page, office, cases):
    counted = tabs(open_page(office, QUEUE))

    assert counted == {
        "全部在办": 5, "等我办": 2, "今天要办": 1, "超时": 1, "快到期": 1, "待受理": 1, "待派遣": 0, "已派遣": 1,
        "处理中": 2, "待核查": 1, "已办结": 1, "不予受理": 1, "全部": 7,
    }  # fmt: skip
    for label, count in counted.items():
        soup = open_page(office, tab_url(open_page(office, QUEUE), label))
        assert (len(numbers(soup)), current_tab(soup)) == (count, [label])
        assert soup.select_one(".toolbar .end b").get_text() == str(count)


def test_a_unit_sees_its_own_cases_and_no_tab_of_what_it_never_has(open_page, liaison, stranger, cases):
    soup = open_page(liaison, QUEUE)

    assert named(cases, soup) == ["late", "soon", "dispatched"]
    assert soup.h1.get_text() == "我的案件"
    assert not {"待受理", "待派遣", "不予受理"} & set(tabs(soup))
    assert soup.select("select[name=unit]") == []
    assert numbers(open_page(stranger, f"{QUEUE}?state=all")) == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.SECURITY])
def test_who_has_nothing_to_do_with_cases_finds_none(open_page, role, cases):
    assert numbers(open_page(UserFactory(role=role), f"{QUEUE}?state=all")) == []


def test_a_confidential_case_is_marked_and_hidden_from_the_guidance_group(open_page, office):
    case = filed(is_confidential=True).complaint

    assert open_page(office, QUEUE).select_one("[data-row] .tag").get_text() == "保密"
    assert numbers(open_page(UserFactory(role=Role.GUIDANCE), QUEUE)) == []
    assert numbers(open_page(UserFactory(role=Role.SUPERVISION), QUEUE)) == [case.number]


# --- filters ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def varied():
    """Each differs from the others in one thing that can be filtered by."""
    sunny = GridFactory(code="232701100002012")
    bridge = GridFactory(code="232701100003105", community=CommunityFactory(code="232701100003", name="桥北社区"))
    return {
        "snow": filed(at=LATELY, grid=sunny, text="单元门口积雪结冰。").complaint,
        "bridge": filed(
            at=LATELY, grid=bridge, group=ProblemGroup.ROADS, text="井盖松动。", place="步行街北口"
        ).complaint,
        "hotline": filed(at=LATELY, grid=sunny, channel=Channel.HOTLINE, text="路灯不亮。").complaint,
        "old": filed(at=MONDAY - 30 * DAY, text="树枝断了。").complaint,
        "unit": case_in(State.HANDLING, at=MONDAY - DAY, unit=UnitFactory(code="U999"), text="噪声。"),
    }


def test_the_controls_offer_what_there_is_and_show_what_is_chosen(open_page, office, liaison, varied):
    def offered(user, query=""):
        form = open_page(user, QUEUE + query).select_one("form.toolbar")
        chosen = {select["name"]: select.select_one("[selected]")["value"] for select in form.select("select")}
        chosen |= {date["name"]: date.get("value", "") for date in form.select("input[type=date]")}
        units = [one["value"] for one in form.select("select[name=unit] option")]
        return {name: value for name, value in chosen.items() if value}, units, form.summary.get_text()

    assert offered(office) == ({}, ["", liaison.unit.code, "U999"], "更多条件")
    query = "?unit=U999&filed_after=2026-11-01&light=soon"
    chosen = {"unit": "U999", "filed_after": "2026-11-01", "light": "soon"}
    assert offered(office, query) == (chosen, ["", liaison.unit.code, "U999"], "更多条件（已选）")
    assert offered(liaison, query) == ({"filed_after": "2026-11-01", "light": "soon"}, [], "更多条件（已选）")
    UnitFactory(code="U000")  # and what is kept is written anew
    assert offered(office) == ({}, ["", "U000", liaison.unit.code, "U999"], "更多条件")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("community=232701100003", ["bridge"]),
        ("community=232701100002&channel=hotline", ["hotline"]),
        ("group=roads", ["bridge"]),
        ("channel=hotline", ["hotline"]),
        ("unit=U999", ["unit"]),
        ("grid=232701100003105", ["bridge"]),
        ("filed_before=2026-11-01", ["old"]),
        ("filed_after=2026-11-23&group=roads", ["bridge"]),
        ("light=overdue", ["old"]),
        ("light=in_time&channel=hotline", ["hotline"]),
        ("light=overdue&channel=hotline", []),
        ("q=积雪", ["snow"]),
        ("q=步行街", ["bridge"]),
        ("q=井盖+北口", ["bridge"]),
        ("q=井盖+积雪", []),
        ("q=%25", []),
    ],
)
def test_the_filters_find(open_page, office, varied, query, found):
    soup = open_page(office, f"{QUEUE}?{query}")

    assert named(varied, soup) == found
    assert soup.select_one(".toolbar .end b").get_text() == str(len(found))


def test_the_number_of_a_closed_case_finds_it(open_page, office):
    case = case_in(State.CLOSED)

    assert numbers(open_page(office, f"{QUEUE}?q={case.number}")) == [case.number]


@pytest.mark.parametrize(
    "nonsense",
    ["state=x", "light=x", "community=x", "unit=x%00", "grid=1", "q=%00", "cursor=x", "channel=%00", "filed_after="],
)
def test_a_filter_that_means_nothing_filters_nothing(open_page, office, varied, nonsense):
    soup = open_page(office, f"{QUEUE}?{nonsense}")

    assert (soup.status, len(numbers(soup))) == (200, 5)


def test_a_date_that_is_none_is_said(open_page, office, varied):
    soup = open_page(office, f"{QUEUE}?filed_after=gestern")

    assert soup.select_one(".note-warn").get_text() == "起始日期看不懂，没有用它筛选。"


def test_links_keep_the_filters_and_clearing_drops_them(open_page, office, varied):
    soup = open_page(office, f"{QUEUE}?channel=web&q=积雪")

    assert all("channel=web" in tab["href"] and "q=" in tab["href"] for tab in soup.select("nav.tabs a"))
    assert soup.select_one("form.toolbar input[name=q]")["value"] == "积雪"
    assert soup.select_one("select[name=channel] option[selected]")["value"] == "web"
    assert soup.find("a", string="清除")["href"] == QUEUE
    assert soup.select_one(".chip a")["href"] == "?channel=web"


# --- paging -----------------------------------------------------------------------------------------------------------


def follow(open_page, office, soup, rel):
    return open_page(office, QUEUE + soup.select_one(f"a[rel={rel}]")["href"])


def test_the_pages_hold_every_case_once_and_lead_back(open_page, office):
    everything = [filed(at=MONDAY + timedelta(minutes=n // 3)).complaint.number for n in range(2 * PAGE_SIZE + 5)]
    first = open_page(office, f"{QUEUE}?channel=web")
    second = follow(open_page, office, first, "next")
    third = follow(open_page, office, second, "next")

    assert [numbers(one) for one in (first, second, third)] == [
        everything[:PAGE_SIZE], everything[PAGE_SIZE : 2 * PAGE_SIZE], everything[2 * PAGE_SIZE :],
    ]  # fmt: skip
    assert third.select_one(".queue-foot .hint").get_text() == f"显示 {2 * PAGE_SIZE + 1}–{2 * PAGE_SIZE + 5}"
    assert third.select("a[rel=next]") == first.select("a[rel=prev]") == []
    assert numbers(follow(open_page, office, follow(open_page, office, third, "prev"), "prev")) == numbers(first)


def test_no_page_skips_rows_by_offset(open_page, office):
    for _ in range(PAGE_SIZE + 1):
        filed()
    first = open_page(office, QUEUE)

    with CaptureQueriesContext(connection) as queries:
        follow(open_page, office, first, "next")

    assert [q["sql"] for q in queries if "OFFSET" in q["sql"]] == []


# --- what is said where nothing is ------------------------------------------------------------------------------------


def empty(soup):
    return soup.select_one(".empty").get_text(" ", strip=True)


def test_without_overdue_cases_the_way_leads_to_those_that_are_due_soon(open_page, office, monday_noon):
    case = case_in(State.HANDLING)
    monday_noon.move_to(case.warn_at + HOUR)
    soup = open_page(office, f"{QUEUE}?light=overdue")

    assert empty(soup) == "没有超时的案件 快到期的有 1 件， 去看"
    assert numbers(open_page(office, QUEUE + soup.select_one(".empty a")["href"])) == [case.number]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "现在没有要办的案件 办结的在 已办结"),
        ("state=handled", "没有待核查的案件 看全部在办"),
        ("light=soon", "没有快到期的案件 看全部在办"),
        ("q=积雪", "没有符合条件的案件 换个条件，或者 清除筛选"),
    ],
)
def test_an_empty_queue_says_so_and_leads_on(open_page, office, query, said):
    assert empty(open_page(office, f"{QUEUE}?{query}")) == said


# --- searching by phone -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [PHONE, "138 0000 1234", "+86 138-0000-1234"])
@pytest.mark.parametrize("role", [Role.OFFICE, Role.OPERATOR])
def test_the_desk_finds_a_callers_cases_by_phone_and_the_phone_stands_nowhere(client, role, typed, caplog):
    case, other = filed().complaint, filed(contact=Contact(phone="13800009999")).complaint
    client.force_login(UserFactory(role=role))
    caplog.set_level(logging.DEBUG)

    sent = client.post(QUEUE, {"q": typed})
    shown = client.get(sent.url)

    text = shown.content.decode()
    assert case.number in text
    assert other.number not in text
    assert "来电：138****1234" in text
    assert PHONE not in text + sent.url + caplog.text


def test_a_phone_in_an_address_is_taken_out_of_it(client, office):
    filed()
    client.force_login(office)

    assert client.get(f"{QUEUE}?q={PHONE}").url == f"{QUEUE}?phone=1"


def test_who_must_not_know_reporters_cannot_find_cases_by_phone(client, open_page, liaison):
    case_in(State.HANDLING, unit=liaison.unit)
    client.force_login(liaison)

    sent = client.post(QUEUE, {"q": PHONE}, follow=True)

    assert sent.redirect_chain == [(QUEUE, 302)]
    assert "按电话查案件只有创城办和热线受理员可以用" in sent.content.decode()


def test_a_search_from_the_masthead_looks_at_every_state(client, office):
    case = case_in(State.CLOSED, text="积雪结冰。")
    client.force_login(office)

    sent = client.post(QUEUE, {"q": " 积雪 "}, follow=True)

    assert sent.redirect_chain[0][0].endswith("?q=%E7%A7%AF%E9%9B%AA")
    assert case.number in sent.content.decode()


def test_the_address_of_the_queue_is_the_one_in_bookmarks():
    assert reverse("complaints:queue") == QUEUE


def test_a_set_of_units_and_of_communities_narrows_the_queue_and_says_so(open_page, office, liaison):
    units = [liaison.unit, *(UnitFactory(name=f"示例单位 {name}") for name in "乙丙")]
    here, there = GridFactory(community__code="232701100008", community__name="松苑社区"), GridFactory()
    cases = {
        f"{place} {grid.community.name}": case_in(State.HANDLING, unit=unit, grid=grid)
        for place, unit in enumerate(units)
        for grid in (here, there)
    }

    def shown(**sets):
        soup = open_page(office, QUEUE + "?" + "&".join(f"{name}={value}" for name, value in sets.items()))
        kept = [hidden["name"] for hidden in soup.select("form.toolbar input[type=hidden]")]
        return sorted(named(cases, soup)), [chip.contents[0] for chip in soup.select(".chip")], kept

    first, second, _ = (unit.pk for unit in units)
    two = ["0 松苑社区", "0 阳光社区", "1 松苑社区", "1 阳光社区"]
    assert shown(units=f"{first}-{second}") == (two, [f"{units[0].name}、示例单位 乙"], ["units"])
    assert shown(units=f"{first}-{second}", unit=units[1].code)[0] == two[2:]
    assert shown(communities=here.community_id, units=first) == (
        ["0 松苑社区"], [units[0].name, "松苑社区"], ["units", "communities"],
    )  # fmt: skip
    assert shown(units="-".join(str(unit.pk) for unit in units))[1][0].endswith("等 3 个单位")
    for nonsense in ("x", "1-", "0", "1--2", "9" * 30):
        assert len(shown(units=nonsense)[0]) == len(cases), nonsense
