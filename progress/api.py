"""The boards' API: flags to read and to mark, month reports and annual plans to read."""

import re
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Access
from accounts.api import Api, person
from accounts.models import ApiToken, Role
from common.api import body_of, month_in, problem, problems
from common.clock import CITY_TIME
from common.months import Month
from progress import actions, plan_stats, report_stats
from progress.closing_stats import closed_month
from progress.models import AnnualPlan, Flag, Mark, MonthTask, MonthTaskQuerySet, Outcome
from progress.workflow import PlanState

READERS = Access(roles=frozenset({Role.OFFICE, Role.LIAISON, Role.GROUP_HEAD, Role.LEADER}))
LARGEST = 2**31 - 1
MONTH = OpenApiParameter("month", OpenApiTypes.STR, OpenApiParameter.PATH, description="月份，如 2026-11。")

YEAR = OpenApiParameter("year", OpenApiTypes.STR, OpenApiParameter.PATH, description="年，如 2026。")


class StatementSerializer(serializers.Serializer[Any]):
    """未完成情况说明: why, what next, until when."""

    reason = serializers.CharField(max_length=300)
    plan = serializers.CharField(max_length=300)
    new_date = serializers.DateField()


class TaskSerializer(serializers.Serializer[MonthTask]):
    """A month task with its flag. `mark` is what hangs on the board: good is blue, made good in a later month."""

    id = serializers.IntegerField(source="pk")
    unit = serializers.CharField(source="unit.code")
    unit_name = serializers.CharField(source="unit.name")
    content = serializers.CharField()
    flag = serializers.ChoiceField(choices=Flag.choices)
    mark = serializers.ChoiceField(choices=Mark.choices)
    statement = serializers.SerializerMethodField()
    marked_at = serializers.DateTimeField(allow_null=True)
    made_good_on = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()

    @extend_schema_field(StatementSerializer(allow_null=True))
    def get_statement(self, task: MonthTask) -> dict[str, Any] | None:
        return dict(StatementSerializer(task).data) if task.flag == Flag.BLUE else None


class BoardSerializer(serializers.Serializer[dict[str, Any]]):
    group = serializers.CharField()
    group_name = serializers.CharField()
    red = serializers.IntegerField()
    blue = serializers.IntegerField()
    unmarked = serializers.IntegerField()
    tasks = TaskSerializer(many=True)


class BoardsSerializer(serializers.Serializer[dict[str, Any]]):
    """The boards of a month; `closed_at` is null while flags may still change."""

    month = serializers.CharField()
    closed_at = serializers.DateTimeField(allow_null=True)
    boards = BoardSerializer(many=True)


class FlagSerializer(serializers.Serializer[dict[str, Any]]):
    """A marking: `version` is the task's, as it was read; blue needs the whole statement."""

    task = serializers.IntegerField(min_value=1, max_value=LARGEST)
    flag = serializers.ChoiceField(choices=[Flag.RED.value, Flag.BLUE.value])
    statement = StatementSerializer(required=False)
    version = serializers.IntegerField(min_value=0, max_value=LARGEST)


class LineSerializer(serializers.Serializer[dict[str, Any]]):
    """What a unit reported of one task; `outcome` is empty where it did not."""

    task = serializers.IntegerField()
    content = serializers.CharField()
    group = serializers.CharField()
    outcome = serializers.ChoiceField(choices=Outcome.choices, allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    plan = serializers.CharField(allow_blank=True)
    new_date = serializers.DateField(allow_null=True)
    evidence = serializers.IntegerField(help_text="证据有几个文件。")


class ReportSerializer(serializers.Serializer[dict[str, Any]]):
    unit = serializers.CharField()
    unit_name = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True, help_text="没有上报是 null。")
    is_late = serializers.BooleanField()
    lines = LineSerializer(many=True)


class ReportsSerializer(serializers.Serializer[dict[str, Any]]):
    month = serializers.CharField()
    due_on = serializers.DateField()
    reports = ReportSerializer(many=True)


