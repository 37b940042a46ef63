"""Counted reads of the publicity work, and what other pages show of it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, DateField, Value
from django.db.models.functions import TruncMonth
from django.urls import reverse

from common.clock import CITY_TIME
from common.months import Month
from publicity.models import Announcement, Collection, InitiativeVersion, Joining, Round

# In the order in which they stand on a page.
INITIATIVE, QUIZ, SLOGANS = range(3)


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


def invitations(*, on: date) -> list[Invitation]:
    """For the home page and the news: what there is to take part in on that day, in one query."""
    undated = Value(None, output_field=DateField())
    initiatives = InitiativeVersion.objects.order_by().values_list(Value(INITIATIVE), "ordinal", "title", undated)
    rounds = Round.objects.published().order_by().filter(opens_on__lte=on, closes_on__gte=on)
    calls = Collection.objects.published().order_by().filter(opens_on__lte=on, closes_on__gte=on)
    found = initiatives.union(
        rounds.values_list(Value(QUIZ), "number", "title", "closes_on"),
        calls.values_list(Value(SLOGANS), "pk", "title", "closes_on"),
        all=True,
    )
    told = sorted(found, key=lambda row: (row[0], row[1]))
    newest = [row for row in told if row[0] == INITIATIVE][-1:]
    return [_invitation(*row) for row in [*newest, *(row for row in told if row[0] != INITIATIVE)]]


def _invitation(kind: int, number: int, title: str, closes_on: date | None) -> Invitation:
    if closes_on is None:
        return Invitation(title, "读一读，点一下“我要参加”。不用登记。", reverse("publicity:initiative"))
    until = f"到 {closes_on.month} 月 {closes_on.day} 日"
    if kind == SLOGANS:
        return Invitation(title, f"写一句给漠河，{until}。", reverse("publicity:collection", args=[number]))
    words = f"第 {number} 期正在答，{until}。交卷就看得分。"
    return Invitation(f"创城答题：{title}", words, reverse("publicity:round", args=[number]))


@dataclass(frozen=True)
class MonthOfJoining:
    month: Month
    joined: int


def joined_by_month() -> list[MonthOfJoining]:
    """For the office: how many joined the initiative in each month that anybody did, newest first."""
    months = TruncMonth("joined_at", tzinfo=CITY_TIME)
    counted = Joining.objects.annotate(month=months).values_list("month").annotate(joined=Count("pk"))
    return [MonthOfJoining(Month.of(month), joined) for month, joined in counted.order_by("-month")]
