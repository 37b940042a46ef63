"""The cases of a box of the map: each by itself where they are few, joined by cells of the box where they are many.

One statement, joined by the database: a month of a large city is thousands of points, of which a screen shows a few
hundred marks. docs/adr/0034 says why.
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, Q, QuerySet, Value, When

from accounts.models import User
from common.months import Month
from complaints.models import Complaint
from complaints.models.complaint import ComplaintQuerySet
from complaints.workflow import FINAL_STATES, OPEN_STATES

MOST_SINGLE = 300
# Cells along the longer side of a box.
CELLS = 24
# A degree to the north is as long as so many to the east: the city lies at 53°.
DEGREES_EAST = 0.6
# Degrees to the east: within a house every case is told by itself, since to look closer parts them no more.
HOUSE = 0.001
# What a point on the map is, as the script draws it. Of what is joined the greatest: the worst of them.
CLOSED, IN_TIME, SOON, OVERDUE = range(4)

# Rows of longitude, latitude, kind, number and count. Nothing is kept between: the few are soon counted, and the many
# go straight into their cells. A case that lies alone in its cell is named, too.
_TOLD = """WITH seen (longitude, latitude, kind, id, filed_at) AS NOT MATERIALIZED ({seen}),
first_ones (count) AS (SELECT count(*) FROM (SELECT 1 FROM seen LIMIT {most} + 1) first_one),
single (most) AS MATERIALIZED (SELECT CASE WHEN %s OR count <= {most} THEN {most} ELSE 0 END FROM first_ones),
told (longitude, latitude, kind, id, count) AS (
    SELECT * FROM (
        SELECT longitude, latitude, kind, id, 1 FROM seen ORDER BY filed_at DESC LIMIT (SELECT most FROM single)
    ) newest
    UNION ALL
    SELECT avg(longitude), avg(latitude), max(kind), min(id), count(*) FROM seen
    WHERE (SELECT most FROM single) = 0 GROUP BY {column} * 1000000 + {row}
)
SELECT longitude, latitude, kind,
    CASE WHEN count = 1 THEN (SELECT number FROM complaints_complaint WHERE id = told.id) ELSE '' END, count
FROM told"""
# Of what lies east and north of Greenwich and the equator.
_WHOLE = {"sqlite": "CAST({} / %s AS integer)", "postgresql": "floor({} / %s)"}


class Box(NamedTuple):
    """In degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def of(cls, text: str) -> "Box":
        """ "west,south,east,north"; the whole world where it is no box."""
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError:
            return WORLD
        return cls(west, south, east, north) if -180 <= west < east <= 180 and -90 <= south < north <= 90 else WORLD

    @property
    def side(self) -> float:
        """The longer one, in degrees to the east."""
        return max(self.east - self.west, (self.north - self.south) / DEGREES_EAST)

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height, so rounded that a box beside this one of the same size has the same cells."""
        width = float(f"{self.side / CELLS:.1e}")
        return width, float(f"{width * DEGREES_EAST:.2e}")


WORLD = Box(-180, -90, 180, 90)


def cases_in(user: User, month: Month, box: Box, *, at: datetime) -> dict[str, Any]:
    """The cases of the month as [longitude, latitude, kind, number], or joined: [longitude, latitude, kind, "", count].

    Of the running month also what is open from before. `cell`: width and height of the cells if any are joined; a cell
    is what lies between the same multiples of these.
    """
    rows = _told(_seen(Complaint.objects.visible_to(user), month, box, at=at).query, box)
    points = [
        [round(x, 6), round(y, 6), kind, number] if number else [round(x, 6), round(y, 6), kind, "", count]
        for x, y, kind, number, count in rows
    ]
    return {"cases": points, "cell": box.cell if any(row[4] > 1 for row in rows) else None}


def _told(seen: Any, box: Box) -> list[tuple[float, float, int, str, int]]:
    if seen.is_empty():
        return []
    sql, params = seen.sql_with_params()
    whole = _WHOLE[connection.vendor]
    cells = {"column": whole.format("longitude"), "row": whole.format("latitude")}
    with connection.cursor() as cursor:
        cursor.execute(_TOLD.format(seen=sql, most=MOST_SINGLE, **cells), [*params, box.side < HOUSE, *box.cell])
        rows: list[tuple[float, float, int, str, int]] = cursor.fetchall()
    return rows


def _seen(visible: ComplaintQuerySet, month: Month, box: Box, *, at: datetime) -> QuerySet[Complaint, Any]:
    """The final and the open ones each by the index that answers them; of the final, which are many, by that alone."""
    in_month = Q(filed_at__gte=month.starts_at, filed_at__lt=month.ends_at)
    in_box = Q(longitude__range=(box.west, box.east), latitude__range=(box.south, box.north))
    final = visible.filter(in_month, in_box, state__in=FINAL_STATES)
    still_open = visible.filter(in_box, state__in=OPEN_STATES)
    if month != Month.of(at):
        still_open = still_open.filter(in_month)
    return final.values_list("longitude", "latitude", Value(CLOSED), "pk", "filed_at").union(
        still_open.values_list("longitude", "latitude", _kind(at), "pk", "filed_at"), all=True
    )


def _kind(at: datetime) -> Case:
    """Told by the database: moments need not be read for it."""
    return Case(
        When(due_at__lt=at, then=Value(OVERDUE)),
        When(warn_at__lte=at, then=Value(SOON)),
        default=Value(IN_TIME),
    )
