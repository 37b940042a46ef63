"""The sample city, and many more cases of the past in it, copied by the database itself: a million in minutes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone

from complaints.models import Complaint, Event, PublicVersion, Reporter
from complaints.workflow import OPEN_STATES, State
from reports import rollups
from reports.rollups import triggers

COPIED: tuple[type[Any], ...] = (Complaint, Event, Reporter, PublicVersion)
TABLES = [model._meta.db_table for model in COPIED]
YEARS = 11  # over which the copies are spread, so that a day holds no more than a county's cases
INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> '' AND tbl_name IN (%s, %s, %s, %s)",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN (%s, %s, %s, %s)"
    " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
}


class City:
    """A seeded city of `cases` cases that can be made to grow."""

    def __init__(self, cases: int) -> None:
        call_command("seed_sample_city", cases=cases, months=12, verbosity=0)
        self.originals = Complaint.objects.exclude(state__in=OPEN_STATES).count()
        self.last = Complaint.objects.latest("pk").pk
        self.rounds = 0

    def grow_to(self, cases: int) -> None:
        """Copy final cases and what belongs to them, each to an earlier year, until there are `cases`; count anew."""
        with _unhurried():
            # Filed while a smaller size was measured: the work in hand is the same at each.
            Complaint.objects.filter(pk__gt=self.last, state=State.RECEIVED).update(state=State.WITHDRAWN)
            if Complaint.objects.count() < cases:
                with _without_indexes():
                    self._copy_until(cases)
                _mend_sequences()
            rollups.rebuild(at=timezone.now())
            # What was copied is brought to the disk before anything is measured; PostgreSQL also analysed, as
            # autovacuum does by and by. Nobody analyses the embedded database: SQLite plans better without.
            is_postgres = connection.vendor == "postgresql"
            _execute(*(("VACUUM ANALYZE", "CHECKPOINT") if is_postgres else ("PRAGMA wal_checkpoint(TRUNCATE)",)))

    def _copy_until(self, cases: int) -> None:
        _make_sources(self.last)
        while (missing := cases - Complaint.objects.count()) > 0:
            self.rounds += 1
            with transaction.atomic():
                _copy(self.rounds, limit=min(missing, self.originals))


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def _unhurried() -> Iterator[None]:
    """On a connection of its own, which may take its time."""
    connection.close()
    if connection.vendor == "postgresql":
        _execute("SET statement_timeout = 0", "SET maintenance_work_mem = '512MB'")
    yield
    connection.close()


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Without the indexes that a million rows fill sooner at once, and without what the database does for each row.

    Copies of good rows need no check of their keys, and no note that they are to be counted.
    """
    with connection.cursor() as cursor:
        cursor.execute(INDEXES[connection.vendor], TABLES)
        indexes = dict(cursor.fetchall())
    _execute(*(f'DROP INDEX "{name}"' for name in indexes), *triggers.DROP[connection.vendor])
    with connection.constraint_checks_disabled():
        if connection.vendor == "postgresql":
            _execute("SET session_replication_role = replica")
        yield
        if connection.vendor == "postgresql":
            _execute("RESET session_replication_role")
    _execute(*indexes.values())
    triggers.install("default")


def _last_key() -> int:
    return max(int(model.objects.aggregate(last=models.Max("pk"))["last"]) for model in COPIED)


def _make_sources(originals_end: int) -> None:
    """The rows to be copied in tables of their own, which stay small while the others grow."""
    states = ", ".join(repr(str(state)) for state in OPEN_STATES)
    final = f"SELECT id FROM complaints_complaint WHERE id <= {originals_end} AND state NOT IN ({states})"  # noqa: S608 -- numbers and names of ours
    for model in COPIED:
        table, key = model._meta.db_table, "id" if model is Complaint else "complaint_id"
        rows = f"SELECT * FROM {table} WHERE {key} IN ({final})"  # noqa: S608
        _execute(f"DROP TABLE IF EXISTS source_{table}", f"CREATE TEMPORARY TABLE source_{table} AS {rows}")


def _copy(number: int, *, limit: int) -> None:
    offset, years = _last_key(), number % YEARS
    digits = f"CAST(id + {offset} AS varchar)"
    complaint = {
        # 7 digits, where those that are given have 6.
        "number": f"substr(number, 1, 4) || '-' || {_padded(f'id + {number} * 10000', 7)}",
        "intake_key": f"'copy:' || {digits}",
    }
    chosen = f"IN (SELECT id FROM source_complaints_complaint ORDER BY id LIMIT {limit})"  # noqa: S608 -- a number
    _insert(Complaint, offset, years, complaint, f"id {chosen}")
    digest = f"substr(code_digest, 1, 52) || {_padded(str(number), 12)}"
    belonging = {"complaint_id": f"complaint_id + {offset}", "code_digest": digest}
    for model in (Event, Reporter, PublicVersion):
        _insert(model, offset, years, belonging, f"complaint_id {chosen}")


def _padded(expression: str, length: int) -> str:
    if connection.vendor == "sqlite":
        return f"printf('%0{length}d', {expression})"
    return f"lpad(CAST({expression} AS varchar), {length}, '0')"


def _insert(model: type[models.Model], offset: int, years: int, special: Mapping[str, str], where: str) -> None:
    names = [field.column for field in model._meta.concrete_fields]
    values = [_value(field, offset, years, special) for field in model._meta.concrete_fields]
    columns = ", ".join(f'"{name}"' for name in names)
    table = model._meta.db_table
    selected = f"SELECT {', '.join(values)} FROM source_{table} WHERE {where} ORDER BY id"  # noqa: S608 -- names of ours
    _execute(f"INSERT INTO {table} ({columns}) {selected}")


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
    _execute(*connection.ops.sequence_reset_sql(no_style(), list(COPIED)))
