"""The office keeps the working calendar: by days, by a file, from the library; pages say where a year is not known."""

import io
from datetime import date, datetime

import openpyxl
import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role, User
from audit.models import Entry
from common.calendar import working_calendar
from common.clock import CITY_TIME, Clock, deadline
from common.models import CalendarDay, CalendarYear, OfficeHours
from complaints.workflow import State
from tests.factories.accounts import UserFactory
from tests.factories.complaints import case_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]
YEAR = "/workbench/calendar/2027/"
NEW_YEAR = date(2027, 1, 1)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY_TIME)


def due(start: str, limit: float, clock: Clock = Clock.WORK_DAY) -> str:
    return f"{deadline(moment(start), limit, clock, working_calendar()):%Y-%m-%d %H:%M}"


@pytest.fixture(params=[Role.OFFICE, Role.ADMINISTRATOR])
def keeper(request, client):
    client.force_login(UserFactory(role=request.param, name="示例人员甲"))
    return client


@pytest.fixture
def office(client):
    client.force_login(UserFactory(name="示例人员甲"))
    return client


def send(client, part: str, data: dict) -> BeautifulSoup:
    answer = client.post(f"{YEAR}{part}/", data, follow=True)
    soup = BeautifulSoup(answer.content, "html.parser")
    soup.status = answer.status_code
    return soup


def arranged() -> dict[date, bool]:
    return dict(CalendarDay.objects.filter(on__year=2027).values_list("on", "is_working"))


def test_days_are_arranged_and_a_day_that_is_as_usual_leaves_no_row(keeper):
    send(keeper, "days", {"first": "2027-02-05", "last": "2027-02-11", "is_working": "no", "note": "春节"})
    send(keeper, "days", {"first": "2027-02-14", "last": "2027-02-14", "is_working": "yes", "note": "春节调休上班"})
    page = send(keeper, "days", {"first": "2027-02-11", "last": "2027-02-11", "is_working": "yes"})

    assert arranged() == {
        **{date(2027, 2, day): False for day in (5, 8, 9, 10)},
        date(2027, 2, 14): True,
    }
    february = page.select(".month-sheet")[1]
    assert [cell.b.get_text() for cell in february.select("td.day-differs")] == ["休", "休", "休", "休", "班"]
    assert due("2027-02-04 12:00", 1) == "2027-02-11 12:00"
    assert due("2027-02-12 12:00", 1) == "2027-02-14 12:00"  # a make-up Sunday


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"first": "", "last": "2027-02-06"}, "请选从哪天。"),
        ({"first": "2027-02-06", "last": "2027-02-05"}, "到哪天不能早于从哪天。"),
        ({"first": "2026-12-31", "last": "2027-01-03"}, "从哪天要在 2027 年里。"),
        ({"first": "2027-02-01", "last": "2027-03-20"}, "一次最多改 31 天，请分几次改。"),
    ],
)
def test_days_that_make_no_sense_are_named_and_kept(office, data, said):
    page = send(office, "days", data | {"is_working": "no", "note": "春节"})

    assert (page.status, said in page.get_text(), arranged()) == (422, True, {})
    assert page.select_one("#id_days_note")["value"] == "春节"


def csv_file(*lines: str, name="2027.csv", encoding="utf-8-sig") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\r\n".join(lines).encode(encoding))


def test_a_file_replaces_the_year_and_makes_it_known(office):
    CalendarDay.objects.create(on=date(2027, 3, 1), is_working=False)

    send(office, "import", {"file": csv_file("日期,安排,说明", "2027/1/1,休息,元旦", "2027年1月3日,上班,元旦调休上班")})

    assert arranged() == {NEW_YEAR: False, date(2027, 1, 3): True}
    assert CalendarYear.objects.get(year=2027).source == "导入 2027.csv"
    assert due("2026-12-31 12:00", 1) == "2027-01-03 12:00"


def test_a_workbook_is_read_too(office):
    book = openpyxl.Workbook()
    for line in (("日期", "安排", "说明"), (datetime(2027, 1, 1), "放假", "元旦")):
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)

    send(office, "import", {"file": SimpleUploadedFile("安排.xlsx", out.getvalue())})

    assert arranged() == {NEW_YEAR: False}


