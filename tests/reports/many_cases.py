"""Thousands of cases on the map, put into the database at once."""

import copy
import random
from datetime import datetime, timedelta

from complaints.models import Complaint
from complaints.workflow import State
from tests.factories.complaints import case_in, filed


def spread(box: tuple[float, float, float, float], count: int, *, at: datetime, seed: int = 1) -> list[Complaint]:
    """So many cases of the last seconds in the box, the newest first, of every kind; each fiftieth is confidential."""
    west, south, east, north = box
    chance = random.Random(seed)
    hour = timedelta(hours=1)
    closed = case_in(State.CLOSED, at=at - timedelta(days=2), point=(west, south))
    open_ones = [filed(at=at - hour, point=(west, south)).complaint for _ in range(3)]
    deadlines = [(hour, 2 * hour), (-hour, hour), (-2 * hour, -hour)]
    for case, (warn, due) in zip(open_ones, deadlines, strict=True):
        case.warn_at, case.due_at = at + warn, at + due
    patterns = [closed, *open_ones]
    copies = []
    for number in range(count):
        case = copy.copy(patterns[0 if number % 7 else number % 4])
        case.pk, case.number, case.intake_key = None, f"2026-{700_000 + number}", f"many:{seed}:{number}"
        case.longitude, case.latitude = chance.uniform(west, east), chance.uniform(south, north)
        case.filed_at = at - timedelta(milliseconds=number + 1)
        case.is_confidential = number % 50 == 0
        copies.append(case)
    Complaint.objects.filter(pk__in=[one.pk for one in patterns]).update(longitude=None, latitude=None)
    return Complaint.objects.bulk_create(copies, batch_size=500)
