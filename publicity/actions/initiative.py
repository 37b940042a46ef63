"""The citizens' initiative (创城全民倡议书): the office writes it, residents join it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from audit import log
from common.errors import StaleRecord
from publicity.models import InitiativeVersion, Joining

OVERTAKEN = "刚刚有人发布了新的一版，您这一次没有保存。您写的内容还在，请对照最新一版再发布。"


@dataclass(frozen=True)
class Words:
    title: str
    text: str
    signed_by: str
    note: str = ""


@transaction.atomic
def publish(words: Words, *, seen: int, by: User, at: datetime) -> InitiativeVersion:
    """Let these words hold from now on. `seen` is the version the person had before their eyes, 0 where there was none.

    Raises StaleRecord where another was published since.
    """
    current = InitiativeVersion.current()
    if seen != (current.ordinal if current else 0):
        raise StaleRecord(OVERTAKEN)
    try:
        with transaction.atomic():
            version = InitiativeVersion.objects.create(
                ordinal=seen + 1, title=words.title, text=words.text, signed_by=words.signed_by, note=words.note,
                published_by=by, published_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise StaleRecord(OVERTAKEN) from None
    log.record("发布倡议书", by=by, at=at, target=version, note=words.note)
    return version


@transaction.atomic
def join(version: InitiativeVersion, *, at: datetime) -> int:
    """Count one more who joins; gives back how many that makes."""
    Joining.objects.create(version=version, joined_at=at)
    return Joining.objects.count()
