"""The workbench (工作台): what waits for this person today, most urgent first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import staff
from accounts.models import Role, User
from common.clock import CITY_TIME
from common.http import Request
from common.months import Month
from complaints.call_back_page import to_call
from complaints.models import Escalation, Held
from complaints.models.complaint import Light
from complaints.queue_page import QueuePage, Row
from complaints.stats import StateCount
from complaints.waiting import ACTS_IN, Wait
from complaints.workflow import State
from meetings import stats as meetings
from meetings.models import READS_SOMETHING
from mohe_portal.navigation import NO_CASES
from notifications.models import Kind, Notice
from progress import report_stats
from progress.models import Amendment, AnnualPlan, MonthTask, Objection
from progress.reminders import DAYS_BEFORE_REPORT
from progress.stats import count
from progress.workflow import PlanState
from supervision import stats as inspections
from supervision.permissions import INSPECTORS
from supervision.workflow import State as Referred
from volunteers.stats import patrolled_today, waiting_for_organiser

ROWS = 8
WORDS = {State.DISPATCHED: "待签收"}
# What the button says for the first case that waits, by its state.
NEXT = {
    State.RECEIVED: "受理第一件",
    State.ACCEPTED: "派遣第一件",
    State.DISPATCHED: "签收第一件",
    State.HANDLING: "办第一件",
    State.HANDLED: "核查第一件",
}
# Where there is none: the page that this role works with.
USUAL = {
    Role.OFFICE: ("标旗", "progress:marking_home"),
    Role.OPERATOR: ("登记来电", "complaints:hotline"),
    Role.LIAISON: ("去巡查", "volunteers:patrols"),
    Role.GUIDANCE: ("记一次指导推进", "supervision:inspection_new"),
    Role.GROUP_HEAD: ("看图版", "progress:city"),
    Role.LEADER: ("看驾驶舱", "reports:cockpit"),
    Role.SUPERVISION: ("看移交", "supervision:referrals"),
    Role.ADMINISTRATOR: ("用户与角色", "accounts:users"),
    Role.AUDITOR: ("审计日志", "audit_log"),
}
SINCE = "workbench_since"
SHOWN_NEWS = 6
NOTE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Figure:
    """One of the counts on top; it links to its rows."""

    label: str
    number: int
    url: str
    hint: str = ""
    is_alarm: bool = False


@dataclass(frozen=True)
class Step:
    """The one thing to do first."""

    label: str
    url: str


@dataclass(frozen=True)
class News:
    """What this person was told since they last looked: the newest, and how many more."""

    since: datetime
    notices: list[Notice]
    more: int


@staff
@require_safe
def workbench(request: Request) -> HttpResponse:
    now, user = timezone.now(), request.user
    acts = Role(user.role) in ACTS_IN
    mine = QueryDict(f"wait={Wait.MINE}" if acts else "")
    cases = None if user.role in NO_CASES else QueuePage(mine, user=user, at=now)
    rows = cases.rows[:ROWS] if cases else []
    figures = [
        *_referral_figures(user),
        *(_case_figures(user, cases) if cases else []),
        *_inspection_figures(user, now),
        *_flag_figures(user, now),
        *_item_figures(user, now),
    ]
    figures += [*_patrol_figures(user, now), *_service_figures(user, now)]
    figures += [*_held_figures(user), *_escalated_figures(user, now), *_call_figures(user, now)]
    context = {
        "figures": figures,
        "cases": cases,
        "rows": rows,
        "acts": acts,
        "first": _first_step(user, rows if acts else []),
        "news": _news(user, since=_looked_at(request, now)),
        "now": now,
    }
    return render(request, "workbench.html", context)


@staff
@require_POST
def workbench_seen(request: Request) -> HttpResponse:
    """Everything so far has been looked at."""
    request.session[SINCE] = timezone.now().timestamp()
    return redirect("workbench")


# What they do first, whatever waits: the telephone, the way into the town, what was referred.
ALWAYS_USUAL = frozenset({Role.OPERATOR, Role.GUIDANCE, Role.SUPERVISION})


def _first_step(user: User, rows: Sequence[Row]) -> Step | None:
    if rows and user.role not in ALWAYS_USUAL:
        return Step(NEXT[rows[0].state], rows[0].url)
    usual = USUAL.get(Role(user.role))
    return Step(usual[0], reverse(usual[1])) if usual else None


def _looked_at(request: Request, now: datetime) -> datetime:
    """When this person looked last before they signed in this time, or said that all is seen."""
    user = request.user
    if SINCE not in request.session:
        request.session[SINCE] = (user.looked_at or user.date_joined).timestamp()
    if user.looked_at is None or now - user.looked_at > NOTE_EVERY:
        User.objects.filter(pk=user.pk).update(looked_at=now)
    return datetime.fromtimestamp(request.session[SINCE], UTC)


def _news(user: User, *, since: datetime) -> News:
    told = Notice.objects.filter(recipient=user, created_at__gt=since).exclude(kind=Kind.DIGEST).order_by("-created_at")
    found = list(told[: SHOWN_NEWS + 1])
    return News(since, found[:SHOWN_NEWS], told.count() - SHOWN_NEWS if len(found) > SHOWN_NEWS else 0)


def _case_figures(user: User, cases: QueuePage) -> list[Figure]:
    """What is late, what is due today, then what waits, in the order in which it is worked off."""
    counts = cases.counts
    states = ACTS_IN.get(Role(user.role), ())
    hint = "先办这些" if counts.overdue and states else ""
    overdue = Figure("超时", counts.overdue, _queue(light=Light.OVERDUE), hint, True)
    soon = Figure("快到期", counts.soon, _queue(light=Light.SOON))
    if not states:
        return [overdue, soon, Figure("在办", counts.open, _queue())]
    today = Figure("今天要办", cases.waits[Wait.TODAY], _queue(wait=Wait.TODAY))
    asked = [_wait_figure(wait, cases) for wait in _ASKED if cases.waits.get(wait)]
    return [overdue, today, *(_state_figure(state, counts.of(state)) for state in states), *asked, soon]


# Shown where something waits in them.
_ASKED = (Wait.RETURNED, Wait.EXTENSION, Wait.SUSPENSION)


def _wait_figure(wait: Wait, cases: QueuePage) -> Figure:
    return Figure(str(wait.label), cases.waits[wait], _queue(wait=wait))


def _state_figure(state: State, waiting: StateCount) -> Figure:
    hint = f"其中超时 {waiting.overdue}" if waiting.overdue else ""
    return Figure(WORDS.get(state, state.label), waiting.total, _queue(state=state), hint)


def _flag_figures(user: User, now: datetime) -> list[Figure]:
    month = Month.of(now)
    if user.role == Role.OFFICE:
        tasks = MonthTask.objects.of_month(month).filter(group__has_board=True)
        return [
            Figure("未标旗的月任务", count(tasks).unmarked, reverse("progress:marking_home")),
            *_missing_report_figures(month, now),
            *_decision_figures(user),
        ]
    if user.role == Role.LIAISON and user.unit_id:
        return [*_own_report_figures(user.unit_id, month, now), *_own_plan_figures(user.unit_id)]
    return []


def _own_report_figures(unit_id: int, month: Month, now: datetime) -> list[Figure]:
    """The month's tasks of the unit: to be reported, and how long there is time; once that is done, to be read."""
    waiting = report_stats.tasks_to_report(unit_id, month)
    if not waiting:
        tasks = MonthTask.objects.of_month(month).filter(unit_id=unit_id)
        return [Figure(f"{month.month} 月的任务", count(tasks).total, reverse("progress:tasks"))]
    url = reverse("progress:report", args=[month.year, month.month])
    hint, is_late = _due_words(month, now)
    return [Figure(f"{month.month} 月没上报的任务", waiting, url, hint, is_late)]