class PlanMonthSerializer(serializers.Serializer[dict[str, Any]]):
    """A month of a task: `task` is the month task that came of it, null before the approval or where it was dropped."""

    month = serializers.IntegerField(min_value=1, max_value=12)
    target = serializers.CharField()
    dropped_on = serializers.DateField(allow_null=True)
    task = serializers.IntegerField(allow_null=True)
    mark = serializers.ChoiceField(choices=Mark.choices)


class PlanTaskSerializer(serializers.Serializer[dict[str, Any]]):
    content = serializers.CharField()
    measure = serializers.CharField(allow_blank=True)
    group = serializers.CharField()
    months = PlanMonthSerializer(many=True)


class PlanSerializer(serializers.Serializer[dict[str, Any]]):
    unit = serializers.CharField()
    year = serializers.IntegerField()
    state = serializers.ChoiceField(choices=PlanState.choices)
    submitted_at = serializers.DateTimeField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    tasks = PlanTaskSerializer(many=True)


class Boards(Api):
    """All boards of a month, with the statements: what staff read on the pages, too."""

    scope = ApiToken.Scope.READ_BOARDS

    @extend_schema(
        operation_id="boards_read",
        summary="一个月的图版：任务、旗、未完成情况说明",
        tags=["boards"],
        parameters=[MONTH],
        responses={200: BoardsSerializer, **problems(400, 401, 403, 429)},
    )
    def get(self, request: Request, month: str) -> Response:
        shown = month_in(month)
        boards: dict[str, dict[str, Any]] = {}
        for task in _tasks(shown):
            named = {"group": task.group.code, "group_name": task.group.name, "red": 0, "blue": 0, "unmarked": 0}
            board = boards.setdefault(task.group.code, {**named, "tasks": []})
            board[task.flag] += 1
            board["tasks"].append(task)
        closed = closed_month(shown)
        told = {"month": str(shown), "closed_at": closed and closed.closed_at, "boards": list(boards.values())}
        return Response(BoardsSerializer(told).data)


class Flags(Api):
    """The office marks a flag, by the same action as on the page."""

    access = Access(roles=frozenset({Role.OFFICE}))
    scope = ApiToken.Scope.MARK
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="boards_mark",
        summary="标一面旗",
        tags=["boards"],
        parameters=[MONTH],
        request=FlagSerializer,
        responses={200: TaskSerializer, **problems(400, 401, 403, 404, 409, 413, 415, 422, 429)},
    )
    def post(self, request: Request, month: str) -> Response:
        """409 tells who was faster and when (`conflict`), or that the month is closed; 422 which field is wrong."""
        sent = FlagSerializer(data=body_of(request))
        if not sent.is_valid():
            return _refused(sent.errors)
        task = _tasks(month_in(month)).filter(pk=sent.validated_data["task"]).first()
        if task is None:
            return _refused({"task": ["这个月没有这个 id 的任务。"]})
        flag, said = Flag(sent.validated_data["flag"]), sent.validated_data.get("statement")
        wrong = _wrong_statement(task, said) if flag == Flag.BLUE else {}
        if wrong:
            return _refused(wrong)
        task.version = sent.validated_data["version"]
        statement = actions.Statement(**said) if flag == Flag.BLUE else None
        try:
            actions.mark(task, flag, statement, by=person(request), at=timezone.now())
        except actions.StaleTask as stale:
            return problem(409, stale.code, stale.message, conflict=_conflict(task))
        return Response(TaskSerializer(task).data)


