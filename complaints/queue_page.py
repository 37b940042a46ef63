"""What the queue (案件队列) shows: tabs with counts, rows with their lights, links that keep the filters."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.listings import unit_listing
from accounts.models import Role, User
from common.calendar import doubt_about
from common.composed import Composed, Given
from common.keyset import Page, first_page, page
from complaints import words
from complaints.behind import OF_THE_UNIT_THEN
from complaints.listings import category_listing
from complaints.models import Complaint, ComplaintQuerySet, ProblemGroup, Sight
from complaints.models.complaint import SEE_ALL_BUT_CONFIDENTIAL, CaseFacts, Light
from complaints.selection import Part, SearchedPhone, Selection
from complaints.staff_forms import EVERY, LIGHTS, OPEN
from complaints.stats import (
    MOST_COUNTED,
    MOST_LOOKED_AT,
    QueueCounts,
    StateCount,
    narrowed_counts,
    queue_counts,
)
from complaints.waiting import ACTS_IN, MOMENTS, Wait, moments
from complaints.workflow import OPEN_STATES, RequestKind, State
from grids.listings import grid_listing

PAGE_SIZE = 50
UNSEEN_BY_UNITS = {State.RECEIVED, State.ACCEPTED, State.REJECTED}
GROUP_WORDS = {str(group): str(group.label) for group in ProblemGroup}
ASKED_WORDS = {"": "", **{str(kind): str(kind.label) for kind in RequestKind}}
EDGES = {"late": "edge-late", "soon": "edge-soon"}
STATE_TABS = [*OPEN_STATES, State.CLOSED, State.REJECTED]


@dataclass(frozen=True)
class Tab:
    label: str
    count: int
    url: str
    is_current: bool
    is_least: bool = False

    @property
    def shown(self) -> str:
        return at_least(self.count) if self.is_least else str(self.count)


class _Columns(NamedTuple):
    """What a row is made from: a case has more columns than that, some of them long."""

    pk: int
    number: str
    version: int
    state: str
    group: str
    category_id: int | None
    text: str
    grid_id: int | None
    unit_id: int | None
    filed_at: datetime
    warn_at: datetime | None
    due_at: datetime | None
    overall_warn_at: datetime | None
    overall_due_at: datetime | None
    suspended_until: date | None
    closed_in_time: bool | None
    is_urgent: bool
    is_confidential: bool
    is_anonymous: bool
    supervised_at: datetime | None
    asked_for: str
    round: int
    urge_count: int
    return_count: int
    rework_count: int
    # For paging by key.
    is_final: int
    due_or_never: datetime


class ListedCase(_Columns, CaseFacts):
    """A case as it was read for the queue: to make fifty models takes longer than to find them."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Row:
    """What the line of a case says, in words and nothing else: lines that say the same are kept as HTML."""

    number: str
    version: int
    state: State
    title: str
    url: str
    light: str
    clock: str
    # The bar at the left that says why a row is first.
    edge: str
    badge: str
    marks: tuple[str, ...]
    category: str
    grid: str
    # Empty where it is nobody's yet.
    unit: str


@dataclass(frozen=True)
class Empty:
    title: str
    text: str = ""
    url: str = ""
    link: str = ""


