"""Every address of the portal with its access decision, read from the URL configuration itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.access import Access
from accounts.models import Role

EVERYBODY = "everybody"
ALL_STAFF = "staff"
WRITTEN = Path(__file__).with_name("access.txt")
HEADER = """\
# Who may open which address: everybody (signed in or not), staff (whoever is signed in), or the roles named.
# What a person sees there, and which moves are theirs, the views narrow further.
# A test compares this with the decisions on the views. After a change that is meant, write it again and review it:
# .venv/bin/python manage.py shell -v0 -c "from tests.architecture.addresses import write; write()"
"""


@dataclass(frozen=True)
class Address:
    """One URL pattern: its name as templates write it (the route where it has none), its route, who answers."""

    name: str
    route: str
    callback: Any

    @property
    def access(self) -> Access | None:
        """The decision on the view, or on the class of an API view."""
        found = getattr(self.callback, "access", None) or getattr(getattr(self.callback, "cls", None), "access", None)
        return found if isinstance(found, Access) else None

    @property
    def takes_no_arguments(self) -> bool:
        return "<" not in self.route and "(" not in self.route

    @property
    def audience(self) -> str:
        if self.access is None:
            return "NOBODY DECIDED"
        if self.access.public:
            return EVERYBODY
        if self.access.roles == frozenset(Role):
            return ALL_STAFF
        return " ".join(sorted(self.access.roles))


def every_address() -> list[Address]:
    return sorted(_walk(get_resolver().url_patterns, "", ""), key=lambda address: address.name)


def table() -> list[str]:
    """The lines of access.txt: name, then who may open it."""
    addresses = every_address()
    width = max(len(address.name) for address in addresses) + 2
    return sorted({f"{address.name:<{width}}{address.audience}" for address in addresses})


def write() -> None:
    WRITTEN.write_text(HEADER + "\n" + "\n".join(table()) + "\n")


def _walk(patterns: list[URLPattern | URLResolver], namespace: str, route: str) -> Iterator[Address]:
    for pattern in patterns:
        path = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, path)
        else:
            yield Address(f"{namespace}{pattern.name}" if pattern.name else path, path, pattern.callback)
