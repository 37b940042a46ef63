"""Counted reads: the agenda pack of a meeting, and how many action items wait."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import Count, OuterRef, Q, Subquery

from accounts.models import Role, SpecialGroup, User
from common.clock import CITY_TIME
from common.months import Month
from common.revisions import remembered
from complaints.models import Complaint, ComplaintQuerySet
from meetings.models import ActionItem, ActionItemQuerySet, Instruction, Meeting, Step
from progress.models import Flag, MonthTask, MonthTaskQuerySet
from progress.stats import BoardSummary, FlagCounts, Streak, blue_streaks, month_boards

# A pack is read aloud: the most overdue cases, and how many there are in all.
MOST_CASES = 30


@dataclass(frozen=True)
class GroupBlues:
    """The blue tasks of one board with their statements."""

    group: SpecialGroup
    tasks: list[MonthTask]


@dataclass(frozen=True)
class Pack:
    """What a meeting has before it (议程包), as the data stood at `at`."""

    month: Month
    at: datetime
    boards: list[BoardSummary]
    blues: list[GroupBlues]
    # Blue months in a row that go on.
    streaks: list[Streak]
    cases: list[Complaint]
    cases_in_all: int
    supervised: list[Complaint]
    items: list[ActionItem]

    @property
    def flags(self) -> FlagCounts:
        return sum((board.tasks for board in self.boards), FlagCounts())

    @property
    def blue_tasks(self) -> int:
        return sum(len(group.tasks) for group in self.blues)


@dataclass(frozen=True)
class ItemCounts:
    """Open action items, how many of them are past their day, and how many wait for a confirmation."""

    open: int
    overdue: int
    reported: int


def pack(meeting: Meeting, *, at: datetime) -> Pack:
    """The pack of a meeting: of its group alone, or for the leading group of all; never a confidential case."""
    month, group = meeting.month, meeting.group
    open_cases = _cases(group, month)
    cases = open_cases.overdue(at=at)
    return Pack(
        month=month,
        at=at,
        boards=[board for board in month_boards(month) if group is None or board.group == group],
        blues=_blues(_tasks(group, month)),
        streaks=[one for one in blue_streaks(until=month, groups=[group] if group else None) if one.is_going_on],
        cases=list(cases.select_related("unit", "grid__community").order_by("due_at", "pk")[:MOST_CASES]),
        cases_in_all=cases.count(),
        supervised=list(
            open_cases.open().supervised().select_related("unit", "grid__community").order_by("supervised_at", "pk")
        ),
        items=list(_open_items(group).named()),
    )


def item_counts(items: ActionItemQuerySet, *, at: datetime) -> ItemCounts:
    """In one query."""
    today = at.astimezone(CITY_TIME).date()
    counted = items.open().aggregate(
        open=Count("pk"),
        overdue=Count("pk", filter=Q(due_on__lt=today)),
        reported=Count("pk", filter=Q(is_reported=True)),
    )
    return ItemCounts(**cast(dict[str, int], counted))


def items_of(user: User, *, at: datetime) -> ItemCounts:
    return item_counts(ActionItem.objects.visible_to(user), at=at)


def instructions_of(user: User) -> ActionItemQuerySet:
    """The instructions a leader wrote; for the office those of all leaders."""
    written = ActionItem.objects.visible_to(user).filter(instruction__isnull=False)
    return written.filter(created_by=user) if user.role == Role.LEADER else written


def instructions_on(user: User, **about: Complaint | MonthTask) -> list[ActionItem]:
    """What was written on a case (`case=`) or a month task (`task=`) and this person may read, newest first."""
    if not all(on.pk in _written_on(name) for name, on in about.items()):
        return []
    found = ActionItem.objects.visible_to(user).filter(**{f"instruction__{name}": on for name, on in about.items()})
    return list(with_replies(found).order_by("-created_at"))


@remembered("instructions", most=2)
def _written_on(what: str) -> frozenset[int]:
    """The cases (`case`), or the month tasks, with an instruction: few of many, so that most pages need not ask."""
    return frozenset(Instruction.objects.exclude(**{what: None}).values_list(f"{what}_id", flat=True))


def with_replies(items: ActionItemQuerySet) -> ActionItemQuerySet:
    """With the latest that its unit said to each."""
    replies = Step.objects.filter(item=OuterRef("pk"), by__unit=OuterRef("unit")).exclude(text="").order_by("-version")
    latest: dict[str, Any] = {
        "reply": Subquery(replies.values("text")[:1]),
        "replied_at": Subquery(replies.values("at")[:1]),
    }
    named = items.select_related("unit", "created_by", "instruction__case", "instruction__task__group")
    return named.annotate(**latest)


def _tasks(group: SpecialGroup | None, month: Month) -> MonthTaskQuerySet:
    tasks = MonthTask.objects.of_month(month)
    return tasks.on_board(group) if group else tasks.filter(group__has_board=True)


def _blues(tasks: MonthTaskQuerySet) -> list[GroupBlues]:
    by_group: dict[SpecialGroup, list[MonthTask]] = defaultdict(list)
    blue = tasks.filter(flag=Flag.BLUE).select_related("unit", "group")
    for task in blue.order_by("group__position", "group__code", "unit__code", "pk"):
        by_group[task.group].append(task)
    return [GroupBlues(group, found) for group, found in by_group.items()]


def _cases(group: SpecialGroup | None, month: Month) -> ComplaintQuerySet:
    """Of all units, or of those with a task of the group this month. A pack is passed round: nothing confidential."""
    cases = Complaint.objects.filter(is_confidential=False)
    return cases.filter(unit__in=_tasks(group, month).order_by().values("unit")) if group else cases


def _open_items(group: SpecialGroup | None) -> ActionItemQuerySet:
    items = ActionItem.objects.open().order_by("due_on", "pk")
    return items.of_group(group.pk) if group else items.without_confidential()
