"""The workbench (工作台): what waits for this person today, most urgent first."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import staff
from accounts.models import Role, User
from common.clock import CITY_TIME
from common.http import Request
from common.months import Month
from complaints.models import Escalation, Held
from complaints.models.complaint import Light
from complaints.queue_page import QueuePage
from complaints.stats import StateCount
from complaints.workflow import State
from meetings import stats as meetings
from meetings.models import READS_SOMETHING
from progress.models import Amendment, AnnualPlan, MonthTask, Objection
from progress.stats import count
from progress.workflow import PlanState
from volunteers.stats import patrolled_today

ROWS = 8
NO_CASES = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.SECURITY})
# The states whose cases wait for this role to do something.
WAITING_FOR = {
    Role.OFFICE: (State.RECEIVED, State.ACCEPTED, State.HANDLED),
    Role.OPERATOR: (State.RECEIVED, State.ACCEPTED),
    Role.GUIDANCE: (State.HANDLED,),
    Role.LIAISON: (State.DISPATCHED, State.HANDLING),
}
WORDS = {State.DISPATCHED: "待签收"}


@dataclass(frozen=True)
class Figure:
    """One of the counts on top; it links to its rows."""

    label: str
    number: int
    url: str
    hint: str = ""
    is_alarm: bool = False


@staff
@require_safe
def workbench(request: Request) -> HttpResponse:
    now = timezone.now()
    cases = None if request.user.role in NO_CASES else QueuePage(QueryDict(), user=request.user, at=now)
    figures = [
        *(_case_figures(request.user, cases) if cases else []),
        *_flag_figures(request.user, now),
        *_item_figures(request.user, now),
    ]
    figures += _patrol_figures(request.user, now)
    figures += [*_held_figures(request.user), *_escalated_figures(request.user, now)]
    context = {"figures": figures, "cases": cases, "rows": cases.rows[:ROWS] if cases else [], "now": now}
    return render(request, "workbench.html", context)


def _case_figures(user: User, cases: QueuePage) -> list[Figure]:
    counts = cases.counts
    overdue = Figure("超时", counts.overdue, _queue(light=Light.OVERDUE), "先办这些" if counts.overdue else "", True)
    soon = Figure("快到期", counts.soon, _queue(light=Light.SOON))
    waiting = [_state_figure(state, counts.of(state)) for state in WAITING_FOR.get(Role(user.role), ())]
    return [overdue, *waiting, soon] if waiting else [overdue, soon, Figure("在办", counts.open, _queue())]


def _state_figure(state: State, waiting: StateCount) -> Figure:
    hint = f"其中超时 {waiting.overdue}" if waiting.overdue else ""
    return Figure(WORDS.get(state, state.label), waiting.total, _queue(state=state), hint)


def _flag_figures(user: User, now: datetime) -> list[Figure]:
    month = Month.of(now)
    if user.role == Role.OFFICE:
        tasks = MonthTask.objects.of_month(month).filter(group__has_board=True)
        return [
            Figure("未标旗的月任务", count(tasks).unmarked, reverse("progress:marking_home")),
            *_decision_figures(),
        ]
    if user.role == Role.LIAISON and user.unit_id:
        tasks = MonthTask.objects.of_month(month).filter(unit_id=user.unit_id)
        return [Figure(f"{month.month} 月的任务", count(tasks).total, reverse("progress:tasks"))]
    return []


def _decision_figures() -> list[Figure]:
    """What units handed in and the office has to decide; silent where there is nothing."""
    plans = AnnualPlan.objects.filter(state=PlanState.SUBMITTED).count()
    changes = Amendment.objects.proposed().count()
    disputed = Objection.objects.pending().count()
    waiting = [
        Figure("年度计划待审批", plans, reverse("progress:plans")),
        Figure("计划调整待审批", changes, reverse("progress:amendments")),
        Figure("异议待答复", disputed, reverse("progress:marking_home")),
    ]
    return [figure for figure in waiting if figure.number]


def _patrol_figures(user: User, now: datetime) -> list[Figure]:
    today = now.astimezone(CITY_TIME).date()
    if user.role == Role.LIAISON and user.unit:
        own = patrolled_today(on=today, unit=user.unit)
        return [Figure("今天还没巡的网格", own.missing, reverse("volunteers:patrols"))] if own.total else []
    if user.role == Role.OFFICE:
        return [Figure("今天还没巡的网格", patrolled_today(on=today).missing, reverse("volunteers:patrol_coverage"))]
    return []


def _escalated_figures(user: User, now: datetime) -> list[Figure]:
    waiting = Escalation.objects.to_decide(at=now).count() if user.role == Role.OFFICE else 0
    return [Figure("待定督办", waiting, reverse("complaints:escalated"), "超时没有办结", True)] if waiting else []


def _held_figures(user: User) -> list[Figure]:
    held = Held.objects.waiting().count() if user.role == Role.OFFICE else 0
    return [Figure("待复核的反映", held, reverse("complaints:held"))] if held else []


def _item_figures(user: User, now: datetime) -> list[Figure]:
    if user.role not in READS_SOMETHING:
        return []
    counts = meetings.items_of(user, at=now)
    hint = f"过期 {counts.overdue}" if counts.overdue else ""
    figures = [Figure("交办事项", counts.open, reverse("meetings:items"), hint)]
    if user.role == Role.LEADER:
        own = meetings.item_counts(meetings.instructions_of(user), at=now)
        hint = f"已回复、等您看的 {own.reported}" if own.reported else ""
        figures.append(Figure("我的批示", own.open, reverse("meetings:instructions"), hint))
    return figures


def _queue(**parameters: str) -> str:
    query = QueryDict(mutable=True)
    query.update(parameters)
    return reverse("complaints:queue") + (f"?{query.urlencode()}" if parameters else "")