def _missing_report_figures(month: Month, now: datetime) -> list[Figure]:
    """The units that have not reported, from the days on in which they are reminded."""
    due_on = report_stats.ReportDates.of(month).due
    if now.astimezone(CITY_TIME).date() < due_on - DAYS_BEFORE_REPORT:
        return []
    waiting = report_stats.units_to_report(month)
    hint, _ = _due_words(month, now)
    return [Figure("没上报月报告的单位", waiting, reverse("progress:reports"), hint)] if waiting else []


def _due_words(month: Month, now: datetime) -> tuple[str, bool]:
    """Until when a month is reported, and whether that is over."""
    due_on = report_stats.ReportDates.of(month).due
    is_late = now.astimezone(CITY_TIME).date() > due_on
    return f"{due_on.day} 日已过" if is_late else f"{due_on.day} 日前报", is_late


def _own_plan_figures(unit_id: int) -> list[Figure]:
    unfinished = AnnualPlan.objects.filter(unit_id=unit_id, state__in=[PlanState.DRAFT, PlanState.RETURNED])
    states = list(unfinished.values_list("state", flat=True))
    hint = "有退回的" if PlanState.RETURNED in states else ""
    return [Figure("没提交的年度计划", len(states), reverse("progress:plans"), hint)] if states else []


