"""The flags of a month: by group, by unit, by both; the blue ones with their statements; what was made good since."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from common.months import Month
from progress.closing_stats import corrections
from progress.models import Flag, MonthTask
from progress.stats import FlagCounts


def read(month: Month, as_of: datetime) -> dict[str, Any]:
    on_boards = MonthTask.objects.filter(group__has_board=True).select_related("unit", "group")
    tasks = list(on_boards.of_month(month).order_by("group__position", "group__code", "unit__code", "pk"))
    good = on_boards.filter(flag=Flag.BLUE, made_good_on__range=(month.first_day, month.last_day))
    return {
        "city": _counts(tasks),
        "groups": _by(tasks, lambda task: (task.group.code, task.group.name)),
        "units": sorted(_by(tasks, lambda task: (task.unit.code, task.unit.name)), key=lambda row: row["key"]),
        "group_units": [
            {"group": group, "key": code, "name": name} | _counts(found)
            for (group, code, name), found in _grouped(
                tasks, lambda task: (task.group.code, task.unit.code, task.unit.name)
            )
        ],
        "blue": [_blue(task) for task in tasks if task.flag == Flag.BLUE],
        "made_good": [_made_good(task) for task in good.order_by("made_good_on", "unit__code", "pk")],
        "corrections": [
            {
                "group": one.task.group.code,
                "unit": one.task.unit.name,
                "content": one.task.content,
                "before": one.get_from_flag_display(),
                "after": one.get_to_flag_display(),
                "why": one.why,
            }
            for one in corrections(month)
        ],
    }


def _grouped(tasks: Iterable[MonthTask], key: Any) -> list[tuple[Any, list[MonthTask]]]:
    found: dict[Any, list[MonthTask]] = defaultdict(list)
    for task in tasks:
        found[key(task)].append(task)
    return list(found.items())


def _by(tasks: Iterable[MonthTask], key: Any) -> list[dict[str, Any]]:
    return [{"key": code, "name": name} | _counts(found) for (code, name), found in _grouped(tasks, key)]


def _counts(tasks: Iterable[MonthTask]) -> dict[str, int]:
    return asdict(FlagCounts.of_marks(task.mark for task in tasks))


def _told(task: MonthTask) -> dict[str, Any]:
    return {"group": task.group.code, "group_name": task.group.name, "unit": task.unit.name, "content": task.content}


def _blue(task: MonthTask) -> dict[str, Any]:
    return _told(task) | {
        "reason": task.reason,
        "plan": task.plan,
        "new_date": str(task.new_date),
        "made_good_on": str(task.made_good_on) if task.made_good_on else "",
    }


def _made_good(task: MonthTask) -> dict[str, Any]:
    return _told(task) | {"month": str(task.due_month), "on": str(task.made_good_on), "note": task.made_good_note}
