"""Slogans (漠河城市精神征集): residents send them, the office lets through what is shown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from accounts.models import User
from audit import log
from common import crypto
from common.budgets import spend
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from common.masking import hide_phones
from complaints.actions.contacts import reveals_per_day
from publicity.models import Collection, Entry, Phase, Sender
from publicity.models.slogans import retention_days

# Of the notice beside the form (templates/publicity/slogans_new.html): other words are another version.
NOTICE_VERSION = "slogans-1"
OVER = "征集已经截止，这一次没有收下。谢谢您。"
REVEALED = "查看应征人电话"


class StaleCollection(StaleRecord):
    def __init__(self) -> None:
        super().__init__("这个征集刚刚被别人改过，您这一次没有保存。您写的内容还在，请对照最新情况再保存。")


@dataclass(frozen=True)
class Call:
    """What a collection says."""

    title: str
    about: str
    opens_on: date
    closes_on: date


@dataclass(frozen=True)
class Slogan:
    text: str
    explanation: str = ""


@dataclass(frozen=True)
class SentBy:
    """Who sends: `known` is what this browser was told earlier, `token` what it is told now if it was told nothing."""

    token: str
    known: str = ""
    phone: str = ""
    name: str = ""


@dataclass(frozen=True)
class Received:
    """`new` slogans were taken; the others this person had sent before."""

    sender: Sender
    new: int


# --- residents --------------------------------------------------------------------------------------------------------


@transaction.atomic
def send(collection: Collection, slogans: Sequence[Slogan], *, by: SentBy, at: datetime) -> Received:
    """Take slogans of one person. Sent again, they are the same: nothing is doubled."""
    if not collection.is_published or collection.phase(at.astimezone(CITY_TIME).date()) != Phase.RUNNING:
        raise DomainError(OVER)
    sender = _sender(collection, by, at)
    sent = set(sender.entries.filter(text__in=[one.text for one in slogans]).values_list("text", flat=True))
    fresh = {one.text: one for one in slogans if one.text not in sent}
    Entry.objects.bulk_create(
        [
            Entry(collection=collection, sender=sender, text=one.text, explanation=one.explanation, sent_at=at)
            for one in fresh.values()
        ],
        ignore_conflicts=True,  # the same form sent twice at once
    )
    return Received(sender, len(fresh))


def _sender(collection: Collection, by: SentBy, at: datetime) -> Sender:
    """By phone, else by browser; a phone that a browser's sender has not given is another person at the same screen."""
    digest = crypto.digest("phone", by.phone) if by.phone else ""
    senders = Sender.objects.filter(collection=collection)
    found = senders.filter(phone_digest=digest).first() if digest else None
    if found is None:
        found = senders.filter(token__in=[by.known or by.token, by.token]).first()
        if found and digest and found.phone_digest:
            found = None
    if found is None:
        return _new_sender(collection, by, digest, at)
    _fill_in(found, by, digest)
    return found


def _new_sender(collection: Collection, by: SentBy, digest: str, at: datetime) -> Sender:
    wanted = {
        "name_encrypted": crypto.encrypt(by.name) if by.name else "",
        "phone_encrypted": crypto.encrypt(by.phone) if by.phone else "",
        "phone_digest": digest,
        "notice_version": NOTICE_VERSION,
        "created_at": at,
    }
    try:
        with transaction.atomic():
            return Sender.objects.create(collection=collection, token=by.token, **wanted)
    except IntegrityError:
        # The same form sent twice at once: the other one was a moment earlier.
        same = Q(phone_digest=digest) if digest else Q(token=by.token)
        return Sender.objects.get(same | Q(token=by.token), collection=collection)


def _fill_in(found: Sender, by: SentBy, digest: str) -> None:
    """What was left out before. What is there is not changed by who happens to know the phone."""
    if digest and not found.phone_encrypted:
        found.phone_encrypted, found.phone_digest, found.erased_at = crypto.encrypt(by.phone), digest, None
    if by.name and not found.name_encrypted:
        found.name_encrypted = crypto.encrypt(by.name)
    found.save(update_fields=["phone_encrypted", "phone_digest", "name_encrypted", "erased_at"])


