import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from common.crypto import encrypt
from common.masking import hide_phones
from notifications import channels, phones
from notifications.models import Channel, ChannelChoice, Kind, Notice, NoticeDelivery, PhoneChoice, Urgency
from notifications.nudge import Nudger
from notifications.quiet import not_before
from notifications.tasks import deliver_waiting

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

# Looked up at each call: tests put another in its place.
nudge = Nudger(lambda: deliver_waiting.delay())
# A tracking code as it is shown.
CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}(?![0-9A-Za-z])")


def notify(
    recipients: "Iterable[AbstractBaseUser]",
    *,
    reason: str,
    title: str,
    url: str,
    at: datetime,
    kind: Kind = Kind.NEWS,
    urgency: Urgency = Urgency.NORMAL,
    body: str = "",
) -> None:
    """Write one notice to each recipient, in the caller's transaction; what leaves the portal follows the commit.

    `reason` names the cause, like "case-dispatched:2026-000123:4"; that of a reminder names the day too. A second call
    with the same reason and person writes nothing. Phones and tracking codes are taken out of the words.
    """
    notices = [
        Notice(
            recipient_id=person.pk,
            dedup_key=f"{reason}:{person.pk}",
            kind=kind,
            urgency=urgency,
            title=_harmless(title)[:120],
            body=_harmless(body),
            url=url,
            created_at=at,
            # A digest repeats what the inbox shows line by line.
            read_at=at if kind == Kind.DIGEST else None,
        )
        for person in recipients
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    if _write_deliveries(notices, at=at):
        transaction.on_commit(nudge, robust=True)


def reaches_phones() -> bool:
    """Whether a text message to somebody without an account could leave the portal at all."""
    return bool(_ways_to_phones())


@dataclass(frozen=True)
class Text:
    """A message for somebody without an account. `reason` as in `notify`; the phone and the words are kept sealed."""

    phone: str
    reason: str
    words: str


def text_phones(
    texts: Sequence[Text], *, what: str, at: datetime, urgency: Urgency = Urgency.NORMAL, was_asked_for: bool = False
) -> None:
    """Send each text by SMS, in the caller's transaction; one with a reason sent before is left out.

    `what` names the kind of message for the administrator and must tell nothing of the person. A phone that wants none
    gets none, but what its owner has just asked for (a code); every other one says where to stop them.
    """
    ways = _ways_to_phones()
    if ways and not was_asked_for:
        texts = _wanted(texts)
    if not (ways and texts):
        return
    notices = [
        Notice(dedup_key=text.reason, title=what, url="", urgency=urgency, created_at=at, read_at=at) for text in texts
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    stored = dict(Notice.objects.filter(dedup_key__in=[t.reason for t in texts]).values_list("dedup_key", "pk"))
    NoticeDelivery.objects.bulk_create(
        (
            NoticeDelivery(
                notice_id=stored[text.reason],
                channel=channel,
                key=f"{text.reason}:{channel}",
                available_at=at if channel in channels.sinks() else not_before(at, urgency),
                sealed=encrypt(json.dumps({"phone": text.phone, "words": text.words}, ensure_ascii=False)),
            )
            for text in texts
            for channel in ways
        ),
        ignore_conflicts=True,
    )
    transaction.on_commit(nudge, robust=True)


def _wanted(texts: Sequence[Text]) -> list[Text]:
    """Those to phones that want them, each with its way out."""
    choices = phones.choices_of(text.phone for text in texts)
    on = [(text, choices[text.phone]) for text in texts if choices[text.phone].is_on]
    return [replace(text, words=_with_way_out(text.words, choice)) for text, choice in on]


def _with_way_out(words: str, choice: PhoneChoice) -> str:
    if not settings.SITE_URL:
        return words
    return f"{words}不想再收：{settings.SITE_URL}/sms/{choice.token}/"


def _ways_to_phones() -> list[Channel]:
    return [*channels.sinks(), *(channel for channel in channels.offered() if channel == Channel.SMS)]


def _write_deliveries(notices: Sequence[Notice], *, at: datetime) -> bool:
    """A row for each way out of each notice, if it has not got one."""
    ways = _ways_out(notices)
    if not ways:
        return False
    stored = dict(
        Notice.objects.filter(dedup_key__in=[notice.dedup_key for notice, _ in ways]).values_list("dedup_key", "pk")
    )
    NoticeDelivery.objects.bulk_create(
        (
            NoticeDelivery(
                notice_id=stored[notice.dedup_key],
                channel=channel,
                key=f"{notice.dedup_key}:{channel}",
                available_at=at if channel in channels.sinks() else not_before(at, Urgency(notice.urgency)),
            )
            for notice, channel in ways
        ),
        ignore_conflicts=True,
    )
    return True


def _ways_out(notices: Sequence[Notice]) -> list[tuple[Notice, Channel]]:
    ways = [(notice, sink) for notice in notices for sink in channels.sinks()]
    # A reminder waits for the day's digest, unless it is urgent.
    personal = {
        notice.recipient_id: notice
        for notice in notices
        if notice.kind != Kind.REMINDER or notice.urgency == Urgency.URGENT
    }
    offered = channels.offered()
    if personal and offered:
        chosen = ChannelChoice.objects.filter(person__in=list(personal), channel__in=offered, is_on=True)
        ways += [(personal[person], Channel(channel)) for person, channel in chosen.values_list("person_id", "channel")]
    return ways


def _harmless(text: str) -> str:
    return CODE.sub("（查询码已隐去）", hide_phones(text))
