"""What the page of a case (案件页) shows to one person: the case, its clock, and the moves this person may make now."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.urls import reverse

from accounts.models import User
from common.calendar import doubt_about
from common.clock import CITY_TIME, Clock
from complaints import timeline, words
from complaints.case_moves import MovesCard
from complaints.case_rows import events_of, photos_of
from complaints.clock_face import ClockFace, clock_face
from complaints.known import known, name_person, running_holds
from complaints.late_card import AcknowledgeForm, LateCard, late_card
from complaints.models import (
    BY_RESIDENTS,
    Complaint,
    ComplaintQuerySet,
    Event,
    LegalHold,
    Photo,
)
from complaints.move_forms import MoveForm
from complaints.permissions import in_charge, in_office, may_see_reporter
from complaints.queue_page import marks
from complaints.related_cases import Duplicate, Merged, duplicates, merged_with
from complaints.staff_forms import LegalHoldForm, RevealForm
from complaints.workflow import OPEN_STATES


def cases_for(user: User) -> ComplaintQuerySet:
    """The cases this person may open, with what their page names."""
    return Complaint.objects.visible_to(user).select_related("category", "grid__community", "unit", "merged_into")


@dataclass(frozen=True)
class Revealed:
    """A phone and name, shown in one answer only."""

    phone: str
    name: str


@dataclass(frozen=True)
class ReporterCard:
    """What this person is told of who filed the case: something masked, or why nothing. `form` where it lies open."""

    masked: str
    consent: str
    why_hidden: str
    form: RevealForm | None
    revealed: Revealed | None


@dataclass(frozen=True)
class Picture:
    """For templates/components/photo_grid.html."""

    thumb_url: str
    url: str
    alt: str
    caption: str


@dataclass(frozen=True)
class ToldRequest:
    """What the unit asks for, as it waits for the office."""

    what: str
    reason: str
    who: str


class CasePage:
    """A case as `user` sees it at `at`; it wants one that `case_rows` read. What a part of the page does not show,
    it does not read.

    The forms are those that lie open, sent and refused, or asked for: `form` is that of a move. `refusal` says what
    came between.
    """

    def __init__(
        self,
        case: Complaint,
        *,
        user: User,
        at: datetime,
        form: MoveForm | None = None,
        refusal: str = "",
        reveal_form: RevealForm | None = None,
        revealed: Revealed | None = None,
        hold_form: LegalHoldForm | None = None,
        late_form: AcknowledgeForm | None = None,
    ) -> None:
        self.case = case
        self.user = user
        self.at = at
        self.refusal = refusal
        self.hold_form = hold_form
        self._form, self._late_form = form, late_form
        self._reveal_form, self._revealed = reveal_form, revealed
        name_person(user)
        self.reporter = case.filer

    @property
    def may_hold(self) -> bool:
        """Whether this person decides on legal holds, and there is anything left to hold."""
        return in_office(self.user, self.case) and not (self.reporter and self.reporter.erased_at)

    @cached_property
    def legal_hold(self) -> LegalHold | None:
        return running_holds().get(self.case.pk)

    @cached_property
    def moves(self) -> MovesCard:
        return MovesCard(self.case, user=self.user, at=self.at, form=self._form)

    @cached_property
    def clock(self) -> ClockFace:
        return clock_face(self.case, at=self.at)

    @cached_property
    def late(self) -> LateCard:
        return late_card(self.case, user=self.user, at=self.at, form=self._late_form)

    @cached_property
    def request(self) -> ToldRequest | None:
        return _told_request(self.case, at=self.at)

    @cached_property
    def merged(self) -> Merged:
        return merged_with(self.case, self.events, user=self.user)

    @cached_property
    def duplicates(self) -> list[Duplicate]:
        return duplicates(self.case, user=self.user, at=self.at)

    @property
    def marks(self) -> list[str]:
        return [*marks(self.case), *(["匿名"] if self._is_anonymous and not self.case.is_anonymous else [])]

    @property
    def _is_anonymous(self) -> bool:
        """A resident's, who left no way to be reached; staff who file are known by name."""
        known = self.reporter is not None and bool(self.reporter.phone_encrypted or self.reporter.erased_at)
        return self.case.channel in BY_RESIDENTS and not known

    @property
    def calendar_doubt(self) -> str:
        """What to say beside a deadline that counts working days of a year that is not entered."""
        case = self.case
        by_working_days = case.clock in {"", Clock.WORK_DAY, Clock.WORK_HOUR}
        return doubt_about([case.due_at]) if by_working_days and case.state in OPEN_STATES else ""

    @property
    def badge(self) -> str:
        """The state, or that it is suspended, as the tag state_badge names it."""
        return "suspended" if self.case.is_suspended else self.case.state

    @property
    def text(self) -> str:
        return self._without_phone(self.case.text)

    @property
    def place(self) -> str:
        return self._without_phone(self.case.place)

    @property
    def result(self) -> str:
        return self._without_phone(self.case.result)

    def _without_phone(self, text: str) -> str:
        return self.reporter.hidden_in(text) if self.reporter and text else text

    @cached_property
    def events(self) -> list[Event]:
        events = events_of(self.case)
        for event in events:
            event.note = self._without_phone(event.note)
        return events

    @cached_property
    def steps(self) -> list[timeline.Step]:
        return timeline.steps(self.case, self.events, now=self.at)

    @cached_property
    def before(self) -> list[Picture]:
        return self._pictures(Photo.Kind.BEFORE, "反映")

    @cached_property
    def during(self) -> list[Picture]:
        return self._pictures(Photo.Kind.DURING, "办理中")

    @cached_property
    def after(self) -> list[Picture]:
        return self._pictures(Photo.Kind.AFTER, "办理后")

    def _pictures(self, kind: Photo.Kind, what: str) -> list[Picture]:
        return [self._picture(photo, what) for photo in self._photos if photo.kind == kind]

    @cached_property
    def _photos(self) -> list[Photo]:
        return photos_of(self.case)

    def _picture(self, photo: Photo, what: str) -> Picture:
        url = reverse("complaints:photo", args=[photo.token])
        taken = words.moment(photo.added_at, now=self.at)
        return Picture(url, url, f"{what}的照片，{taken}", f"{what} {taken}")

    @property
    def now(self) -> str:
        return f"{self.at.astimezone(CITY_TIME):%Y-%m-%d %H:%M}"

    @property
    def filed(self) -> str:
        return words.moment(self.case.filed_at, now=self.at)

    @property
    def grid_code(self) -> str:
        return self.case.grid.code if self.case.grid else ""

    @property
    def point(self) -> str:
        case = self.case
        return f"{case.longitude:.6f},{case.latitude:.6f}" if case.longitude is not None else ""

    @cached_property
    def contact(self) -> ReporterCard:
        why_hidden = self._why_hidden()
        if why_hidden or not self.reporter:
            return ReporterCard("", "", why_hidden, None, None)
        consent = "同意办理单位联系。" if self.reporter.may_contact else "不同意办理单位联系。"
        return ReporterCard(self.reporter.masked_phone, consent, "", self._reveal_form, self._revealed)

    def _why_hidden(self) -> str:
        reporter = self.reporter
        if reporter is None or not (reporter.phone_encrypted or reporter.erased_at):
            return "这件没有留联系方式。"
        if reporter.erased_at:
            return "办结已久，联系方式已按期限抹去。"
        if may_see_reporter(self.user, self.case, may_contact=reporter.may_contact):
            return ""
        if in_charge(self.user, self.case):
            return "反映人不同意单位联系，联系方式不显示。需要补充情况，请托创城办转问。"
        return "您的角色不看联系方式。需要补充情况，请托创城办转问。"


def _told_request(case: Complaint, *, at: datetime) -> ToldRequest | None:
    asked = case.waiting_request if case.asked_for else None
    if asked is None:
        return None
    unit = known().units.get(asked.unit_id) or asked.unit
    what = f"延期 {asked.days} 个工作日" if asked.until is None else f"挂账至 {asked.until:%Y-%m-%d}"
    return ToldRequest(what, asked.reason, f"{unit}，{words.moment(asked.asked_at, now=at)}")