class QueuePage(Selection):
    """One page of the queue as `user` sees it at `at`, from the address's parameters."""

    def __init__(self, parameters: QueryDict, *, user: User, at: datetime, phone: SearchedPhone | None = None) -> None:
        super().__init__(parameters, user=user, at=at, phone=phone)
        self.counts = self._counts()
        self.page = self._page(parameters.get("cursor", ""))

    def _counts(self) -> QueueCounts:
        if self.is_narrowed:
            return narrowed_counts(self.narrowed, self.sight, at=self.at, most=MOST_LOOKED_AT)
        return queue_counts(self.sight, at=self.at, most=MOST_COUNTED)

    def _page(self, cursor: str) -> Page[ListedCase]:
        """Nearly always it is the first page of the whole queue that is asked for; its statement is kept."""
        keys = self.part.keys
        if not self.is_narrowed and not cursor:
            first = _first_rows(self.sight, self.part)(**moments(self.at))
            return first_page([ListedCase._make(row) for row in first], keys, size=PAGE_SIZE)
        rows = self._listed.with_urgency().values_list(*ListedCase._fields, named=True)
        found: Page[Any] = page(rows, keys, cursor=cursor, size=PAGE_SIZE)
        return replace(found, rows=[ListedCase._make(row) for row in found.rows])

    @property
    def _listed(self) -> ComplaintQuerySet:
        """The cases of all pages. Where the counts say that they are few, they are found first and then put in order:
        the database would else go through all cases from the newest on, and look for one that is not there to the end.
        """
        if self.part.is_by_urgency or not self.is_narrowed or self._is_least(self.state):
            return self.cases
        found = self.cases.order_by().values("pk")[:MOST_LOOKED_AT]
        return Complaint.objects.filter(pk__in=found) if self.total else Complaint.objects.none()

    @property
    def order(self) -> str:
        return "超时在前" if self.part.is_by_urgency else "最新在前"

    @property
    def waits(self) -> dict[Wait, int]:
        """How many open cases wait, for each of the waits that this role is offered."""
        return self.counts.waits

    @cached_property
    def rows(self) -> list[Row]:
        return [_row(case, at=self.at) for case in self.page.rows]

    @cached_property
    def calendar_doubt(self) -> str:
        """What to say of the deadlines shown where a year's holidays are not entered."""
        return doubt_about(case.due_at for case in self.page.rows if case.state in OPEN_STATES)

    @property
    def total(self) -> int:
        """How many rows there are on all pages together."""
        if self.wait:
            return self._waiting_total()
        if self.state == EVERY and not self.light:
            return self.counts.everything
        one = self.counts.of(State(self.state)) if self.state in State.values else self.counts.open_together
        by_light = {Light.OVERDUE: one.overdue, Light.SOON: one.soon, Light.IN_TIME: self._in_time(one)}
        return by_light[Light(self.light)] if self.light else one.total

    def _in_time(self, one: StateCount) -> int:
        """Without those whose clock stands."""
        suspended = self.waits.get(Wait.SUSPENDED, 0) if self.state in {OPEN, State.HANDLING} else 0
        return one.total - one.overdue - one.soon - suspended

    def _waiting_total(self) -> int:
        plain = self.wait in self.waits and self.state == OPEN and not self.light
        return self.waits[Wait(self.wait)] if plain else self.cases.count()

    @property
    def tabs(self) -> tuple[Tab, ...]:
        counts = self.counts
        hidden = UNSEEN_BY_UNITS if self.user.role == Role.LIAISON else set()
        return (
            self._tab("全部在办", counts.open, OPEN),
            *(self._tab(str(wait.label), self.waits[wait], OPEN, wait=wait) for wait in self._shown_waits(first=True)),
            self._tab("超时", counts.overdue, OPEN, Light.OVERDUE),
            self._tab("快到期", counts.soon, OPEN, Light.SOON),
            *(self._tab(str(wait.label), self.waits[wait], OPEN, wait=wait) for wait in self._shown_waits(first=False)),
            *(self._tab(state.label, counts.of(state).total, state) for state in STATE_TABS if state not in hidden),
            self._tab("全部", counts.everything, EVERY),
        )

    def _shown_waits(self, *, first: bool) -> list[Wait]:
        """What is for this person to do stands before the lights; of the rest only what somebody waits in."""
        own = {Wait.MINE, Wait.TODAY} if Role(self.user.role) in ACTS_IN else set()
        if first:
            return [wait for wait in self.waits if wait in own]
        return [w for w in self.waits if w not in {Wait.MINE, Wait.TODAY} and (self.waits[w] or w == self.wait)]

    def _is_least(self, state: str, light: str = "") -> bool:
        """Whether there are more than were counted."""
        return not light and (bool(self.counts.capped) if state == EVERY else state in self.counts.capped)

    @property
    def total_words(self) -> str:
        return at_least(self.total) if self._is_least(self.state, self.light) else str(self.total)

    def _tab(self, label: str, count: int, state: str, light: str = "", wait: str = "") -> Tab:
        has_own_tab = self.state == OPEN and not self.wait and self.light in {Light.OVERDUE, Light.SOON}
        is_current = (state, light, wait) == (self.state, self.light if has_own_tab else "", self.wait)
        url = self.link(state=state, light=light, wait=wait)
        return Tab(label, count, url, is_current, self._is_least(state, light))

    def link(self, **changes: str) -> str:
        """The queue's address with the filters as they are but for `changes`; from the first page."""
        given = {name: value for name, value in (self.parameters.dict() | {"cursor": ""} | changes).items() if value}
        if given.get("state") == OPEN and not self.is_search and not self.filters.behind:
            del given["state"]
        return f"?{urlencode(given)}"

    @property
    def saved_query(self) -> str:
        """What a saved filter keeps of the address; a searched phone and the place in the list are not part of it."""
        return self.link(phone="").removeprefix("?")

    @property
    def export_query(self) -> str:
        return self.link().removeprefix("?")

    @property
    def next_url(self) -> str:
        return self.link(cursor=self.page.next_cursor) if self.page.next_cursor else ""

    @property
    def previous_url(self) -> str:
        return self.link(cursor=self.page.previous_cursor) if self.page.previous_cursor else ""

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The parameters that the form of the filters carries along unseen."""
        names = ("state", "wait", "q", "phone", "units", "communities", "major", "lacks", "why", "month")
        return [(name, str(self.parameters[name])) for name in names if self.parameters.get(name)]

    @property
    def chips(self) -> list[tuple[str, str]]:
        """What narrows the queue besides the selects: words, and the address without it."""
        chips = []
        if self.filters.given("q"):
            chips.append((f"查找：{self.filters.given('q')}", self.link(q="")))
        if self.phone:
            chips.append((f"来电：{self.phone.shown}", self.link(phone="")))
        if self.filters.given("grid"):
            chips.append((f"网格：{self.filters.given('grid')}", self.link(grid="")))
        chips += [(words, self.link(**{name: ""})) for name, words in self.filters.sets]
        if self.filters.behind:
            why, month = self.filters.behind
            chips.append((f"{month.year} 年 {month.month} 月{why.label}", self.link(why="", month="")))
        return chips

    @property
    def figure_note(self) -> str:
        """Why fewer cases may be listed than the figure says that led here."""
        if not self.filters.behind:
            return ""
        is_told_by_times = self.filters.behind[0] in OF_THE_UNIT_THEN
        times = (
            "算的是当时承办的单位。一件退过几次、评过几次，数据表里就算几次，这里只列一件。" if is_told_by_times else ""
        )
        hidden = "保密案件算在数据表里，不列在这里。" if self.user.role in SEE_ALL_BUT_CONFIDENTIAL else ""
        return times + hidden

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the tab limits what is shown."""
        names = set(self.filters.fields) - {"state", "light", "wait"}
        return bool(self.phone) or any(self.filters.given(name) for name in names)

    @property
    def empty(self) -> Empty:
        """What is said where no row is."""
        if self.is_narrowed:
            return Empty("没有符合条件的案件", "换个条件，或者", "?", "清除筛选")
        if self.wait:
            return Empty(f"{Wait(self.wait).label}：没有案件", "", "?", "看全部在办")
        if self.light == Light.OVERDUE and self.counts.soon:
            return Empty("没有超时的案件", f"快到期的有 {self.counts.soon} 件，", self.link(light=Light.SOON), "去看")
        if self.light:
            return Empty(f"没有{dict(LIGHTS)[Light(self.light)]}的案件", "", "?", "看全部在办")
        if self.state in State.values:
            return Empty(f"没有{State(self.state).label}的案件", "", "?", "看全部在办")
        return Empty("现在没有要办的案件", "办结的在", self.link(state=State.CLOSED), "已办结")


