"""The database itself notes which case changed, whoever changed it and however: nothing is missed, nothing is lost.

Installed after every migrate, not by a migration: SQLite drops a table's triggers when a later migration rebuilds it.
"""

from typing import Any

from django.db import connections

from reports.models import RollupState

TABLES = {"complaints_complaint", "reports_touchedcase"}
CREATE = {
    "sqlite": [
        """CREATE TRIGGER reports_case_touched_filed AFTER INSERT ON complaints_complaint
        BEGIN INSERT INTO reports_touchedcase (complaint_id) VALUES (NEW.id); END""",
        """CREATE TRIGGER reports_case_touched_changed AFTER UPDATE ON complaints_complaint
        BEGIN INSERT INTO reports_touchedcase (complaint_id) VALUES (NEW.id); END""",
    ],
    "postgresql": [
        """CREATE OR REPLACE FUNCTION reports_case_touched() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO reports_touchedcase (complaint_id) VALUES (NEW.id); RETURN NULL; END $$""",
        """CREATE TRIGGER reports_case_touched AFTER INSERT OR UPDATE ON complaints_complaint
        FOR EACH ROW EXECUTE FUNCTION reports_case_touched()""",
    ],
}
DROP = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS reports_case_touched_filed",
        "DROP TRIGGER IF EXISTS reports_case_touched_changed",
    ],
    "postgresql": ["DROP TRIGGER IF EXISTS reports_case_touched ON complaints_complaint"],
}
COUNT = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'reports_case_touched_%'",
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgname = 'reports_case_touched'",
}


def install(using: str, **kwargs: Any) -> None:
    """After migrate: put the triggers where they are missing; what changed without them, the next build counts."""
    connection = connections[using]
    if not set(connection.introspection.table_names()) >= TABLES:
        return
    with connection.cursor() as cursor:
        cursor.execute(COUNT[connection.vendor])
        wanted = 2 if connection.vendor == "sqlite" else 1
        if cursor.fetchone()[0] == wanted:
            return
        for statement in DROP[connection.vendor] + CREATE[connection.vendor]:
            cursor.execute(statement)
    RollupState.objects.using(using).update(is_whole=False)
