"""What the page of a case (案件页) shows to one person: the case, its clock, and the moves this person may make now."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from accounts.models import Role, User
from common.calendar import doubt_about
from common.clock import CITY_TIME, Clock
from complaints import actions, timeline, words
from complaints.clock_face import clock_face
from complaints.late_card import late_card
from complaints.models import BY_RESIDENTS, Complaint, ComplaintQuerySet, LegalHold, Photo
from complaints.move_forms import MoveForm
from complaints.performing import FORMS
from complaints.permissions import in_charge, in_office, may_see_reporter, moves_open_to
from complaints.queue_page import marks
from complaints.staff_forms import LegalHoldForm, RevealForm
from complaints.workflow import OPEN_STATES, Move, State

LABELS = {Move.SUBMIT: "提交办理结果", Move.HELPERS: "协办单位", Move.MARK: "标为保密或匿名"}
CONFIRM = {
    Move.ACCEPT: "确定受理",
    Move.REJECT: "确定不予受理",
    Move.MERGE: "确定并案",
    Move.DISPATCH: "确定派遣",
    Move.SIGN: "确定签收",
    Move.RETURN: "确定退单",
    Move.SUBMIT: "提交",
    Move.PASS: "确定通过并办结",
    Move.REWORK: "确定返工",
    Move.REDISPATCH: "确定改派",
    Move.ASK_EXTENSION: "提交申请",
    Move.GRANT_EXTENSION: "确定同意",
    Move.REFUSE_EXTENSION: "确定不同意",
    Move.ASK_SUSPENSION: "提交申请",
    Move.GRANT_SUSPENSION: "确定同意",
    Move.REFUSE_SUSPENSION: "确定不同意",
    Move.RESUME: "确定恢复",
    Move.NOTE: "保存",
    Move.HELPERS: "保存",
    Move.URGE: "确定催办",
    Move.SUPERVISE: "确定督办",
    Move.UNSUPERVISE: "确定解除",
    Move.MARK: "保存",
}
# The usual way on: the filled button.
ONWARD = frozenset({Move.ACCEPT, Move.DISPATCH, Move.SIGN, Move.SUBMIT, Move.PASS})
# What else is done often enough to lie open; the rest is folded away under 更多操作.
BESIDE = frozenset(
    {
        Move.REJECT,
        Move.RETURN,
        Move.REWORK,
        Move.ASK_EXTENSION,
        Move.ASK_SUSPENSION,
        Move.GRANT_EXTENSION,
        Move.REFUSE_EXTENSION,
        Move.GRANT_SUSPENSION,
        Move.REFUSE_SUSPENSION,
        Move.RESUME,
    }
)
WAITING_FOR = {
    State.RECEIVED: "等创城办或热线受理员受理。",
    State.ACCEPTED: "等创城办派遣。",
    State.DISPATCHED: "等{unit}签收。",
    State.HANDLING: "等{unit}提交办理结果。",
    State.HANDLED: "等创城办或指导推进组核查。",
    State.CLOSED: "这件已经办结。",
    State.REJECTED: "这件不予受理，居民能看到理由。",
    State.MERGED: "这件已经并案。",
    State.WITHDRAWN: "居民撤回了这件。",
}
MOST_DUPLICATES = 5


def cases_for(user: User) -> ComplaintQuerySet:
    """The cases this person may open, with what their page names."""
    return Complaint.objects.visible_to(user).select_related("category", "grid__community", "unit", "merged_into")


@dataclass(frozen=True)
class Offer:
    """A move this person may make now, with its form."""

    move: Move
    label: str
    url: str
    form: MoveForm
    is_onward: bool
    is_open: bool

    @property
    def confirm(self) -> str:
        return CONFIRM[self.move]


@dataclass(frozen=True)
class Revealed:
    """A phone and name, shown in one answer only."""

    phone: str
    name: str


@dataclass(frozen=True)
class ReporterCard:
    """What this person is told of who filed the case: something masked, or why nothing."""

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


class CasePage:
    """A case as `user` sees it at `at`. `form` is one that was sent and refused; `refusal` says what came between."""

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
    ) -> None:
        self.case = case
        self.user = user
        self.at = at
        self.form = form
        self.refusal = refusal
        reporters = list(case.reporters.all())
        self.reporter = next((one for one in reporters if not one.is_follower), None)
        self.followers = sum(one.is_follower for one in reporters)
        self.marks = [*marks(case), *(["匿名"] if self._is_anonymous and not case.is_anonymous else [])]
        self.late = late_card(case, user=user, at=at)
        self.clock = clock_face(case, at=at)
        self._refusals = self._what_is_refused()
        offers = self._offers()
        self.offers = [offer for offer in offers if offer.is_onward or offer.move in BESIDE]
        self.more = [offer for offer in offers if offer not in self.offers]
        self.request = _told_request(case, at=at)
        self.merged = _merged(case, user=user)
        self.steps = self._steps()
        self.before, self.after = self._pictures()
        self.duplicates = _duplicates(case, user=user, at=at)
        self.contact = self._contact(reveal_form, revealed)
        self.legal_hold = LegalHold.objects.running().filter(complaint=case).first()
        self.hold_form = hold_form or LegalHoldForm()

    @property
    def may_hold(self) -> bool:
        """Whether this person decides on legal holds, and there is anything left to hold."""
        return in_office(self.user, self.case) and not (self.reporter and self.reporter.erased_at)

    @property
    def _is_anonymous(self) -> bool:
        """A resident's, who left no way to be reached; staff who file are known by name."""
        known = self.reporter is not None and bool(self.reporter.phone_encrypted or self.reporter.erased_at)
        return self.case.channel in BY_RESIDENTS and not known

    def _what_is_refused(self) -> dict[Move, str]:
        """Moves of the unit in charge that its state allows and something else does not, with the reason."""
        if not in_charge(self.user, self.case):
            return {}
        if self.case.state == State.DISPATCHED:
            return {Move.RETURN: actions.refusal_to_return(self.case, at=self.at)}
        if self.case.state == State.HANDLING and not (self.case.asked_for or self.case.is_suspended):
            return {Move.ASK_EXTENSION: actions.refusal_to_ask_extension(self.case, at=self.at)}
        return {}

    @property
    def refusals(self) -> list[str]:
        return [why for why in self._refusals.values() if why]

    def _offers(self) -> list[Offer]:
        possible = [move for move in moves_open_to(self.user, self.case) if move in FORMS]
        refused = {move for move, why in self._refusals.items() if why}
        moves = [move for move in possible if move not in refused]
        return [self._offer(move) for move in moves]

    def _offer(self, move: Move) -> Offer:
        sent = self.form if self.form and self.form.move == move else None
        form = sent or FORMS[move](case=self.case, at=self.at)
        form.suggest()
        return Offer(
            move=move,
            label=LABELS.get(move, str(move.label)),
            url=reverse("complaints:move", args=[self.case.number, move]),
            form=form,
            is_onward=move in ONWARD,
            is_open=sent is not None,
        )

    @property
    def calendar_doubt(self) -> str:
        """What to say beside a deadline that counts working days of a year that is not entered."""
        case = self.case
        by_working_days = case.clock in {"", Clock.WORK_DAY, Clock.WORK_HOUR}
        return doubt_about([case.due_at]) if by_working_days and case.state in OPEN_STATES else ""

    @property
    def onward(self) -> Offer | None:
        return next((offer for offer in self.offers if offer.is_onward), None)

    @property
    def is_more_open(self) -> bool:
        return any(offer.is_open for offer in self.more)

    @property
    def badge(self) -> str:
        """The state, or that it is suspended, as the tag state_badge names it."""
        return "suspended" if self.case.is_suspended else self.case.state

    @property
    def typed_in_vain(self) -> list[tuple[str, str]]:
        """What was written for a move that can no longer be made, to be given back."""
        fits = self.form and any(offer.form is self.form for offer in [*self.offers, *self.more])
        return self.form.typed if self.form and not fits else []

    @property
    def waiting_for(self) -> str:
        if self.case.suspended_until:
            return f"挂账至 {self.case.suspended_until:%Y-%m-%d}，到时自动恢复办理。"
        return WAITING_FOR[State(self.case.state)].format(unit=self.case.unit.name if self.case.unit else "单位")

    @property
    def standing(self) -> str:
        return f"{self.user.standing}{'联络员' if self.user.role == Role.LIAISON else ''}"

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
        return self.reporter.hidden_in(text) if self.reporter else text

    def _steps(self) -> list[timeline.Step]:
        events = self.case.events.select_related("actor__unit", "actor__group", "unit")
        shown = list(events)
        for event in shown:
            event.note = self._without_phone(event.note)
        return timeline.steps(self.case, shown, now=self.at)

    def _pictures(self) -> tuple[list[Picture], list[Picture]]:
        photos = list(self.case.photos.all())
        before = [self._picture(p, "反映") for p in photos if p.kind == Photo.Kind.BEFORE]
        self.during = [self._picture(p, "办理中") for p in photos if p.kind == Photo.Kind.DURING]
        after = [self._picture(p, "办理后") for p in photos if p.kind == Photo.Kind.AFTER]
        return before, after

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

    def _contact(self, form: RevealForm | None, revealed: Revealed | None) -> ReporterCard:
        why_hidden = self._why_hidden()
        if why_hidden or not self.reporter:
            return ReporterCard("", "", why_hidden, None, None)
        consent = "同意办理单位联系。" if self.reporter.may_contact else "不同意办理单位联系。"
        return ReporterCard(self.reporter.masked_phone, consent, "", form or RevealForm(), revealed)

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


