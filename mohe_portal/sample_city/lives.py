"""One sample case lived through from its filing to now, by the same rules as the real ones, but in memory.

Every step goes through complaints.workflow and sets what the action of that name in complaints.actions would set.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Unit, User
from common.clock import CITY_TIME, Clock, WorkingCalendar, deadline
from complaints import workflow
from complaints.actions.intake import ACCEPT_WITHIN_WORK_HOURS
from complaints.actions.moves import MOST_RETURNS
from complaints.deadlines import limit_of, limit_words, overall_deadline, stage_deadline
from complaints.models import BY_RESIDENTS, Category, Complaint, Event
from complaints.models.complaint import Satisfaction
from complaints.workflow import Move, State
from mohe_portal.sample_city import words
from mohe_portal.sample_city.cast import Cast
from mohe_portal.sample_city.dice import Dice
from mohe_portal.sample_city.places import Places

# Fractions of the limit after which units submit: mostly in time, about one in ten late.
SUBMITTED_AFTER = (0.12, 0.2, 0.3, 0.4, 0.5, 0.55, 0.62, 0.7, 0.78, 0.86, 0.92, 0.97, 1.25)
RATINGS = (5,) * 45 + (4,) * 36 + (3,) * 11 + (2,) * 5 + (1,) * 3


class NotYet(Exception):
    """The next step of a case lies in the future, or is not to be told."""


@dataclass(frozen=True)
class World:
    """What all cases have around them. `until` is the sample city's present."""

    cast: Cast
    places: Places
    calendar: WorkingCalendar
    until: datetime


