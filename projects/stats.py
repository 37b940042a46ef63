"""Counted reads: how many projects of a year are completed, of how many."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from projects.models import Kind, Project


@dataclass(frozen=True)
class Completion:
    """Completed of planned; 0 of 0 has no rate."""

    kind: Kind
    done: int = 0
    total: int = 0
    overdue: int = 0

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 means all of them."""
        return self.done * 100 // self.total if self.total else None


def completion(year: int, *, on: date) -> list[Completion]:
    """For each kind, in one query."""
    counted = (
        Project.objects.filter(year=year)
        .order_by()
        .values("kind")
        .annotate(
            done=Count("pk", filter=Q(completed_on__isnull=False)),
            total=Count("pk"),
            overdue=Count("pk", filter=Q(completed_on=None, due_on__lt=on)),
        )
    )
    found = {row["kind"]: row for row in counted}
    return [
        Completion(kind, found[kind]["done"], found[kind]["total"], found[kind]["overdue"])
        if kind in found
        else Completion(kind)
        for kind in Kind
    ]


def years() -> list[int]:
    """The years that have projects, newest first."""
    return list(Project.objects.order_by("-year").values_list("year", flat=True).distinct())