@dataclass(frozen=True)
class Duplicate:
    number: str
    url: str
    words: str


@dataclass(frozen=True)
class ToldRequest:
    """What the unit asks for, as it waits for the office."""

    what: str
    reason: str
    who: str


def _told_request(case: Complaint, *, at: datetime) -> ToldRequest | None:
    asked = actions.pending_request(case) if case.asked_for else None
    if asked is None:
        return None
    what = f"延期 {asked.days} 个工作日" if asked.until is None else f"挂账至 {asked.until:%Y-%m-%d}"
    return ToldRequest(what, asked.reason, f"{asked.unit}，{words.moment(asked.asked_at, now=at)}")


@dataclass(frozen=True)
class Merged:
    """What was merged into this case, or what it was merged into; a link only where this person may open it."""

    into: str = ""
    into_url: str = ""
    cases: tuple[Duplicate, ...] = ()


def _merged(case: Complaint, *, user: User) -> Merged:
    if case.merged_into:
        may_open = Complaint.objects.visible_to(user).filter(pk=case.merged_into.pk).exists()
        return Merged(case.merged_into.number, case.merged_into.get_absolute_url() if may_open else "")
    # Its unit reads what else was said of the same thing, though it may not open those cases.
    is_liaison = user.role == Role.LIAISON
    others = case.merged.order_by("pk") if is_liaison else Complaint.objects.visible_to(user).filter(merged_into=case)
    return Merged(
        cases=tuple(Duplicate(one.number, "" if is_liaison else one.get_absolute_url(), one.title) for one in others)
    )


def _duplicates(case: Complaint, *, user: User, at: datetime) -> list[Duplicate]:
    return [
        Duplicate(
            other.number,
            other.get_absolute_url(),
            f"相距 {metres:.0f} 米，{_when(other, at)}，{other.get_state_display()}",
        )
        for metres, other in cases_for(user).duplicates_of(case)[:MOST_DUPLICATES]
    ]


def _when(other: Complaint, at: datetime) -> str:
    return f"{words.span(at - other.filed_at)}前" if other.filed_at <= at else ""
