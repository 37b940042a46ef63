"""What any page of this stack costs at the least on this machine: the measure beside each figure."""

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.access import public

TABLE = "bench_floor"


def make_table() -> None:
    key = "integer PRIMARY KEY AUTOINCREMENT" if connection.vendor == "sqlite" else "bigserial PRIMARY KEY"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (id {key}, at timestamp)")


@public
def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


@public
def one_row(request: HttpRequest) -> HttpResponse:
    """An answer that commits one row."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} (at) VALUES (%s)", [timezone.now()])  # noqa: S608 -- a name of ours
    return HttpResponse("")


class _Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.count += 1
        return execute(*arguments)


def count_statements(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Tell in a header how many statements the answer took, transactions' own BEGIN and COMMIT apart."""

    def answer(request: HttpRequest) -> HttpResponse:
        counter = _Counter()
        with connection.execute_wrapper(counter):
            response = get_response(request)
        response["X-Statements"] = str(counter.count)
        return response

    return answer