def at_least(count: int) -> str:
    """A count that stands for more, rounded down to its first figure: 9731 → 9000+."""
    power = 10 ** (len(str(count)) - 1)
    return f"{count // power * power}+"


@lru_cache(maxsize=512)
def _first_rows(sight: Sight, part: Part) -> Composed[tuple[Any, ...]]:
    def rows(**moments: Given) -> QuerySet[Complaint, tuple[Any, ...]]:
        cases = part.of(Complaint.objects.in_sight(sight), sight, **moments).with_urgency()
        return cases.values_list(*ListedCase._fields).order_by(*part.keys)[: PAGE_SIZE + 1]

    return Composed(rows, **MOMENTS)


def _row(case: ListedCase, *, at: datetime) -> Row:
    light = words.light_class(case, at=at)
    late = {Light.OVERDUE: ["总时限已过"], Light.SOON: ["总时限快到"]}.get(case.overall_light(at=at), [])
    category = category_listing().by_key.get(case.category_id) if case.category_id else None
    return Row(
        number=case.number,
        version=case.version,
        state=State(case.state),
        title=case.title,
        url=case.get_absolute_url(),
        light=light,
        clock=words.light_words(case, at=at),
        edge=EDGES.get(light, "") if case.state in OPEN_STATES else "",
        badge="suspended" if case.is_suspended else case.state,
        marks=(*marks(case), *late),
        category=category.label if category else GROUP_WORDS[case.group],
        grid=grid_listing().name(case.grid_id) if case.grid_id else "没有定位",
        unit=unit_listing().name(case.unit_id) if case.unit_id else "",
    )


def marks(case: Complaint | ListedCase) -> list[str]:
    marked = [
        (case.is_supervised, "督办"),
        (case.is_urgent, "紧急"),
        (case.is_confidential, "保密"),
        (case.is_anonymous, "匿名"),
        (case.round > 1, "二次"),
        (case.asked_for, f"申请{ASKED_WORDS[case.asked_for]}"),
    ]
    counted = [
        (case.urge_count, f"催办 {case.urge_count}"),
        (case.return_count, f"退单 {case.return_count}"),
        (case.rework_count, f"返工 {case.rework_count}"),
    ]
    return [word for holds, word in [*marked, *counted] if holds]
