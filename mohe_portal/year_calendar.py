"""What the office and the administrator do to the working calendar (工作日历). Deadlines set before stay."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import chinese_calendar
from django.db import transaction

from accounts.models import User
from audit import log
from common.errors import DomainError
from common.models import CalendarDay, CalendarYear, OfficeHours

FIRST_YEAR, LAST_YEAR = 2020, 2100
MOST_DAYS = 31
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Arranged:
    """What is arranged for one day."""

    on: date
    is_working: bool
    note: str = ""

    @property
    def is_exception(self) -> bool:
        return self.is_working != (self.on.weekday() < 5)


@transaction.atomic
def arrange(first: date, last: date, *, is_working: bool, note: str, by: User, at: datetime) -> None:
    """Say of each day from `first` to `last` whether it is worked; what Monday to Friday says anyway leaves no row."""
    days = [Arranged(first + _DAY * n, is_working, note) for n in range((last - first).days + 1)]
    if not 0 < len(days) <= MOST_DAYS:
        raise DomainError(f"一次最多改 {MOST_DAYS} 天，结束日期不能早于开始日期。")
    CalendarDay.objects.filter(on__range=(first, last)).delete()
    _store(days)
    word = "上班" if is_working else "休息"
    log.record(
        "改工作日历", by=by, at=at, target=_year(first.year),
        after={f"{first:%m-%d} 到 {last:%m-%d}": f"{word} {note}".strip()},
    )  # fmt: skip


@transaction.atomic
def replace_year(year: int, days: Iterable[Arranged], *, source: str, by: User, at: datetime) -> int:
    """Enter a whole year: its days as given and no others; from now on it is known. Returns how many differ."""
    CalendarDay.objects.filter(on__year=year).delete()
    stored = _store(days)
    CalendarYear.objects.update_or_create(year=year, defaults={"source": source})
    log.record("录入全年放假安排", by=by, at=at, target=_year(year), after={"来源": source, "特殊日期": f"{stored} 天"})
    return stored


def library_knows(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def take_from_library(year: int, *, by: User, at: datetime) -> int:
    """Enter the year as the library that came with the portal has it; returns how many days differ."""
    if not library_knows(year):
        raise DomainError(f"内置的节假日库没有 {year} 年。请照国务院通知导入表格，或者逐段改。")
    every = (date(year, 1, 1) + _DAY * n for n in range(366))
    days = [_from_library(day) for day in every if day.year == year]
    return replace_year(year, days, source="内置节假日库", by=by, at=at)


def _from_library(day: date) -> Arranged:
    is_working = chinese_calendar.is_workday(day)
    name = chinese_calendar.get_holiday_detail(day)[1] or ""
    return Arranged(day, is_working, f"{name}调休上班" if is_working and name else str(name))


@transaction.atomic
def say_known(year: int, *, is_known: bool, by: User, at: datetime) -> None:
    """The person's word that the year is entered completely, or that it is not."""
    if is_known:
        CalendarYear.objects.get_or_create(year=year, defaults={"source": f"{by.name}逐段录入"})
    else:
        CalendarYear.objects.filter(year=year).delete()
    log.record("改工作日历", by=by, at=at, target=_year(year), after={"已录全": is_known})


@transaction.atomic
def set_hours(started_on: date, hours: tuple[time, time, time, time], *, by: User, at: datetime) -> None:
    """From this day on offices work in these hours: morning from, to, afternoon from, to."""
    if not hours[0] < hours[1] <= hours[2] < hours[3]:
        raise DomainError("上班时间要从早到晚排：上午上班、上午下班、下午上班、下午下班。")
    names = ("morning_from", "morning_to", "afternoon_from", "afternoon_to")
    row, _ = OfficeHours.objects.update_or_create(started_on=started_on, defaults=dict(zip(names, hours, strict=True)))
    log.record("改上班时间", by=by, at=at, target=row, after={"上班时间": row.words})


@transaction.atomic
def remove_hours(row: OfficeHours, *, by: User, at: datetime) -> None:
    log.record("删上班时间", by=by, at=at, target=row)
    row.delete()


def _store(days: Iterable[Arranged]) -> int:
    exceptions = [CalendarDay(on=d.on, is_working=d.is_working, note=d.note) for d in days if d.is_exception]
    CalendarDay.objects.bulk_create(exceptions)
    return len(exceptions)


def _year(year: int) -> CalendarYear:
    return CalendarYear(year=year)