def test_one_wrong_line_and_nothing_is_taken_each_error_names_its_row(office):
    lines = ("日期,安排,说明", "2027-01-01,休息,元旦", "2027-02-30,休息,", "2026-10-01,休息,", "2027-01-01,半天,")

    page = send(office, "import", {"file": csv_file(*lines, encoding="gb18030")})

    assert (page.status, arranged(), CalendarYear.objects.filter(year=2027).exists()) == (422, {}, False)
    rows = [[cell.get_text() for cell in row.select("td")] for row in page.select("[aria-labelledby=h-whole] tbody tr")]
    assert rows == [
        ["3", "日期“2027-02-30”看不懂，写成 2027-02-15 这样。"],
        ["4", "日期“2026-10-01”不在 2027 年里。"],
        ["5", "日期“2027-01-01”和第 2 行重复了，只留一行。"],
        ["5", "安排“半天”看不懂，写“上班”或“休息”。"],
    ]


def test_what_is_downloaded_can_be_imported_again(office):
    send(office, "days", {"first": "2027-01-01", "last": "2027-01-01", "is_working": "no", "note": "=元旦"})
    file = office.get(f"{YEAR}file/").content

    send(office, "import", {"file": SimpleUploadedFile("again.csv", file)})

    assert list(CalendarDay.objects.filter(on__year=2027).values_list("on", "note")) == [(NEW_YEAR, "=元旦")]


def test_the_library_fills_the_years_it_knows(office):
    CalendarDay.objects.filter(on__year=2026).delete()
    office.post("/workbench/calendar/2026/library/")
    unknown = office.post(f"{YEAR}library/")

    october = CalendarDay.objects.filter(on__range=(date(2026, 10, 1), date(2026, 10, 10)))
    assert {row.on.day: row.is_working for row in october} == {
        1: False,
        2: False,
        5: False,
        6: False,
        7: False,
        10: True,
    }
    assert due("2026-09-30 12:00", 1) == "2026-10-08 12:00"
    assert unknown.status_code == 409


def test_new_hours_hold_from_their_day_on(office):
    CalendarYear.objects.get_or_create(year=2027, defaults={"source": "试"})
    data = {
        "started_on": "2027-05-04", "morning_from": "08:30", "morning_to": "12:00", "afternoon_from": "14:30",
        "afternoon_to": "18:00",
    }  # fmt: skip
    send(office, "hours", data)

    assert due("2027-05-03 17:00", 2, Clock.WORK_HOUR) == "2027-05-04 09:30"
    assert due("2027-05-04 11:30", 1, Clock.WORK_HOUR) == "2027-05-04 15:00"
    wrong = send(office, "hours", data | {"afternoon_from": "11:00"})
    assert (wrong.status, OfficeHours.objects.count()) == (422, 1)

    send(office, "hours/2027-05-04/remove", {})
    assert OfficeHours.objects.count() == 0


def test_what_changed_stands_on_the_page_with_who_and_when(office):
    page = send(office, "days", {"first": "2027-01-01", "last": "2027-01-03", "is_working": "no", "note": "元旦"})

    history = page.select_one("[aria-labelledby=h-changes]").get_text(" ", strip=True)
    assert "改工作日历" in history
    assert "示例人员甲（创城办） 01-01 到 01-03：休息 元旦" in history
    assert Entry.objects.filter(verb="改工作日历").count() == 1


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.LEADER, Role.AUDITOR])
def test_others_do_not_keep_the_calendar(client, role):
    client.force_login(UserFactory(role=role))

    assert [client.get(YEAR).status_code, client.post(f"{YEAR}known/", {"is_known": "yes"}).status_code] == [403, 403]
    assert not CalendarYear.objects.filter(year=2027).exists()


# --- where a year is not known ----------------------------------------------------------------------------------------

DOUBT = "2027 年的放假安排还没有录入，期限先按周一到周五算。"


@pytest.fixture
def over_new_year(db):
    """A case whose deadline lies in 2027, and one whose deadline does not."""
    for year in (2026, 2025):
        CalendarYear.objects.get_or_create(year=year, defaults={"source": "试"})
    with time_machine.travel(moment("2026-12-30 15:00"), tick=False):
        yield (
            case_in(State.DISPATCHED, at=moment("2026-12-30 09:00")),
            case_in(State.DISPATCHED, at=moment("2026-12-14 09:00")),
        )


def test_pages_with_deadlines_say_where_a_year_is_not_known(client, over_new_year):
    late, early = over_new_year
    liaison = User.objects.get(role=Role.LIAISON, unit=late.unit)
    office = UserFactory()
    visits = [
        (office, late.get_absolute_url()),
        (office, "/workbench/complaints/"),
        (liaison, "/workbench/"),
        (office, early.get_absolute_url()),
    ]

    def doubted():
        for user, url in visits:
            client.force_login(user)
            yield DOUBT in client.get(url).content.decode()

    assert list(doubted()) == [True, True, True, False]

    client.force_login(office)
    client.post(f"{YEAR}known/", {"is_known": "yes"})
    assert list(doubted()) == [False] * 4
