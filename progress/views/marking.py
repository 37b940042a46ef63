"""The creation office marks flags: the grid of a board's month, one flag at a time, and what was marked before."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import only, permit, staff
from accounts.models import Role, SpecialGroup
from common.errors import DomainError
from common.http import Request
from common.months import Month
from progress import actions, stats
from progress.closing_stats import closed_month
from progress.forms import GridFilter, MarkForm, MonthChoice, PublicityForm, Shown, StatementForm
from progress.models import Flag, Mark, MonthTask, MonthTaskQuerySet, Objection, Publicity
from progress.permissions import may_mark_flags, may_object
from progress.report_stats import with_reports
from progress.views.boards import board_owner, current_month, months_to_choose

# A ticked row: id and version of the task as it was read.
MARKED = re.compile(r"\b(\d{1,12}):(\d{1,9})\b")


@dataclass(frozen=True)
class Row:
    """A task in the grid. `statement` is the open form of its statement; `note` says what went wrong."""

    task: MonthTask
    statement: StatementForm | None = None
    note: str = ""

    @property
    def told(self) -> actions.Statement | None:
        """What the form of a statement begins with: what the blue flag says, else what the unit reported."""
        said = self.task if self.task.flag == Flag.BLUE else self.task.reported
        return actions.Statement(said.reason, said.plan, said.new_date) if said and said.new_date else None

    @property
    def dispute(self) -> Objection | None:
        """The unit's objection to the flag as it stands, while it waits for an answer."""
        waiting: list[Objection] = getattr(self.task, "disputes", [])
        return next((one for one in waiting if one.flag_version == self.task.version), None)

    @property
    def pressed(self) -> str:
        """The flag that is chosen, be it not saved yet."""
        return Flag.BLUE if self.statement else self.task.flag


@only(Role.OFFICE)
@require_safe
def home(request: Request) -> HttpResponse:
    """The boards of a month with what is left to mark."""
    choice = MonthChoice(request.GET)
    month = (choice.cleaned_data["month"] if choice.is_valid() else None) or current_month()
    boards = stats.month_boards(month)
    facts = {
        "month": month,
        "months": months_to_choose(month),
        "boards": boards,
        "closed": closed_month(month),
        "objections": Objection.objects.pending().select_related("task__unit", "task__group").order_by("at"),
        "everything": sum((board.tasks for board in boards), stats.FlagCounts()),
        "next_board": next((board for board in boards if board.tasks.unmarked), None),
        "publicity": PublicityForm(initial={"publicity": Publicity.current()}),
    }
    return render(request, "progress/marking_home.html", facts)


@only(Role.OFFICE)
@require_POST
def publish(request: Request) -> HttpResponse:
    """Set how much of the boards the public may read."""
    form = PublicityForm(request.POST)
    if form.is_valid():
        publicity = Publicity(form.cleaned_data["publicity"])
        actions.publish_boards(publicity, by=request.user, at=timezone.now())
    return redirect("progress:marking_home")


@only(Role.OFFICE)
@require_safe
def grid(request: Request, group: str, year: int, month: int) -> HttpResponse:
    """All tasks of a board's month, to be marked by keyboard or by plain buttons."""
    owner, shown = board_owner(group), Month(year, month)
    if closed_month(shown):
        return redirect("progress:board_month", group, year, month)
    return _grid(request, owner, shown)


@only(Role.OFFICE)
@require_POST
def mark_selected(request: Request, group: str, year: int, month: int) -> HttpResponse:
    """Red flags for the ticked rows, each `id:version` as it was read."""
    owner, shown = board_owner(group), Month(year, month)
    read = dict(MARKED.findall(" ".join(request.POST.getlist("task"))))
    tasks = list(MonthTask.objects.on_board(owner).of_month(shown).filter(pk__in=read))
    for task in tasks:
        task.version = int(read[str(task.pk)])
    refused = actions.mark_all_red(tasks, by=request.user, at=timezone.now())
    for stale in refused:
        messages.warning(request, stale.message)
    if len(tasks) > len(refused):
        messages.success(request, f"已标 {len(tasks) - len(refused)} 面红旗。")
    if not tasks:
        messages.warning(request, "先在左边勾选任务，再一起标红旗。")
    return redirect(_grid_url(owner, shown))


