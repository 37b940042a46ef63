"""What the public pages tell of cases: those the office published, and the figures of each month."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, DateTimeField, Prefetch
from django.db.models.functions import TruncMonth

from common.clock import CITY_TIME
from common.months import Month
from complaints.models import Complaint, ComplaintQuerySet, Photo, PublicVersion
from complaints.models.public_version import PublicVersionQuerySet
from complaints.workflow import State

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
    shown = PublicVersion.objects.shown().order_by().values("complaint__grid").annotate(cases=Count("pk"))
    return {row["complaint__grid"]: row["cases"] for row in shown}


def by_month(*, at: datetime) -> list[MonthFigures]:
    """How many cases came in and were closed in this month and those before it, newest first; in two queries.

    The months before the first case are left out.
    """
    months = [Month.of(at).shifted(-back) for back in range(MONTHS)]
    since = months[-1].starts_at
    filed = _counted(Complaint.objects.filter(filed_at__gte=since), "filed_at")
    closed = _counted(Complaint.objects.filter(state=State.CLOSED, closed_at__gte=since), "closed_at")
    first = min([*filed, *closed], default=months[0])
    return [MonthFigures(month, filed[month], closed[month]) for month in months if month >= first]


def _counted(cases: ComplaintQuerySet, field: str) -> Counter[Month]:
    month = TruncMonth(field, tzinfo=CITY_TIME, output_field=DateTimeField())
    rows = cases.annotate(month=month).values("month").annotate(cases=Count("pk")).order_by()
    return Counter({Month.of(row["month"]): row["cases"] for row in rows})


def pictures(version: PublicVersion, kind: Photo.Kind) -> Sequence[Photo]:
    return [photo for photo in version.photos.all() if photo.kind == kind]
