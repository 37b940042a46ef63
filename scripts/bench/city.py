"""The sample city, and many more cases of the past in it, copied by the database itself: a million take a minute."""

from collections.abc import Mapping
from typing import Any

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone

from complaints.models import Complaint, Event, Reporter
from complaints.workflow import OPEN_STATES
from reports import rollups

COPIED: tuple[type[Any], ...] = (Complaint, Event, Reporter)
YEARS = 11  # over which the copies are spread, so that a day holds no more than a county's cases


class City:
    """A seeded city of `cases` cases that can be made to grow."""

    def __init__(self, cases: int) -> None:
        call_command("seed_sample_city", cases=cases, months=12, verbosity=0)
        self.originals = Complaint.objects.exclude(state__in=OPEN_STATES).count()
        self.last = _last_key()
        self.rounds = 0

    def grow_to(self, cases: int) -> None:
        """Copy final cases with their events and reporters, each to an earlier year, until there are `cases`."""
        while (missing := cases - Complaint.objects.count()) > 0:
            self.rounds += 1
            with transaction.atomic():
                _copy(self.rounds, self.last, limit=min(missing, self.originals))
        _mend_sequences()
        rollups.rebuild(at=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _last_key() -> int:
    return max(int(model.objects.aggregate(last=models.Max("pk"))["last"]) for model in COPIED)


def _copy(number: int, originals_end: int, *, limit: int) -> None:
    offset, years = _last_key(), number % YEARS
    finals = (
        f"SELECT id FROM complaints_complaint WHERE id <= {originals_end}"  # noqa: S608 -- numbers and names of ours
        f" AND state NOT IN ({', '.join(repr(str(state)) for state in OPEN_STATES)}) ORDER BY id LIMIT {limit}"
    )
    digits = f"CAST(id + {offset} AS varchar)"
    complaint = {
        # 7 digits, where those that are given have 6.
        "number": f"substr(number, 1, 4) || '-' || {_padded(f'id + {number} * 10000', 7)}",
        "intake_key": f"'copy:' || {digits}",
    }
    shifted = f"complaint_id + {offset}"
    _insert(Complaint, offset, years, complaint, f"id IN ({finals})")
    _insert(Event, offset, years, {"complaint_id": shifted}, f"complaint_id IN ({finals})")
    digest = f"substr(code_digest, 1, 52) || {_padded(str(number), 12)}"
    reporter = {"complaint_id": shifted, "code_digest": digest}
    _insert(Reporter, offset, years, reporter, f"complaint_id IN ({finals})")


def _padded(expression: str, length: int) -> str:
    if connection.vendor == "sqlite":
        return f"printf('%0{length}d', {expression})"
    return f"lpad(CAST({expression} AS varchar), {length}, '0')"


def _insert(model: type[models.Model], offset: int, years: int, special: Mapping[str, str], where: str) -> None:
    names = [field.column for field in model._meta.concrete_fields]
    values = [_value(field, offset, years, special) for field in model._meta.concrete_fields]
    columns = ", ".join(f'"{name}"' for name in names)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {', '.join(values)} FROM {table} WHERE {where}")  # noqa: S608


def _value(field: "models.Field[Any, Any]", offset: int, years: int, special: Mapping[str, str]) -> str:
    column = f'"{field.column}"'
    if field.primary_key:
        return f"id + {offset}"
    if (given := special.get(str(field.column))) is not None:
        return given
    if isinstance(field, models.DateTimeField):
        return _earlier(column, years * 365)
    return column


def _earlier(column: str, days: int) -> str:
    if connection.vendor == "sqlite":
        return f"strftime('%Y-%m-%d %H:%M:%f', {column}, '-{days} days')"
    return f"{column} - interval '{days} days'"


def _mend_sequences() -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(COPIED)):
            cursor.execute(statement)
