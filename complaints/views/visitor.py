"""What the browser session of a resident holds: the draft, what was filed from it, the receipt, the case they follow.

Neither a phone nor a tracking code is among it: the code is derived again from the key of the submission.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.http import HttpRequest

from complaints.case_rows import reporter_with_case
from complaints.models import Complaint, Draft, Held, Reporter
from complaints.workflow import State

# A tab left open is opened again the same day; whoever sits down at this computer tomorrow sees nothing.
RECEIPT_FOR = timedelta(hours=24)
FOLLOWED_FOR = timedelta(hours=1)
FILED_REMEMBERED = DRAFTS_REMEMBERED = 5

DRAFTS, FILED, RECEIPT, FOLLOWED, GRID = "drafts", "filed", "receipt", "followed", "from_grid"
WAITING = "waiting"


@dataclass(frozen=True)
class Receipt:
    """`key` is the submission's (its tracking code follows from it)."""

    key: str


@dataclass(frozen=True)
class Followed:
    """The case that a code opened, and whether the end of the phone number was given, too."""

    reporter: Reporter
    knows_phone: bool

    @property
    def is_follower(self) -> bool:
        """Whether somebody else filed the case."""
        return self.reporter.is_follower

    @cached_property
    def case(self) -> Complaint:
        """The case whose progress is told: what the reporter's own was merged into, if it was."""
        return self.reporter.complaint.leading

    @property
    def is_merged(self) -> bool:
        return self.reporter.complaint.state == State.MERGED

    @property
    def sees_own_words(self) -> bool:
        return self.knows_phone and not self.is_follower

    @property
    def sees_result(self) -> bool:
        return self.case.state == State.CLOSED


class Visitor:
    """Two tabs may hold a draft each: what a form sends goes to the draft that its page showed (`begun`), or, where it
    was blank, to the one begun by that very page (`page`: sent again after going back, it changes its draft)."""

    def __init__(self, request: HttpRequest, *, at: datetime) -> None:
        self.session = request.session
        self.at = at
        self._begun = request.POST.get("begun", "")
        self._page = request.POST.get("page", "")[:16]

    # --- filing

    def draft(self) -> Draft | None:
        """The one that the form sent belongs to; the one worked on last where a page is only opened."""
        return self.opened_draft(self._draft_meant())

    def opened_draft(self, draft_id: str) -> Draft | None:
        if draft_id not in self._drafts():
            return None
        return Draft.objects.filter(pk=draft_id, created_at__gt=self.at - Draft.KEPT_FOR).first()

    def _draft_meant(self) -> str:
        drafts = self._drafts()
        if self._begun in drafts:
            return self._begun
        if self._page:
            return next((draft for draft, page in drafts.items() if page == self._page), "")
        return "" if self._begun else next(iter(drafts), "")

    def _drafts(self) -> dict[str, str]:
        """The drafts of this session, the one worked on last first, each with the blank page that began it."""
        return dict(self.session.get(DRAFTS, []))

    def draft_ids(self) -> list[str]:
        return list(self._drafts())

    def holds_draft(self, draft_id: UUID) -> bool:
        """Whether this session began that draft, filed or not."""
        return str(draft_id) in {*self._drafts(), *self.session.get(FILED, [])}

    def keeps(self, draft: Draft) -> None:
        """It is the one worked on last; nothing is written where it was."""
        kept = self._drafts()
        if next(iter(kept), "") == str(draft.pk):
            return
        first = {str(draft.pk): kept.pop(str(draft.pk), self._page)}
        self.session[DRAFTS] = list((first | kept).items())[:DRAFTS_REMEMBERED]

    def drops_draft(self, draft_id: UUID) -> None:
        if str(draft_id) in self._drafts():
            self.session[DRAFTS] = [kept for kept in self._drafts().items() if kept[0] != str(draft_id)]

    def comes_from_grid(self, code: str) -> None:
        """The page of a grid led here: its grid is chosen until the resident says otherwise."""
        self.session[GRID] = code[:15]

    def grid_come_from(self) -> str:
        return str(self.session.get(GRID, ""))

    def has_filed(self, draft_id: UUID, *, key: str, reporter: Reporter) -> None:
        """The draft became a case: show its receipt, and let the person who just typed the phone see everything."""
        self._gave_away(draft_id)
        self._shows_receipt(key, reporter)

    def has_handed_in(self, draft_id: UUID, held: Held) -> None:
        """The draft waits for somebody to look at it: show its receipt, and how it stands."""
        self._gave_away(draft_id)
        self.session[RECEIPT] = {"key": held.key, "until": (self.at + RECEIPT_FOR).timestamp()}
        self.waits_for(held)

    def _gave_away(self, draft_id: UUID) -> None:
        filed = [kept for kept in self.session.get(FILED, []) if kept != str(draft_id)]
        self.session[FILED] = [str(draft_id), *filed][:FILED_REMEMBERED]
        self.session.pop(GRID, None)
        self.drops_draft(draft_id)

    def has_followed(self, draft_id: UUID, *, key: str, reporter: Reporter) -> None:
        """Instead of filing the draft, its author follows somebody else's case."""
        self.drops_draft(draft_id)
        self._shows_receipt(key, reporter)

    def _shows_receipt(self, key: str, reporter: Reporter) -> None:
        self.session[RECEIPT] = {"key": key, "until": (self.at + RECEIPT_FOR).timestamp()}
        self.follows(reporter, knows_phone=True)

    def receipt_key(self) -> str | None:
        """The key of the submission whose receipt may still be shown."""
        receipt = self.session.get(RECEIPT)
        return str(receipt["key"]) if receipt and receipt["until"] > self.at.timestamp() else None

    # --- following

    def follows(self, reporter: Reporter, *, knows_phone: bool) -> None:
        until = (self.at + FOLLOWED_FOR).timestamp()
        self.session[FOLLOWED] = {"reporter": reporter.pk, "phone": knows_phone, "until": until}

        self.session.pop(WAITING, None)

    def waits_for(self, held: Held) -> None:
        """A report that is no case yet, opened by its code."""
        self.session[WAITING] = {"held": held.pk, "until": (self.at + FOLLOWED_FOR).timestamp()}
        self.session.pop(FOLLOWED, None)

    def waiting(self) -> Held | None:
        kept = self.session.get(WAITING)
        if not kept or kept["until"] <= self.at.timestamp():
            return None
        return Held.objects.filter(pk=kept["held"]).first()

    def followed(self) -> Followed | None:
        kept = self.session.get(FOLLOWED)
        if not kept or kept["until"] <= self.at.timestamp():
            return None
        reporter = reporter_with_case(kept["reporter"])
        return Followed(reporter, knows_phone=kept["phone"]) if reporter else None

    def leaves(self) -> None:
        """Forget the receipt and the case, as somebody does at a computer that others use."""
        self.session.pop(RECEIPT, None)
        self.session.pop(FOLLOWED, None)
        self.session.pop(WAITING, None)
