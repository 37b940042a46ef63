"""The triggers that note changes for `common.revisions`.

Installed after every migrate, not by a migration: SQLite drops a table's triggers when a later migration rebuilds it.
A note takes the place of the topic's earlier ones, so that the table stays as short as the list of topics. On
PostgreSQL it leaves those alone that another transaction is about to take away: nobody waits for anybody. Keys are
random: a counter that was rolled back, or restored with a backup, would give one for the second time.
"""

from collections.abc import Iterator
from typing import Any

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


def install(using: str, **kwargs: Any) -> None:
    """After migrate: put the triggers in place, and note a change of everything, for what happened without them."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if NOTES not in tables:
        return
    watched = [(topic, table) for topic, table in watched_tables() if table in tables]
    with connection.cursor() as cursor:
        _put_in_place(cursor, connection.vendor, watched)
        for topic in sorted({topic for topic, _ in watched}):
            cursor.execute(FORGET[connection.vendor], [topic])
            cursor.execute(
                f"INSERT INTO {NOTES} (id, topic) VALUES ({RANDOM_KEY[connection.vendor]}, %s)",  # noqa: S608
                [topic],
            )


def watched_tables() -> list[tuple[str, str]]:
    """Topic and table of every model that an app watches."""
    return [
        (topic, config.get_model(name)._meta.db_table)
        for config in apps.get_app_configs()
        for topic, names in getattr(config, "watched", {}).items()
        for name in names
    ]


def _put_in_place(cursor: CursorWrapper, vendor: str, watched: list[tuple[str, str]]) -> None:
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


def _on_sqlite(watched: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Name, table and statement of each trigger."""
    for topic, table in watched:
        forget = f"DELETE FROM {NOTES} WHERE topic = '{topic}'"  # noqa: S608 -- names of ours
        note = f"INSERT INTO {NOTES} (id, topic) VALUES ({RANDOM_KEY['sqlite']}, '{topic}')"  # noqa: S608
        for event in EVENTS:
            name = f"{NAME}_{topic}_{table}_{event.lower()}"
            yield name, table, f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {forget}; {note}; END"


def _on_postgres(watched: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    events = " OR ".join((*EVENTS, "TRUNCATE"))
    for topic, table in watched:
        name, what = f"{NAME}_{topic}", f"common_changed('{topic}')"
        yield name, table, f"CREATE TRIGGER {name} AFTER {events} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {what}"
