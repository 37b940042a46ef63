"""What the public pages tell of cases: those the office published, and the figures of each month."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q

from common.months import Month
from complaints.models import Complaint, Photo, PublicVersion
from complaints.models.public_version import PublicVersionQuerySet

MONTHS = 6


@dataclass(frozen=True)
class MonthFigures:
    month: Month
    filed: int
    closed: int


def published() -> PublicVersionQuerySet:
    """The published cases with what their pages name."""
    photos = Prefetch("photos", Photo.objects.order_by("pk"))
    return (
        PublicVersion.objects.shown()
        .select_related("complaint__grid__community", "complaint__unit")
        .prefetch_related(photos)
    )


def recently_published(*, limit: int) -> list[PublicVersion]:
    return list(published().order_by(*PublicVersionQuerySet.NEWEST)[:limit])


def published_by_grid() -> dict[int | None, int]:
    """How many published cases each grid has, by its key; under None those that lie in no grid."""
    # Counted here: asked for groups of grids, SQLite would begin with every case of each.
    return Counter(PublicVersion.objects.shown().order_by().values_list("complaint__grid", flat=True))


def by_month(*, at: datetime) -> list[MonthFigures]:
    """How many cases came in and were closed in this month and those before it, newest first; in two queries.

    The months before the first case are left out.
    """
    months = [Month.of(at).shifted(-back) for back in range(MONTHS)]
    filed = _counted("filed_at", months)
    closed = _counted("closed_at", months)  # which only a closed case has
    first = min((month for month in months if filed[month] or closed[month]), default=months[0])
    return [MonthFigures(month, filed[month], closed[month]) for month in months if month >= first]


def _counted(field: str, months: Sequence[Month]) -> dict[Month, int]:
    """Each month compared as it is stored: SQLite would call Python for every case to tell its month in the city.

    Nothing but the moment is asked for, so that its index alone answers.
    """
    began = Complaint.objects.filter(**{f"{field}__gte": months[-1].starts_at, f"{field}__lt": months[0].ends_at})
    within = {
        str(month): Count(field, filter=Q(**{f"{field}__gte": month.starts_at, f"{field}__lt": month.ends_at}))
        for month in months
    }
    counted = began.order_by().aggregate(**within)
    return {month: counted[str(month)] for month in months}


def pictures(version: PublicVersion, kind: Photo.Kind) -> Sequence[Photo]:
    return [photo for photo in version.photos.all() if photo.kind == kind]
