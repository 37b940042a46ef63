"""What the queue (案件队列) shows: tabs with counts, rows with their lights, links that keep the filters."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.http import QueryDict

from accounts.models import Role, User
from common.calendar import doubt_about
from common.keyset import Page, page
from complaints import words
from complaints.behind import behind
from complaints.models import Complaint, ComplaintQuerySet
from complaints.models.complaint import Light
from complaints.staff_forms import EVERY, LIGHTS, OPEN, QueueFilters
from complaints.stats import QueueCounts, counts_of
from complaints.workflow import OPEN_STATES, State

PAGE_SIZE = 30
UNSEEN_BY_UNITS = {State.RECEIVED, State.ACCEPTED, State.REJECTED}
STATE_TABS = [*OPEN_STATES, State.CLOSED, State.REJECTED]


@dataclass(frozen=True)
class SearchedPhone:
    """A phone that the desk looked for: its digest to find cases by, and the masked form to show."""

    digest: str
    shown: str


@dataclass(frozen=True)
class Tab:
    label: str
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True)
class Row:
    """A case with what its line says: light, marks, and the words of its clock."""

    case: Complaint
    light: str
    clock: str
    marks: list[str]

    @property
    def edge(self) -> str:
        """The bar at the left that says why a row is first."""
        is_open = self.case.state in OPEN_STATES
        return {"late": "edge-late", "soon": "edge-soon"}.get(self.light, "") if is_open else ""

    @property
    def url(self) -> str:
        return self.case.get_absolute_url()

    @property
    def category(self) -> str:
        return self.case.category.name if self.case.category else self.case.get_group_display()

    @property
    def grid(self) -> str:
        return str(self.case.grid) if self.case.grid else "没有定位"

    @property
    def unit(self) -> str:
        return self.case.unit.name if self.case.unit else "—"


@dataclass(frozen=True)
class Empty:
    title: str
    text: str = ""
    url: str = ""
    link: str = ""


class QueuePage:
    """One page of the queue as `user` sees it at `at`, from the address's parameters."""

    def __init__(self, parameters: QueryDict, *, user: User, at: datetime, phone: SearchedPhone | None = None) -> None:
        self.parameters = parameters
        self.user = user
        self.at = at
        self.phone = phone
        self.filters = QueueFilters(parameters, user=user)
        self.is_search = bool(phone or self.filters.given("q"))
        # A search and a figure look everywhere, a queue at what is open.
        looks_everywhere = self.is_search or self.filters.behind
        self.state: str = self.filters.given("state") or (EVERY if looks_everywhere else OPEN)
        self.light: str = self.filters.given("light") or ""
        cases = self.filters.narrow(Complaint.objects.visible_to(user))
        cases = cases.reported_from(phone.digest) if phone else cases
        if self.filters.behind:
            cases = cases.filter(behind(*self.filters.behind, at=at))
        self.counts: QueueCounts = counts_of(cases, at=at)
        self.page: Page[Complaint] = self._page(cases)

    def _page(self, cases: ComplaintQuerySet) -> Page[Complaint]:
        if self.state == OPEN:
            cases = cases.open()
        elif self.state != EVERY:
            cases = cases.filter(state=self.state)
        if self.light:
            cases = cases.with_light(Light(self.light), at=self.at)
        rows = cases.select_related("category", "grid__community", "unit")
        keys = rows.URGENCY if self.is_by_urgency else rows.NEWEST
        return page(rows.with_urgency(), keys, cursor=self.parameters.get("cursor", ""), size=PAGE_SIZE)

    @property
    def is_by_urgency(self) -> bool:
        """Open cases are few enough to be sorted by urgency; of the rest an index gives the newest."""
        return bool(self.light) or self.state in {OPEN, *OPEN_STATES}

    @property
    def order(self) -> str:
        return "超时在前" if self.is_by_urgency else "最新在前"

    @property
    def rows(self) -> list[Row]:
        return [_row(case, at=self.at) for case in self.page.rows]

    @cached_property
    def calendar_doubt(self) -> str:
        """What to say of the deadlines shown where a year's holidays are not entered."""
        return doubt_about(case.due_at for case in self.page.rows if case.state in OPEN_STATES)

    @property
    def total(self) -> int:
        """How many rows there are on all pages together."""
        if self.state == EVERY and not self.light:
            return self.counts.everything
        one = self.counts.of(State(self.state)) if self.state in State.values else self.counts.open_together
        by_light = {Light.OVERDUE: one.overdue, Light.SOON: one.soon, Light.IN_TIME: one.total - one.overdue - one.soon}
        return by_light[Light(self.light)] if self.light else one.total

    @property
    def tabs(self) -> list[Tab]:
        counts = self.counts
        hidden = UNSEEN_BY_UNITS if self.user.role == Role.LIAISON else set()
        return [
            self._tab("全部在办", counts.open, OPEN),
            self._tab("超时", counts.overdue, OPEN, Light.OVERDUE),
            self._tab("快到期", counts.soon, OPEN, Light.SOON),
            *(self._tab(state.label, counts.of(state).total, state) for state in STATE_TABS if state not in hidden),
            self._tab("全部", counts.everything, EVERY),
        ]

    def _tab(self, label: str, count: int, state: str, light: str = "") -> Tab:
        has_own_tab = self.state == OPEN and self.light in {Light.OVERDUE, Light.SOON}
        is_current = (state, light) == (self.state, self.light if has_own_tab else "")
        return Tab(label, count, self.link(state=state, light=light), is_current)

    def link(self, **changes: str) -> str:
        """The queue's address with the filters as they are but for `changes`; from the first page."""
        given = {name: value for name, value in (self.parameters.dict() | {"cursor": ""} | changes).items() if value}
        if given.get("state") == OPEN and not self.is_search and not self.filters.behind:
            del given["state"]
        return f"?{urlencode(given)}"

    @property
    def next_url(self) -> str:
        return self.link(cursor=self.page.next_cursor) if self.page.next_cursor else ""

    @property
    def previous_url(self) -> str:
        return self.link(cursor=self.page.previous_cursor) if self.page.previous_cursor else ""

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The parameters that the form of the filters carries along unseen."""
        names = ("state", "q", "phone", "grid", "why", "month")
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
        if self.filters.behind:
            why, month = self.filters.behind
            chips.append((f"{month.year} 年 {month.month} 月{why.label}", self.link(why="", month="")))
        return chips

    @property
    def has_more_filters(self) -> bool:
        """Whether something is chosen in the part of the filters that is folded away."""
        return any(self.filters.given(name) for name in ("light", "filed_after", "filed_before"))

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the tab limits what is shown."""
        names = set(self.filters.fields) - {"state", "light"}
        return bool(self.phone) or any(self.filters.given(name) for name in names)

    @property
    def empty(self) -> Empty:
        """What is said where no row is."""
        if self.is_narrowed:
            return Empty("没有符合条件的案件", "换个条件，或者", "?", "清除筛选")
        if self.light == Light.OVERDUE and self.counts.soon:
            return Empty("没有超时的案件", f"快到期的有 {self.counts.soon} 件，", self.link(light=Light.SOON), "去看")
        if self.light:
            return Empty(f"没有{dict(LIGHTS)[Light(self.light)]}的案件", "", "?", "看全部在办")
        if self.state in State.values:
            return Empty(f"没有{State(self.state).label}的案件", "", "?", "看全部在办")
        return Empty("现在没有要办的案件", "办结的在", self.link(state=State.CLOSED), "已办结")


def _row(case: Complaint, *, at: datetime) -> Row:
    return Row(case, words.light_class(case, at=at), words.light_words(case, at=at), marks(case))


def marks(case: Complaint) -> list[str]:
    marked = [
        (case.is_supervised, "督办"),
        (case.is_urgent, "紧急"),
        (case.is_confidential, "保密"),
        (case.is_anonymous, "匿名"),
        (case.round > 1, "二次"),
        (case.asked_for, f"申请{case.get_asked_for_display()}"),
    ]
    counted = [
        (case.urge_count, f"催办 {case.urge_count}"),
        (case.return_count, f"退单 {case.return_count}"),
        (case.rework_count, f"返工 {case.rework_count}"),
    ]
    return [word for holds, word in [*marked, *counted] if holds]