@dataclass
class Life:
    """A case and its events so far, none of them stored. `stop_in`: the state in which it waits today."""

    world: World
    case: Complaint
    category: Category
    matter: words.Matter
    chance: Dice
    stop_in: State | None = None
    events: list[Event] = field(default_factory=list)

    def live(self) -> None:
        """Take the case as far as it has come by now."""
        try:
            self._file()
            if self._is_refused():
                return
            self._accept()
            self._find_its_unit()
            self._handle()
            self._rate()
        except NotYet:
            return

    # --- the steps ---

    def _file(self) -> None:
        case = self.case
        limit = stage_deadline(case.filed_at, ACCEPT_WITHIN_WORK_HOURS, Clock.WORK_HOUR, self.world.calendar)
        case.stage_started_at, case.warn_at, case.due_at = case.filed_at, limit.warn_at, limit.due_at
        self.events.append(
            Event(version=0, move=Move.FILE, to_state=State.RECEIVED, actor_id=case.filed_by_id, at=case.filed_at)
        )

    def _is_refused(self) -> bool:
        refused = self.stop_in is None and self.case.channel in BY_RESIDENTS and self.chance.random() < 0.045
        if refused:
            reason = self.chance.choice(words.REJECT_REASONS)
            self._move(Move.REJECT, by=self._desk(), at=self._later(0.1, 1.9), note=reason, warn_at=None, due_at=None)
        return refused

    def _accept(self) -> None:
        case, at = self.case, self._later(0.08, 1.7 if self.chance.random() < 0.95 else 5)
        limit = stage_deadline(at, ACCEPT_WITHIN_WORK_HOURS, Clock.WORK_HOUR, self.world.calendar)
        self._move(
            Move.ACCEPT, by=self._desk(), at=at, note=self.chance.choice(words.ACCEPT_NOTES),
            basis=f"定为“{self.category.name}”", category=self.category, is_urgent=case.is_urgent,
            warn_at=limit.warn_at, due_at=limit.due_at, **self._overall(case.filed_at),
        )  # fmt: skip

    def _overall(self, since: datetime) -> dict[str, Any]:
        clock, limit = limit_of(self.category, is_urgent=self.case.is_urgent)
        overall = overall_deadline(since, clock, limit, self.world.calendar)
        return {"overall_warn_at": overall.warn_at, "overall_due_at": overall.due_at}

    def _find_its_unit(self) -> None:
        """Dispatch, and again after each return; then the unit signs."""
        proposed, why = self._proposal()
        self._dispatch(proposed, why)
        while self.case.return_count < MOST_RETURNS and self.chance.random() < (0.06, 0.2)[self.case.return_count]:
            self._return()
            last = self.case.return_count == MOST_RETURNS
            other = self.chance.choice([unit for unit in self.world.cast.units if unit != proposed])
            self._dispatch(other, "退过两次，创城办最终指定" if last else "创城办指定")
        self._move(
            Move.SIGN, by=self._liaison(), at=self._after_share(0.02, 0.15), note=self.chance.choice(words.SIGN_NOTES)
        )

    def _dispatch(self, unit: Unit, why: str) -> None:
        at = self._later(0.05, 1.2)
        clock, limit = limit_of(self.category, is_urgent=self.case.is_urgent)
        stage = stage_deadline(at, limit, clock, self.world.calendar)
        self._move(
            Move.DISPATCH, by=self._office(), at=at, basis=f"{why}。时限 {limit_words(clock, limit)}",
            unit=unit, dispatched_at=at, clock=clock, limit=limit, warn_at=stage.warn_at, due_at=stage.due_at,
        )  # fmt: skip

    def _return(self) -> None:
        at, unit, liaison = self._later(0.3, 7), self.case.unit, self._liaison()
        limit = stage_deadline(at, ACCEPT_WITHIN_WORK_HOURS, Clock.WORK_HOUR, self.world.calendar)
        self._move(
            Move.RETURN, by=liaison, at=at, note=self.chance.choice(words.RETURN_REASONS), event_unit=unit, unit=None,
            dispatched_at=None, return_count=self.case.return_count + 1, warn_at=limit.warn_at, due_at=limit.due_at,
            clock="", limit=None,
        )  # fmt: skip

    def _handle(self) -> None:
        """Submit and be verified, after a rework again; the case is closed then."""
        self._submit(self.case.dispatched_at or self.case.stage_started_at)
        if self.chance.random() < 0.07:
            reason = self.chance.choice(words.REWORK_REASONS)
            count = self.case.rework_count + 1
            self._move(Move.REWORK, by=self._verifier(), at=self._later(0.5, 8), note=reason, rework_count=count)
            self._submit(self.case.stage_started_at)
        self._pass()

    def _submit(self, since: datetime) -> None:
        case = self.case
        assert case.limit is not None  # noqa: S101 -- set at dispatch
        usual = self.chance.choice(SUBMITTED_AFTER) * self.chance.uniform(0.9, 1.02)
        share = self.chance.uniform(0.15, 0.45) if self.stop_in == State.HANDLED else usual
        at = deadline(since, case.limit * share, Clock(case.clock), self.world.calendar)
        if case.clock == Clock.WORK_DAY:
            at = self._in_office_hours(at)
        at = max(at, case.stage_started_at + timedelta(minutes=self.chance.randint(9, 50))).replace(microsecond=0)
        result = self.chance.choice(self.matter.results).format(staff=self.chance.randint(2, 6))
        self._move(Move.SUBMIT, by=self._liaison(), at=at, note=result, result=result, handled_at=at)

    def _pass(self) -> None:
        case, at = self.case, self._later(0.4, 9)
        in_time = bool(case.handled_at and case.due_at and case.handled_at <= case.due_at)
        note = self.chance.choice(words.VERIFY_NOTES)
        self._move(Move.PASS, by=self._verifier(), at=at, note=note, closed_at=at, closed_in_time=in_time)

    def _rate(self) -> None:
        if self.case.channel not in BY_RESIDENTS or self.chance.random() > 0.58:
            return
        satisfaction = Satisfaction(self.chance.choice(RATINGS))
        is_solved = satisfaction >= Satisfaction.NEUTRAL or self.chance.random() < 0.3
        self._say(satisfaction, is_solved=is_solved)
        if is_solved:
            return
        self._reopen()
        self._submit(self.case.stage_started_at)
        self._pass()
        well = self.chance.random() < 0.75
        self._say(Satisfaction.SATISFIED if well else Satisfaction.DISSATISFIED, is_solved=well)

    def _say(self, satisfaction: Satisfaction, *, is_solved: bool) -> None:
        evening = self.case.stage_started_at + timedelta(days=self.chance.randint(0, 6))
        at = evening.astimezone(CITY_TIME).replace(hour=self.chance.randint(18, 21), minute=self.chance.randint(0, 59))
        comment = self.chance.choice(words.THANKS if is_solved else words.GRUMBLES)
        said = f"{satisfaction.label}，{'解决了' if is_solved else '没有解决'}"
        self._move(
            Move.RATE, by=None, at=at, note=f"{said}。{comment}" if comment else said,
            satisfaction=satisfaction, is_solved=is_solved, rated_at=at,
        )  # fmt: skip

    def _reopen(self) -> None:
        at = self.case.stage_started_at
        clock, limit = limit_of(self.category, is_urgent=self.case.is_urgent)
        stage = stage_deadline(at, limit, clock, self.world.calendar)
        self._move(
            Move.REOPEN, by=None, at=at, note="反映人评价“没有解决”", round=2, closed_at=None, closed_in_time=None,
            handled_at=None, satisfaction=None, is_solved=None, rated_at=None, clock=clock, limit=limit,
            warn_at=stage.warn_at, due_at=stage.due_at, **self._overall(at),
        )  # fmt: skip

    # --- the machinery ---

    def _move(
        self,
        move: Move,
        *,
        by: User | None,
        at: datetime,
        note: str = "",
        basis: str = "",
        event_unit: Unit | None = None,
        **changes: Any,
    ) -> None:
        case = self.case
        if at > self.world.until or case.state == self.stop_in:
            raise NotYet
        before, overdue = State(case.state), case.due_at is not None and at > case.due_at
        after = workflow.destination(move, before)
        used = int((at - case.stage_started_at).total_seconds())
        for name, value in changes.items():
            setattr(case, name, value)
        case.state, case.version, case.stage_started_at = after, case.version + 1, at
        self.events.append(
            Event(
                version=case.version, move=move, from_state=before, to_state=after, actor_id=by.pk if by else None,
                unit_id=event_unit.pk if event_unit else case.unit_id,
                at=at, note=note, basis=basis, seconds_used=used, was_overdue=overdue,
                satisfaction=changes.get("satisfaction"), is_solved=changes.get("is_solved"),
            )
        )  # fmt: skip

    def _later(self, least: float, most: float) -> datetime:
        """Return a moment so many working hours after the last step."""
        return self._advanced(self.case.stage_started_at, self.chance.uniform(least, most))

    def _after_share(self, least: float, most: float) -> datetime:
        """Return a moment when that share of the limit is used up."""
        case = self.case
        assert case.limit is not None  # noqa: S101 -- set at dispatch
        share = case.limit * self.chance.uniform(least, most)
        at = deadline(case.stage_started_at, share, Clock(case.clock), self.world.calendar)
        return self._in_office_hours(at) if case.clock == Clock.WORK_DAY else at.replace(microsecond=0)

    def _in_office_hours(self, at: datetime) -> datetime:
        opens = self._advanced(at, 0.0)
        # Nobody acts on the stroke of eight.
        return opens if opens == at else opens + timedelta(minutes=self.chance.randint(2, 40))

    def _advanced(self, at: datetime, hours: float) -> datetime:
        return deadline(at, hours, Clock.WORK_HOUR, self.world.calendar).replace(microsecond=0)

    # --- who acts ---

    def _desk(self) -> User:
        return self.chance.choice(self.world.cast.operators + self.world.cast.office)

    def _office(self) -> User:
        return self.chance.choice(self.world.cast.office)

    def _verifier(self) -> User:
        return self.chance.choice(self.world.cast.office + self.world.cast.guidance)

    def _liaison(self) -> User:
        assert self.case.unit_id is not None  # noqa: S101 -- with a unit now
        return self.world.cast.liaisons[self.case.unit_id]

    def _proposal(self) -> tuple[Unit, str]:
        """Return what complaints.routing would propose, in its words."""
        if self.category.unit:
            return self.category.unit, f"“{self.category.name}”的职能部门"
        if self.case.grid:
            today = self.case.stage_started_at.astimezone(CITY_TIME).date()
            return self.world.places.lead_on(self.case.grid, today), f"{self.case.grid}当日主责单位"
        return self.chance.choice(self.world.cast.units), "创城办指定"
