"""Reports that wait for a person to look at them: taken in, and let in as cases or refused."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from django.db import transaction
from django.urls import reverse

from accounts.models import Role, User
from audit import log
from common import crypto
from common.clock import CITY_TIME
from common.errors import StaleRecord
from complaints.actions.intake import Contact, Filed, file_answers, filed_before
from complaints.models import Draft, Held
from complaints.models.held import HeldQuerySet
from notifications.models import Kind
from notifications.outbox import notify


class DecidedAlready(StaleRecord):
    def __init__(self) -> None:
        super().__init__("这件刚刚被别人处理过了。请回到列表看最新的。")


@transaction.atomic
def hand_in(
    draft: Draft, *, contact: Contact, is_confidential: bool, doubt: Held.Reason | None, key: str, at: datetime
) -> Filed | Held:
    """Make a case of a draft, or keep it for somebody to look at where there is a doubt.

    What became of it under `key` the first time is given back every other time, whatever the doubt is then.
    """
    # Held until the end: of two presses at once the second finds what the first did.
    current = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    earlier = filed_before(key) or held_before(key)
    if earlier:
        return earlier
    if current is None:
        raise DecidedAlready
    if doubt:
        return _hold(current, contact, is_confidential, doubt, key, at)
    return file_answers(
        current.answers, contact=contact, is_confidential=is_confidential, draft=current, key=key, at=at
    )


def _hold(draft: Draft, contact: Contact, is_confidential: bool, doubt: Held.Reason, key: str, at: datetime) -> Held:
    _tell_office(at)
    return Held.objects.create(
        key=key, code_digest=crypto.digest("code", crypto.tracking_code(key)), draft=draft, answers=draft.answers,
        phone_encrypted=crypto.encrypt(contact.phone) if contact.phone else "",
        name_encrypted=crypto.encrypt(contact.name) if contact.name else "",
        may_contact=contact.may_contact, is_confidential=is_confidential,
        notice_version=contact.notice_version, reason=doubt, filed_at=at,
    )  # fmt: skip


def held_before(key: str) -> Held | None:
    return Held.objects.filter(key=key).first()


@transaction.atomic
def let_in(held: Held, *, by: User, at: datetime) -> Filed:
    """Make it the case it would have been: filed when it was sent, under the same key and with the same code."""
    # Held until the end: of two who let it in at once one files it.
    if not Held.objects.waiting().select_for_update().filter(pk=held.pk).first():
        raise DecidedAlready
    contact = Contact(held.phone, held.name, held.may_contact, held.notice_version)
    draft = Draft.objects.filter(held=held).first()
    filed = file_answers(
        held.answers, contact=contact, is_confidential=held.is_confidential, draft=draft, key=held.key,
        at=held.filed_at,
    )  # fmt: skip
    _decide(held, Held.State.LET_IN, by=by, at=at, complaint=filed.complaint)
    # From here on the case's reporter is the one place that knows who it was.
    _forget(Held.objects.filter(pk=held.pk), at=at)
    log.record("放行待复核的反映", by=by, at=at, target=filed.complaint, reason=held.reason)
    return filed


@transaction.atomic
def refuse(held: Held, *, reply: str, by: User, at: datetime) -> None:
    """Make no case of it; the resident reads `reply` when they look it up by their code."""
    _ensure_waiting(held)
    _decide(held, Held.State.REFUSED, by=by, at=at, reply=reply)
    log.record("不收待复核的反映", by=by, at=at, target=held, reason=held.reason, reply=reply)


def let_in_all(held: Iterable[Held], *, by: User, at: datetime) -> int:
    """Let in those that still wait; returns how many."""
    return sum(_unless_decided(partial(let_in, one, by=by, at=at)) for one in held)


def refuse_all(held: Iterable[Held], *, reply: str, by: User, at: datetime) -> int:
    """Refuse those that still wait; returns how many."""
    return sum(_unless_decided(partial(refuse, one, reply=reply, by=by, at=at)) for one in held)


def _unless_decided(decide: Callable[[], object]) -> bool:
    try:
        decide()
    except DecidedAlready:
        return False
    return True


def _ensure_waiting(held: Held) -> None:
    if held.state != Held.State.WAITING:
        raise DecidedAlready


def _decide(held: Held, state: Held.State, *, by: User, at: datetime, **facts: object) -> None:
    waiting = Held.objects.waiting().filter(pk=held.pk)
    if not waiting.update(state=state, decided_by=by, decided_at=at, **facts):
        raise DecidedAlready


def _forget(held: HeldQuerySet, *, at: datetime) -> int:
    return held.update(answers={}, phone_encrypted="", name_encrypted="", may_contact=False, erased_at=at)


def forget_refused(*, before: datetime, at: datetime) -> int:
    """Erase what reports refused before that moment held; the nightly job for drafts takes their photos."""
    return _forget(Held.objects.filter(state=Held.State.REFUSED, decided_at__lt=before, erased_at=None), at=at)


def _tell_office(at: datetime) -> None:
    """Once an hour at most: a flood of reports must not become a flood of notices."""
    hour = f"{at.astimezone(CITY_TIME):%Y%m%d%H}"
    people = User.objects.filter(role=Role.OFFICE, is_active=True)
    title = "有居民的反映待复核，请看一眼再放行"
    notify(people, reason=f"held:{hour}", title=title, url=reverse("complaints:held"), kind=Kind.REMINDER, at=at)
