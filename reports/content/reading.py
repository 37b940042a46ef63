from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

STATEMENT_TIMEOUT = "300s"


@contextmanager
def consistent_read() -> Iterator[None]:
    """What is read inside is the database of one moment, so that sums agree; nothing can be written, nobody waits.

    A year of cases takes longer to count than a page may ask for.
    """
    if connection.in_atomic_block:
        yield  # a test's own transaction
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{STATEMENT_TIMEOUT}'")
            yield
    else:
        yield from _read_without_lock()


def _read_without_lock() -> Iterator[None]:
    """Django's own transactions begin IMMEDIATE on SQLite: they would keep every writer out meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