@only(Role.OFFICE)
@require_POST
def undo(request: Request, group: str, year: int, month: int) -> HttpResponse:
    """Take back one's last marking on this board."""
    owner, shown = board_owner(group), Month(year, month)
    try:
        taken_back = actions.undo_marking(owner, shown, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.warning(request, error.message)
        return redirect(_grid_url(owner, shown))
    messages.success(request, f"已撤销上一次标旗，{len(taken_back)} 项恢复原样。")
    return redirect(f"{_grid_url(owner, shown)}#task-{taken_back[0].pk}")


@only(Role.OFFICE)
@require_POST
def mark(request: Request, pk: int) -> HttpResponse:
    """Give a task a flag. Blue without a statement asks for one; too late shows who was faster, typed text kept."""
    permit(may_mark_flags(request.user))
    task = get_object_or_404(_with_disputes(with_reports(MonthTask.objects.all())), pk=pk)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return _answer(request, Row(task, note="没有看懂这一次标旗，请再按一次。"), status=422)
    statement = _statement_form(request, task) if form.cleaned_data["flag"] == Flag.BLUE else None
    if statement and not statement.is_valid():
        return _answer(request, Row(task, statement), status=422)
    task.version = form.cleaned_data["version"]
    try:
        _apply(request, task, Flag(form.cleaned_data["flag"]), statement)
    except (actions.StaleTask, actions.MonthClosed) as refused:
        # Caught here, unlike elsewhere: the row itself must show the new state beside what was typed.
        task.refresh_from_db()
        return _answer(request, Row(task, statement, refused.message), status=409)
    return _answer(request, Row(task))


@only(Role.OFFICE)
@require_safe
def reported(request: Request, pk: int) -> HttpResponse:
    """What the unit reported of a task with its evidence: a row of the grid for htmx, else the unit's report."""
    task = get_object_or_404(with_reports(MonthTask.objects.all()), pk=pk)
    if not request.htmx:
        return redirect("progress:unit_report", task.unit.code, task.year, task.month)
    return render(request, "progress/marking.html#evidence", {"task": task, "line": task.reported})


@staff
@require_safe
def history(request: Request, pk: int) -> HttpResponse:
    """Every marking of a task: who, when, from what to what, with which statement."""
    task = get_object_or_404(MonthTask.objects.select_related("unit", "group"), pk=pk)
    template = "progress/history.html#in_grid" if request.htmx else "progress/history.html"
    facts: dict[str, Any] = {"task": task, "steps": stats.marking_steps(task)}
    if not request.htmx:
        is_past = task.due_month < current_month()
        facts |= {
            "may_mark": may_mark_flags(request.user),
            "may_make_good": is_past and task.mark == Mark.BLUE,
            "made_good": f"{task.made_good_on:%Y-%m-%d}　{task.made_good_note}" if task.made_good_on else "",
            "corrections": task.corrections.select_related("task__unit", "by", "by__unit", "by__group"),
            "objections": Objection.objects.visible_to(request.user)
            .filter(task=task)
            .select_related("by__unit", "decided_by__unit", "decided_by__group"),
            "may_object": may_object(request.user, task),
        }
    return render(request, template, facts)


def _statement_form(request: Request, task: MonthTask) -> StatementForm:
    """What was typed; or, when 蓝 was pressed without a statement, an empty form to type it in."""
    if "reason" in request.POST:
        return StatementForm(request.POST, task=task)
    told = Row(task).told
    return StatementForm(task=task, initial=vars(told) if told else None)


def _apply(request: Request, task: MonthTask, flag: Flag, form: StatementForm | None) -> None:
    by, at = request.user, timezone.now()
    if form:
        actions.mark_blue(task, statement=form.statement, by=by, at=at)
    elif flag == Flag.RED:
        actions.mark_red(task, by=by, at=at)
    else:
        actions.unmark(task, by=by, at=at)


def _answer(request: Request, row: Row, status: int = 200) -> HttpResponse:
    """The row alone for htmx, with the counts beside it; else the grid, come to by a redirect if all is well."""
    task = row.task
    if request.htmx:
        board = MonthTask.objects.on_board(task.group).of_month(task.due_month)
        # First the stamp, then the counts: they may be newer than they say, never older.
        stamp = stats.times_marked(board)
        counts = stats.count(board)
        facts = {
            "row": row,
            "counts": counts,
            "stamp": stamp,
            "month": task.due_month,
            "oob": True,
            "said": _said(row, counts),
            "grid_url": _grid_url(task.group, task.due_month),
            "next_board": _next_board(task.due_month, counts),
        }
        return render(request, "progress/marking.html#answer", facts, status=status)
    if status == 200:
        return redirect(f"{_grid_url(task.group, task.due_month)}#task-{task.pk}")
    return _grid(request, task.group, task.due_month, row, status=status)


def _with_disputes(tasks: MonthTaskQuerySet) -> MonthTaskQuerySet:
    return tasks.prefetch_related(Prefetch("objections", Objection.objects.pending(), to_attr="disputes"))


def _is_shown(row: Row, show: str) -> bool:
    if show == Shown.UNMARKED:
        return row.task.flag == Flag.UNMARKED
    if show == Shown.DISPUTED:
        return row.dispute is not None
    return show != Shown.UNREPORTED or row.task.reported is None


def _grid_url(group: SpecialGroup, month: Month) -> str:
    return reverse("progress:marking", args=[group.code, month.year, month.month])


def _next_board(month: Month, counts: stats.FlagCounts) -> stats.BoardSummary | None:
    """Where to go on once everything here is marked."""
    if counts.unmarked:
        return None
    return next((board for board in stats.month_boards(month) if board.tasks.unmarked), None)


def _said(row: Row, counts: stats.FlagCounts) -> str:
    """What a screen reader is told."""
    where = f"{row.task.unit}，{row.task.content}："
    if row.note:
        return where + row.note
    if row.statement:
        return where + ("说明没有写全。" if row.statement.errors else "写说明。")
    left = f"还有 {counts.unmarked} 项没标。" if counts.unmarked else "全部标完。"
    return f"{where}{row.task.get_flag_display()}。{left}"


def _grid(
    request: Request, group: SpecialGroup, month: Month, changed: Row | None = None, status: int = 200
) -> HttpResponse:
    tasks = _with_disputes(with_reports(MonthTask.objects.on_board(group).of_month(month)))
    wanted = GridFilter(request.GET)
    show = wanted.cleaned_data["show"] if wanted.is_valid() else Shown.ALL
    counts = stats.FlagCounts.of_marks(task.mark for task in tasks)
    rows = [changed if changed and changed.task.pk == task.pk else Row(task) for task in tasks]
    facts: dict[str, Any] = {
        "group": group,
        "month": month,
        "grid_url": _grid_url(group, month),
        "rows": [row for row in rows if _is_shown(row, show)],
        "tasks": [row.task for row in rows],
        "show": show,
        "filters": [(one.value, one.label, sum(_is_shown(row, one) for row in rows)) for one in Shown],
        "total": len(rows),
        "counts": counts,
        "next_board": _next_board(month, counts),
        "stamp": sum(row.task.version for row in rows),
        "oob": False,
        "said": "",
        # What marking.js copies to open a statement in place.
        "blank": StatementForm(task=MonthTask(year=month.year, month=month.month), key="__pk__"),
    }
    return render(request, "progress/marking.html", facts, status=status)
