"""The triggers that note changes for `common.revisions`.

Installed after every migrate, not by a migration: SQLite drops a table's triggers when a later migration rebuilds it.
A note takes the place of the topic's earlier ones, so that the table stays as short as the list of topics. On
PostgreSQL it leaves those alone that another transaction is about to take away: nobody waits for anybody. Keys are
random: a counter that was rolled back, or restored with a backup, would give one for the second time.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connections
from django.db.backends.utils import CursorWrapper

NOTES = "common_change"
EVENTS = ("INSERT", "UPDATE", "DELETE")
RANDOM_KEY = {
    "sqlite": "random() & 0x7fffffffffffffff",
    "postgresql": "floor(random() * 9007199254740991)::bigint",
}
FORGET = {
    "sqlite": f"DELETE FROM {NOTES} WHERE topic = %s",  # noqa: S608 -- names of ours
    "postgresql": f"""DELETE FROM {NOTES} WHERE id IN (
        SELECT id FROM {NOTES} WHERE topic = %s FOR UPDATE SKIP LOCKED)""",  # noqa: S608 -- names of ours
}
FUNCTION = f"""CREATE OR REPLACE FUNCTION common_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM {NOTES} WHERE id IN (SELECT id FROM {NOTES} WHERE topic = TG_ARGV[0] FOR UPDATE SKIP LOCKED);
    INSERT INTO {NOTES} (id, topic) VALUES ({RANDOM_KEY["postgresql"]}, TG_ARGV[0]);
    RETURN NULL;
END $$"""  # noqa: S608 -- names of ours
# The number goes up when what a trigger does is changed: those of an earlier number are taken away.
NAME = "note_change_1"
INSTALLED = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'note_change_%'",
    "postgresql": "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'note_change_%'",
}  # fmt: skip


class Watched(NamedTuple):
    """A table of a topic; with `when`, only updates of rows are noted that it is true of (SQL about OLD and NEW)."""

    topic: str
    table: str
    when: str = ""


def install(using: str, **kwargs: Any) -> None:
    """After migrate: put the triggers in place, and note a change of everything, for what happened without them."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if NOTES not in tables:
        return
    watched = [one for one in watched_tables() if one.table in tables]
    with connection.cursor() as cursor:
        _put_in_place(cursor, connection.vendor, watched)
        for topic in sorted({one.topic for one in watched}):
            cursor.execute(FORGET[connection.vendor], [topic])
            cursor.execute(
                f"INSERT INTO {NOTES} (id, topic) VALUES ({RANDOM_KEY[connection.vendor]}, %s)",  # noqa: S608
                [topic],
            )


def watched_tables() -> list[Watched]:
    """Every model that an app watches: by its name, or as a pair of its name and `when`."""
    return [
        Watched(topic, config.get_model(name)._meta.db_table, *when)
        for config in apps.get_app_configs()
        for topic, models in getattr(config, "watched", {}).items()
        for name, *when in ((one,) if isinstance(one, str) else one for one in models)
    ]


def _put_in_place(cursor: CursorWrapper, vendor: str, watched: list[Watched]) -> None:
    triggers = _on_sqlite(watched) if vendor == "sqlite" else _on_postgres(watched)
    wanted = {(name, table): create for name, table, create in triggers}
    cursor.execute(INSTALLED[vendor])
    found = set(cursor.fetchall())
    if vendor == "postgresql" and wanted.keys() - found:
        cursor.execute(FUNCTION)
    for name, table in found - wanted.keys():
        cursor.execute(f"DROP TRIGGER {name}" if vendor == "sqlite" else f"DROP TRIGGER {name} ON {table}")
    for missing in wanted.keys() - found:
        cursor.execute(wanted[missing])


def _on_sqlite(watched: list[Watched]) -> Iterator[tuple[str, str, str]]:
    """Name, table and statement of each trigger."""
    for topic, table, when in watched:
        forget = f"DELETE FROM {NOTES} WHERE topic = '{topic}'"  # noqa: S608 -- names of ours
        note = f"INSERT INTO {NOTES} (id, topic) VALUES ({RANDOM_KEY['sqlite']}, '{topic}')"  # noqa: S608
        for event in ("UPDATE",) if when else EVENTS:
            name = f"{NAME}_{topic}_{table}_{event.lower()}"
            after = f"AFTER {event} ON {table}" + (f" WHEN {when}" if when else "")
            yield name, table, f"CREATE TRIGGER {name} {after} BEGIN {forget}; {note}; END"


def _on_postgres(watched: list[Watched]) -> Iterator[tuple[str, str, str]]:
    events = " OR ".join((*EVENTS, "TRUNCATE"))
    for topic, table, when in watched:
        name, what = f"{NAME}_{topic}", f"EXECUTE FUNCTION common_changed('{topic}')"
        if when:
            yield name, table, f"CREATE TRIGGER {name} AFTER UPDATE ON {table} FOR EACH ROW WHEN ({when}) {what}"
        else:
            yield name, table, f"CREATE TRIGGER {name} AFTER {events} ON {table} FOR EACH STATEMENT {what}"
