"""The addresses of what can be done with a case: each is looked up once, and gets the number of the case."""

from functools import cache

from django.urls import reverse

from complaints.models import Complaint

_NUMBER = "NUMBER"


def way(case: Complaint, name: str, *after: str) -> str:
    """The address `complaints:name` of this case, and of what comes `after` its number."""
    return _pattern(name, *after).replace(_NUMBER, case.number)


@cache
def _pattern(name: str, *after: str) -> str:
    return reverse(f"complaints:{name}", args=[_NUMBER, *after])
