"""What a closed month keeps: its totals, flags, statements and reports as plain JSON, and the checksum of it."""

import hashlib
import json
from collections import defaultdict
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from common.months import Month
from progress.models import MonthReport, MonthTask
from progress.stats import FlagCounts


def snapshot(month: Month) -> dict[str, Any]:
    """Read the month as it stands."""
    tasks = list(MonthTask.objects.of_month(month).select_related("unit", "group").order_by("pk"))
    return {
        "month": str(month),
        "groups": _totals(tasks, "group"),
        "units": _totals(tasks, "unit"),
        "tasks": [_task(task) for task in tasks],
        "reports": [_report(report) for report in _reports(month)],
    }


def checksum(content: dict[str, Any]) -> str:
    told = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def _totals(tasks: list[MonthTask], of: str) -> list[dict[str, Any]]:
    marks = defaultdict(list)
    for task in tasks:
        owner = getattr(task, of)
        marks[owner.code, owner.name].append(task.mark)
    return [
        {"code": code, "name": name, **asdict(FlagCounts.of_marks(shown))}
        for (code, name), shown in sorted(marks.items())
    ]


def _task(task: MonthTask) -> dict[str, Any]:
    return {
        "id": task.pk,
        "unit": task.unit.code,
        "group": task.group.code,
        "content": task.content,
        "flag": task.flag,
        "version": task.version,
        "marked_at": _iso(task.marked_at),
        "reason": task.reason,
        "plan": task.plan,
        "new_date": _iso(task.new_date),
        "made_good_on": _iso(task.made_good_on),
    }


def _reports(month: Month) -> list[MonthReport]:
    found = MonthReport.objects.of_month(month).submitted().select_related("unit").order_by("unit__code")
    return list(found.prefetch_related("lines__evidence"))


def _report(report: MonthReport) -> dict[str, Any]:
    lines = [
        {
            "task": line.task_id,
            "outcome": line.outcome,
            "text": line.text,
            "reason": line.reason,
            "plan": line.plan,
            "new_date": _iso(line.new_date),
            "evidence": [{"name": file.name, "sha256": file.sha256} for file in line.files],
        }
        for line in report.lines.all()
    ]
    submitted_at = _iso(report.submitted_at)
    return {"unit": report.unit.code, "submitted_at": submitted_at, "is_late": report.is_late, "lines": lines}


def _iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value else None