def _decision_figures(user: User) -> list[Figure]:
    """What units handed in and the office has to decide, in one query; silent where there is nothing."""
    plans, changes, disputed = User.objects.values_list(
        _how_many(AnnualPlan.objects.filter(state=PlanState.SUBMITTED)),
        _how_many(Amendment.objects.proposed()),
        _how_many(Objection.objects.pending()),
    ).get(pk=user.pk)
    waiting = [
        Figure("年度计划待审批", plans, reverse("progress:plans") + f"?state={PlanState.SUBMITTED}"),
        Figure("计划调整待审批", changes, reverse("progress:amendments")),
        Figure("异议待答复", disputed, reverse("progress:marking_home")),
    ]
    return [figure for figure in waiting if figure.number]


def _how_many(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values(of_all=Value(1)).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def _service_figures(user: User, now: datetime) -> list[Figure]:
    """What of the volunteers waits for whoever organises; nothing where nothing does."""
    waiting = waiting_for_organiser(user, at=now)
    over = reverse("volunteers:activities") + "?show=unconfirmed"
    unconfirmed = Figure("等确认时长的活动", waiting.unconfirmed, over)
    asked = Figure("入队申请", waiting.asked, reverse("volunteers:teams"))
    return [figure for figure in (unconfirmed, asked) if figure.number]


def _patrol_figures(user: User, now: datetime) -> list[Figure]:
    today = now.astimezone(CITY_TIME).date()
    if user.role == Role.LIAISON and user.unit:
        own = patrolled_today(on=today, unit=user.unit)
        return [Figure("今天还没巡的网格", own.missing, reverse("volunteers:patrols"))] if own.total else []
    if user.role == Role.OFFICE:
        return [
            Figure(
                "今天还没巡的网格",
                patrolled_today(on=today).missing,
                reverse("volunteers:patrol_coverage") + "#missing",
            )
        ]
    return []


def _escalated_figures(user: User, now: datetime) -> list[Figure]:
    waiting = Escalation.objects.to_decide(at=now).count() if user.role == Role.OFFICE else 0
    return [Figure("待定督办", waiting, reverse("complaints:escalated"), "超时没有办结", True)] if waiting else []


def _call_figures(user: User, now: datetime) -> list[Figure]:
    if user.role != Role.OPERATOR:
        return []
    return [Figure("要回访的案件", to_call(user, at=now).count(), reverse("complaints:call_backs"))]


def _inspection_figures(user: User, now: datetime) -> list[Figure]:
    """The guidance group goes out every day; an inspection that was begun and not handed in waits."""
    if user.role not in INSPECTORS:
        return []
    day, listed = now.astimezone(CITY_TIME).date(), reverse("supervision:inspections")
    own = inspections.own_counts(user, on=day)
    today = Figure("今天的指导推进", own.submitted, f"{listed}?by={user.pk}&on={day}")
    drafts = Figure("指导推进草稿", own.drafts, f"{listed}#drafts")
    shown = [today] if user.role == Role.GUIDANCE else []
    return [*shown, drafts] if own.drafts else shown


# What the supervision group has to do with a referral in each state.
TO_DO = {
    Referred.REFERRED: "待核实的移交",
    Referred.VERIFYING: "核实中",
    Referred.SUBSTANTIATED: "属实，待处理",
    Referred.UNSUBSTANTIATED: "不属实，待办结",
    Referred.HANDLED: "已处理，待办结",
}


def _referral_figures(user: User) -> list[Figure]:
    if user.role != Role.SUPERVISION:
        return []
    counts, listed = inspections.referral_counts_for(user), reverse("supervision:referrals")
    figures = [Figure(label, counts[state], f"{listed}?state={state}") for state, label in TO_DO.items()]
    # The first two always: they say that nothing has come. The others where something waits.
    return figures[:2] + [figure for figure in figures[2:] if figure.number]


def _held_figures(user: User) -> list[Figure]:
    held = Held.objects.waiting().count() if user.role == Role.OFFICE else 0
    return [Figure("待复核的反映", held, reverse("complaints:held"))] if held else []


def _item_figures(user: User, now: datetime) -> list[Figure]:
    if user.role not in READS_SOMETHING:
        return []
    counts = meetings.items_of(user, at=now)
    to_confirm = counts.reported if user.role == Role.OFFICE else 0
    told = [f"{words} {number}" for words, number in (("过期", counts.overdue), ("等确认", to_confirm)) if number]
    hint = "，".join(told)
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
