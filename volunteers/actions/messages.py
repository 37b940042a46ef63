from collections.abc import Iterable
from datetime import datetime

from notifications.outbox import Text, text_phones
from volunteers.models import Message, Volunteer


def tell(volunteers: Iterable[Volunteer], *, reason: str, text: str, url: str, at: datetime) -> None:
    """Tell volunteers on their own pages and by SMS, in the caller's transaction; the same reason once each."""
    people = [person for person in volunteers if person.erased_at is None]
    keys = [f"volunteer-{reason}:{person.pk}" for person in people]
    Message.objects.bulk_create(
        [
            Message(volunteer=person, dedup_key=key, text=text[:200], url=url, created_at=at)
            for person, key in zip(people, keys, strict=True)
        ],
        ignore_conflicts=True,
    )
    texts = [Text(person.phone, key, text[:200]) for person, key in zip(people, keys, strict=True)]
    text_phones(texts, what="志愿服务短信", at=at)
