"""What a person chose: by which channels they want to hear, and where."""

from typing import TYPE_CHECKING

from notifications import channels
from notifications.models import Channel, ChannelChoice, NoticeDelivery

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


def choices_of(person: "AbstractBaseUser") -> dict[Channel, ChannelChoice]:
    """A choice for each channel the portal offers; where the person made none, one that is off and not stored."""
    made = {choice.channel: choice for choice in ChannelChoice.objects.filter(person_id=person.pk)}
    return {
        channel: made.get(channel, ChannelChoice(person_id=person.pk, channel=channel))
        for channel in channels.offered()
    }


def choose(person: "AbstractBaseUser", channel: Channel, *, is_on: bool, address: str) -> None:
    """Switch a channel on or off; an empty `address` leaves the one that is kept."""
    choice = ChannelChoice(person_id=person.pk, channel=channel, is_on=is_on)
    choice.address = address
    ChannelChoice.objects.bulk_create(
        [choice],
        update_conflicts=True,
        unique_fields=["person", "channel"],
        update_fields=["is_on", *(["address_encrypted"] if address else [])],
    )


def last_deliveries(person: "AbstractBaseUser") -> dict[Channel, NoticeDelivery]:
    """The delivery to this person that was written last, by channel."""
    found: dict[Channel, NoticeDelivery] = {}
    for channel in channels.offered():
        last = NoticeDelivery.objects.filter(notice__recipient_id=person.pk, channel=channel).order_by("-pk").first()
        if last:
            found[channel] = last
    return found
