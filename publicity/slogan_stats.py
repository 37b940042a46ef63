"""Counted reads of the slogans. People and slogans are two numbers, and are never added up."""

from dataclasses import dataclass

from django.db.models import Count

from publicity.models import Collection, Entry


@dataclass(frozen=True)
class Turnout:
    people: int = 0
    entries: int = 0


def turnout_by_collection() -> dict[int, Turnout]:
    """By the key of each collection that anybody sent to, in one statement."""
    counted = Entry.objects.order_by().values_list("collection").annotate(Count("sender", distinct=True), Count("pk"))
    return {pk: Turnout(people, entries) for pk, people, entries in counted}


def turnout(collection: Collection) -> Turnout:
    told = collection.entries.aggregate(people=Count("sender", distinct=True), entries=Count("pk"))
    return Turnout(**told)


def entries_by_state(collection: Collection) -> dict[str, int]:
    counted = collection.entries.order_by().values_list("state").annotate(Count("pk"))
    return {state: 0 for state in Entry.State.values} | dict(counted)


def waiting_by_collection() -> dict[int, int]:
    waiting = Entry.objects.order_by().filter(state=Entry.State.WAITING)
    return dict(waiting.values_list("collection").annotate(Count("pk")))