class Reports(Api):
    """The month reports that this person sees on the pages: a unit its own, a group's head the group's lines."""

    access = READERS
    scope = ApiToken.Scope.READ_BOARDS

    @extend_schema(
        operation_id="boards_reports",
        summary="一个月的单位报告，没有上报的也列出",
        tags=["boards"],
        parameters=[MONTH],
        responses={200: ReportsSerializer, **problems(400, 401, 403, 429)},
    )
    def get(self, request: Request, month: str) -> Response:
        shown = month_in(month)
        tasks = report_stats.with_reports(MonthTask.objects.visible_to(person(request)).of_month(shown))
        reports: dict[str, dict[str, Any]] = {}
        for task in tasks.order_by("unit__code", "group__position", "pk"):
            unit = {"unit": task.unit.code, "unit_name": task.unit.name, "submitted_at": None, "is_late": False}
            report = reports.setdefault(task.unit.code, {**unit, "lines": []})
            if task.reported:
                of = task.reported.report
                report.update(submitted_at=of.submitted_at, is_late=of.is_late)
            report["lines"].append(_line(task))
        due_on = report_stats.ReportDates.of(shown).due
        told = {"month": str(shown), "due_on": due_on, "reports": list(reports.values())}
        return Response(ReportsSerializer(told).data)


class Plan(Api):
    """A unit's annual plan, as far as this person sees it."""

    access = READERS
    scope = ApiToken.Scope.READ_BOARDS

    @extend_schema(
        operation_id="plans_read",
        summary="一个单位一年的工作计划",
        tags=["boards"],
        parameters=[YEAR],
        responses={200: PlanSerializer, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, unit: str, year: str) -> Response:
        reader = person(request)
        visible = AnnualPlan.objects.visible_to(reader).select_related("unit")
        plan = get_object_or_404(visible, unit__code=unit, year=_year(year))
        tasks = [_plan_task(shown) for shown in plan_stats.shown_tasks(reader, plan)]
        told = {name: getattr(plan, name) for name in ("year", "state", "submitted_at", "approved_at")}
        return Response(PlanSerializer(told | {"unit": plan.unit.code, "tasks": tasks}).data)


def _year(written: str) -> int:
    if not re.fullmatch(r"2\d{3}", written, re.ASCII):
        raise Http404
    return int(written)


def _tasks(month: Month) -> MonthTaskQuerySet:
    tasks = MonthTask.objects.of_month(month).filter(group__has_board=True).select_related("unit", "group")
    return tasks.order_by("group__position", "group__code", "unit__code", "pk")


def _refused(errors: Any) -> Response:
    return problem(422, "invalid", "有字段填得不对，请看 errors。", errors=errors)


def _wrong_statement(task: MonthTask, said: dict[str, Any] | None) -> dict[str, Any]:
    if said is None:
        return {"statement": ["蓝旗要有 statement：原因 reason、下一步 plan、新的完成日期 new_date。"]}
    earliest = task.earliest_new_date
    if said["new_date"] < earliest:
        return {"statement": {"new_date": [f"新的完成日期不能早于 {earliest:%Y-%m-%d}。"]}}
    return {}


def _conflict(task: MonthTask) -> dict[str, Any] | None:
    """Who changed the task after it was read; null where the last change was to its words."""
    newest = MonthTask.objects.values_list("version", flat=True).get(pk=task.pk)
    won = task.markings.select_related("by__unit", "by__group").filter(version=newest).first()
    if won is None:
        return None
    return {"by": str(won.by), "flag": won.to_flag, "at": won.at.astimezone(CITY_TIME).isoformat(), "version": newest}


def _line(task: MonthTask) -> dict[str, Any]:
    line = task.reported
    told = {name: getattr(line, name, "") for name in ("outcome", "text", "reason", "plan")}
    return told | {
        "task": task.pk,
        "content": task.content,
        "group": task.group.code,
        "new_date": line.new_date if line else None,
        "evidence": len(line.files) if line else 0,
    }


def _plan_task(shown: plan_stats.ShownTask) -> dict[str, Any]:
    months = [
        {
            "month": cell.month,
            "target": cell.planned.target,
            "dropped_on": cell.planned.dropped_on,
            "task": cell.planned.month_task_id,
            "mark": cell.mark,
        }
        for cell in shown.cells
        if cell.planned
    ]
    task = shown.task
    return {"content": task.content, "measure": task.measure, "group": task.group.code, "months": months}
