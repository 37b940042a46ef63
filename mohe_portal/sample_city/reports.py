"""What the units of the sample city reported of their month tasks."""

import hashlib
from datetime import datetime, time, timedelta
from itertools import groupby

from django.core.files.base import ContentFile

from accounts.models import Unit
from common.clock import CITY_TIME
from common.months import Month
from mohe_portal.sample_city.cast import SHOWN_UNIT, Cast
from mohe_portal.sample_city.dice import Dice, dice
from mohe_portal.sample_city.pictures import photo
from mohe_portal.sample_city.words import BLUE_REASONS, Scene
from progress.models import Evidence, Flag, MonthReport, MonthTask, Outcome, ReportLine

DUE_DAY = 25
SCENES: tuple[Scene, ...] = ("bin", "boxes", "snow", "poster")
PHOTOGRAPHED = 8  # so many of the shown unit's latest lines have a photo


def report_months(seed: int, cast: Cast, *, until: datetime, photo_files: list[str]) -> int:
    """Store a report of nearly every unit's month; of the current month those that came early. Returns how many."""
    tasks = MonthTask.objects.select_related("unit").order_by("year", "month", "unit_id", "pk")
    reports, lines = [], []
    for (year, month, _), of_unit in groupby(tasks, lambda task: (task.year, task.month, task.unit_id)):
        own = list(of_unit)
        chance = dice(seed, "report", year, month, own[0].unit.code)
        at = _moment(Month(year, month), until, chance)
        # The shown unit's report of the current month is left to be written.
        if at is None or (Month(year, month) == Month.of(until) and own[0].unit == cast.unit(SHOWN_UNIT)):
            continue
        report = _report(own[0].unit, Month(year, month), at, cast)
        reports.append(report)
        lines += [_line(report, task, chance) for task in own]
    MonthReport.objects.bulk_create(reports, batch_size=500)
    ReportLine.objects.bulk_create(lines, batch_size=500)
    _photograph(lines, cast, photo_files)
    return len(reports)


def _moment(month: Month, until: datetime, chance: Dice) -> datetime | None:
    """When a unit reported: mostly in time, now and then late, rarely not at all; None too if that is still ahead."""
    day = chance.choices((chance.randint(18, DUE_DAY), chance.randint(DUE_DAY + 1, 28), 0), (90, 7, 3))[0]
    if not day:
        return None
    at = datetime.combine(
        month.first_day.replace(day=day), time(chance.randint(8, 17), chance.randint(0, 59)), CITY_TIME
    )
    return at if at < until else None


def _report(unit: Unit, month: Month, at: datetime, cast: Cast) -> MonthReport:
    return MonthReport(
        unit=unit, year=month.year, month=month.month, version=1, saved_at=at, saved_by=cast.liaisons[unit.pk],
        submitted_at=at, is_late=at.date().day > DUE_DAY,
    )  # fmt: skip


def _line(report: MonthReport, task: MonthTask, chance: Dice) -> ReportLine:
    """Mostly what the flag says; now and then a unit saw its month in a better light."""
    fails = task.flag == Flag.BLUE and chance.random() < 0.85
    if not fails and not (task.flag == Flag.UNMARKED and chance.random() < 0.12):
        return ReportLine(report=report, task=task, outcome=Outcome.DONE, text="按计划完成，现场已查看（示例）。")
    reason, plan = (task.reason, task.plan) if fails else chance.choice(BLUE_REASONS)
    new_date = task.new_date or Month(task.year, task.month).last_day + timedelta(days=chance.randint(3, 20))
    return ReportLine(
        report=report, task=task, outcome=Outcome.NOT_DONE, reason=reason, plan=plan, new_date=new_date
    )  # fmt: skip


def _photograph(lines: list[ReportLine], cast: Cast, photo_files: list[str]) -> None:
    shown = [line for line in lines if line.report.unit == cast.unit(SHOWN_UNIT) and line.outcome == Outcome.DONE]
    for number, line in enumerate(shown[-PHOTOGRAPHED:]):
        content = photo(SCENES[number % len(SCENES)], after=True, hue=number)
        one = Evidence(
            line=line,
            kind=Evidence.Kind.PHOTO,
            name=f"现场照片{number + 1}.jpg",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            added_at=line.report.saved_at,
            added_by=line.report.saved_by,
        )
        one.file.save(one.name, ContentFile(content), save=False)
        photo_files.append(str(one.file.name))
        one.save(force_insert=True)