# --- the office -------------------------------------------------------------------------------------------------------


@transaction.atomic
def begin(call: Call, *, by: User, at: datetime) -> Collection:
    """A new collection; only the office sees it until it is published."""
    begun = Collection.objects.create(written_by=by, **asdict(call))
    log.record("新建征集", by=by, at=at, target=begun)
    return begun


@transaction.atomic
def rewrite(collection: Collection, call: Call, *, by: User, at: datetime) -> None:
    _change(collection, **asdict(call))
    log.record("修改征集", by=by, at=at, target=collection, closes_on=str(call.closes_on))


@transaction.atomic
def publish(collection: Collection, *, by: User, at: datetime) -> None:
    if collection.is_published:
        raise DomainError("这个征集已经发布。")
    _change(collection, published_at=at)
    log.record("发布征集", by=by, at=at, target=collection)


@transaction.atomic
def withdraw(collection: Collection, *, by: User, at: datetime) -> None:
    """Take it back from the public; what was sent stays with the office."""
    if not collection.is_published:
        raise DomainError("这个征集没有发布，不用撤下。")
    _change(collection, published_at=None)
    log.record("撤下征集", by=by, at=at, target=collection)


def _change(collection: Collection, **changes: object) -> None:
    if not Collection.objects.as_read(collection).update(version=F("version") + 1, **changes):
        raise StaleCollection
    collection.refresh_from_db()


@transaction.atomic
def decide(
    collection: Collection,
    seen: Sequence[tuple[int, int]],
    to: Entry.State,
    *,
    reason: str = "",
    by: User,
    at: datetime,
) -> int:
    """Move slogans (key and version, as the person saw them) to a state; what somebody else moved meanwhile stays.

    Returns how many were moved.
    """
    if to == Entry.State.HIDDEN and not reason:
        raise DomainError("选“不展示”要写理由。")
    if not seen:
        raise DomainError("还没有勾选。先勾选要处理的口号。")
    as_seen = reduce(or_, (Q(pk=pk, version=version) for pk, version in seen))
    moved = Entry.objects.filter(as_seen, collection=collection).update(
        state=to, reason=reason, decided_by=by, decided_at=at, version=F("version") + 1
    )
    if moved:
        keys = [pk for pk, _ in seen]
        log.record("审核应征口号", by=by, at=at, target=collection, to=str(to.label), reason=reason, entries=keys)
    return moved


def reveal_phone(sender: Sender, *, reason: str, by: User, at: datetime) -> str:
    """A sender's full phone, for a stated reason that the audit log keeps; only so many a person and day."""
    spend(reveals_per_day(), str(by.pk), at=at)
    with transaction.atomic():
        log.record(REVEALED, by=by, at=at, target=sender, reason=hide_phones(reason))
    return sender.phone


@transaction.atomic
def erase_on_request(sender: Sender, *, by: User, at: datetime) -> None:
    """Forget how to reach a sender who asked for it; the slogans stay."""
    if _erase(Q(pk=sender.pk), at=at):
        log.record("按应征人请求删除联系方式", by=by, at=at, target=sender)


def erase_expired_senders(*, at: datetime) -> int:
    """Erase the contacts of collections that closed longer ago than CONTACT_RETENTION_DAYS. Returns how many."""
    before = at.astimezone(CITY_TIME).date() - timedelta(days=retention_days())
    return _erase(Q(collection__closes_on__lt=before), at=at)


def _erase(which: Q, *, at: datetime) -> int:
    known = Sender.objects.filter(which, erased_at=None).exclude(phone_encrypted="", name_encrypted="")
    return Sender.objects.filter(pk__in=list(known.values_list("pk", flat=True))).update(
        phone_encrypted="", phone_digest="", name_encrypted="", erased_at=at
    )
