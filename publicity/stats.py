"""What other pages show of the announcements."""

from dataclasses import dataclass
from datetime import date

from publicity.models import Announcement


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
