"""Repeat signals: from where on they are listed, what shows them, and the referral that begins with one."""

from datetime import timedelta

import pytest

from audit.models import Entry
from common.models import Fact
from complaints import actions as cases
from complaints.models.complaint import Satisfaction
from complaints.workflow import State
from supervision.models import Referral, Source
from supervision.repeats import Kind, Thresholds, repeats
from tests.factories.accounts import SpecialGroupFactory
from tests.factories.complaints import case_in
from tests.factories.progress import BlueTaskFactory
from tests.factories.supervision import NOW
from tests.supervision.test_inspection_pages import errors, soup

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HOME = "/workbench/referrals/repeats/"
LONG_AGO = NOW - timedelta(days=60)


def blue(unit, months, group=None):
    group = group or SpecialGroupFactory(name="环境卫生组")
    for month in months:
        BlueTaskFactory(unit=unit, group=group, month=month)


def rated(unit, grades):
    for grade in grades:
        case = case_in(State.CLOSED, unit=unit, at=NOW - timedelta(days=2))
        cases.rate(case, satisfaction=Satisfaction(grade), is_solved=True, comment="", at=NOW - timedelta(hours=1))


def told(supervisor, **asked):
    return [(one.kind, one.unit, one.words) for one in repeats(supervisor, at=NOW, **asked)]


def test_blue_months_in_a_row_that_go_on_are_listed_from_the_threshold_on(supervisor, liaison):
    blue(liaison.unit, (8, 9, 10, 11))
    blue(BlueTaskFactory(month=11).unit, (9,), SpecialGroupFactory())
    words = "环境卫生组图版，2026 年 8 月至 2026 年 11 月，连续 4 个月蓝旗"

    assert told(supervisor) == [(Kind.BLUE, liaison.unit, words)]
    Thresholds(blue_months=5).keep()
    assert told(supervisor) == []


def test_units_with_many_overdue_cases_are_listed_with_the_queue_that_shows_them(client, supervisor, liaison):
    for _ in range(3):
        case_in(State.HANDLING, unit=liaison.unit, at=LONG_AGO)
    case_in(State.HANDLING, at=LONG_AGO)
    [found] = repeats(supervisor, at=NOW)
    client.force_login(supervisor)
    [(words, url)] = found.links

    assert (found.unit, found.words, words) == (liaison.unit, "现在有 3 件案件超时没有办结", "看这 3 件")
    assert len(soup(client.get(url)).select(".queue-cards a.title, .queue tbody tr")) >= 3
    assert "共 3 件" in soup(client.get(url)).text


def test_low_satisfaction_is_listed_where_there_are_ratings_enough(supervisor, liaison):
    rated(liaison.unit, (1, 2, 5, 4, 3))

    assert told(supervisor) == [(Kind.SATISFACTION, liaison.unit, "9 月以来满意率 40%（2／5）")]
    Thresholds(satisfied_below=40).keep()
    assert told(supervisor) == []
    Thresholds(ratings=6).keep()
    assert told(supervisor) == []


def test_nothing_is_referred_by_itself_and_a_link_begins_with_the_facts(client, office, liaison):
    blue(liaison.unit, (10, 11))
    client.force_login(office)
    link = soup(client.get(HOME)).select_one("main ul.rows a.btn")
    page = soup(client.get(link["href"]))

    assert Referral.objects.count() == 0
    assert page.select_one("[name=text]").text.strip() == (
        "环境卫生组图版，2026 年 10 月至 2026 年 11 月，连续 2 个月蓝旗。"
    )
    assert page.select_one("[name=unit] option[selected]").text == liaison.unit.name
    sent = {"unit": liaison.unit.pk, "matter": "not_done", "text": "连续蓝旗。", "kind": "blue"}
    client.post("/workbench/referrals/new/", sent)
    assert [(one.source, one.unit) for one in Referral.objects.all()] == [(Source.SIGNAL, liaison.unit)]


@pytest.mark.parametrize(
    "query", ["?kind=nonsense&unit=U1", "?kind=blue&unit=nobody", "?kind=blue", "?kind=blue&unit="]
)
def test_a_link_that_names_no_signal_begins_empty(client, office, query):
    client.force_login(office)
    page = soup(client.get(f"/workbench/referrals/new/{query}"))

    assert page.select_one("[name=text]").text.strip() == ""


def test_the_group_and_the_office_alone_see_them(opened_by):
    assert opened_by(HOME) == {"supervision", "office", "other office"}


def test_thresholds_are_data_and_their_change_is_in_the_audit_log(client, office):
    client.force_login(office)
    sent = {"blue_months": 3, "overdue_cases": 5, "ratings": 10, "satisfied_below": 60}
    assert client.post(HOME, sent | {"blue_months": "1"}).status_code == 422
    assert errors(client.post(HOME, sent | {"satisfied_below": "一半"})) != []
    assert client.post(HOME, sent).status_code == 302

    assert Thresholds.current() == Thresholds(3, 5, 10, 60)
    assert Entry.objects.get().verb == "修改反复出现的标准"
    assert Fact.objects.get(name="repeat_signals").value == sent


def test_the_page_asks_as_often_for_many_as_for_few(client, supervisor, django_assert_max_num_queries):
    for _ in range(4):
        unit = BlueTaskFactory(month=9).unit
        blue(unit, (10, 11), SpecialGroupFactory())
        for _ in range(3):
            case_in(State.HANDLING, unit=unit, at=LONG_AGO)
    client.force_login(supervisor)
    client.get(HOME)  # the first request of a session writes it
    with django_assert_max_num_queries(12):
        assert client.get(HOME).status_code == 200
