"""Counted reads of the publicity work, and what other pages show of it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncMonth

from common.clock import CITY_TIME
from common.months import Month
from publicity.models import Announcement, InitiativeVersion, Joining


@dataclass(frozen=True)
class News:
    """One line of news. `lead` is the whole first paragraph: cut it by CSS. `photo` is a picture's token, or empty."""

    title: str
    section: str
    dated_on: date
    url: str
    lead: str
    photo: str
    photo_words: str


def latest_news(limit: int) -> list[News]:
    """For the home page: the `limit` published announcements with the newest dates, newest first, in one query.

    An empty list where nothing is published. The picture of one lies at `{% url "publicity:picture" news.photo %}`.
    """
    found = Announcement.objects.published().select_related("picture")[:limit]
    return [told(announcement) for announcement in found]


def told(announcement: Announcement) -> News:
    """An announcement as a list shows it."""
    photo = announcement.photo
    return News(
        title=announcement.title,
        section=announcement.get_section_display(),
        dated_on=announcement.dated_on,
        url=announcement.get_absolute_url(),
        lead=announcement.lead,
        photo=photo.token if photo else "",
        photo_words=photo.words if photo else "",
    )


@dataclass(frozen=True)
class Invitation:
    """One thing that residents can do now beside reporting problems."""

    title: str
    words: str
    url: str


def invitations() -> list[Invitation]:
    """For the home page and the news: what there is to take part in."""
    initiative = InitiativeVersion.current()
    if initiative is None:
        return []
    return [Invitation(initiative.title, "读一读，点一下“我要参加”。不用登记。", initiative.get_absolute_url())]


@dataclass(frozen=True)
class MonthOfJoining:
    month: Month
    joined: int


def joined_by_month() -> list[MonthOfJoining]:
    """For the office: how many joined the initiative in each month that anybody did, newest first."""
    months = TruncMonth("joined_at", tzinfo=CITY_TIME)
    counted = Joining.objects.annotate(month=months).values_list("month").annotate(joined=Count("pk"))
    return [MonthOfJoining(Month.of(month), joined) for month, joined in counted.order_by("-month")]
