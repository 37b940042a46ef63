"""Which cases the parameters of the queue's address select: the same for the page, for an export, for the next case."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from accounts.models import User
from common.composed import Given
from complaints.models import Complaint, ComplaintQuerySet, Sight
from complaints.models.complaint import Light
from complaints.staff_forms import EVERY, LIGHT_WORDS, OPEN, STATE_WORDS, QueueFilters
from complaints.waiting import Wait, midnight_after, waiting
from complaints.workflow import OPEN_STATES


@dataclass(frozen=True)
class SearchedPhone:
    """A phone that the desk looked for: its digest to find cases by, and the masked form to show."""

    digest: str
    shown: str


@dataclass(frozen=True, slots=True)
class Part:
    """Which of the cases that the filters leave are shown: those in a state, with a light, in a wait."""

    state: str
    light: str
    wait: str

    def of(
        self, cases: ComplaintQuerySet, who: Sight, *, at: datetime | Given, tomorrow: datetime | Given
    ) -> ComplaintQuerySet:
        if self.state == OPEN:
            cases = cases.open()
        elif self.state != EVERY:
            cases = cases.filter(state=self.state)
        if self.wait:
            cases = cases.filter(waiting(Wait(self.wait), who, tomorrow=tomorrow))
        return cases.with_light(Light(self.light), at=at) if self.light else cases

    @property
    def is_by_urgency(self) -> bool:
        """Open cases are few enough to be sorted by urgency; of the rest an index gives the newest."""
        return bool(self.light or self.wait) or self.state in {OPEN, *OPEN_STATES}

    @property
    def keys(self) -> tuple[str, ...]:
        return ComplaintQuerySet.URGENCY if self.is_by_urgency else ComplaintQuerySet.NEWEST


class Selection:
    """`narrowed` are the cases that the filters leave, `cases` those of the tab: a state, a light, a wait."""

    def __init__(self, parameters: QueryDict, *, user: User, at: datetime, phone: SearchedPhone | None = None) -> None:
        self.parameters = parameters
        self.user = user
        self.at = at
        self.phone = phone
        self.filters = QueueFilters(parameters, role=user.role)
        self.is_search = bool(phone or self.filters.given("q"))
        # A search and a figure look everywhere, a queue at what is open.
        looks_everywhere = self.is_search or self.filters.behind
        self.state: str = self.filters.given("state") or (EVERY if looks_everywhere else OPEN)
        self.light: str = self.filters.given("light") or ""
        self.wait: str = self.filters.given("wait") or ""
        self.part = Part(self.state, self.light, self.wait)
        self.sight = Sight.of(user)
        narrowed = self.filters.narrow(Complaint.objects.in_sight(self.sight), at=at)
        self.narrowed: ComplaintQuerySet = narrowed.reported_from(phone.digest) if phone else narrowed

    @property
    def cases(self) -> ComplaintQuerySet:
        return self.part.of(self.narrowed, self.sight, at=self.at, tomorrow=midnight_after(self.at))

    @property
    def in_order(self) -> ComplaintQuerySet:
        """The same, annotated with what `keys` name and in their order."""
        return self.cases.with_urgency().order_by(*self.part.keys)

    @property
    def _wait_words(self) -> list[str]:
        return [str(Wait(self.wait).label)] if self.wait else []

    @property
    def described(self) -> str:
        """The selection in words, for whoever finds an export again."""
        said = [STATE_WORDS[self.state], LIGHT_WORDS.get(self.light, ""), *self._wait_words, *self.filters.described]
        return "，".join(word for word in [*said, f"来电 {self.phone.shown}" if self.phone else ""] if word)
