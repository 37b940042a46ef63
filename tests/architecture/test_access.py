"""Every address has an access decision, the decisions are the ones written down, and they hold."""

from difflib import unified_diff

import pytest
from django.test import Client

from accounts.models import Role
from tests.architecture.addresses import WRITTEN, every_address, table
from tests.factories.accounts import LeaderFactory, SpecialGroupFactory, UnitFactory, UserFactory

# A page; a way on; a form or a machine's address that does not answer a plain GET so.
OPENED = {200, 302, 400, 405}
# Without a worker there is no heartbeat.
MAY_BE_UNAVAILABLE = {"readyz"}


@pytest.mark.once
def test_every_address_has_an_access_decision():
    undecided = [f"{address.name} ({address.route})" for address in every_address() if address.access is None]

    assert undecided == [], "put @public, @staff or @only(...) from accounts.access on these views"


@pytest.mark.once
def test_the_access_table_is_as_it_was_reviewed():
    written = [line for line in WRITTEN.read_text().splitlines() if line and not line.startswith("#")]
    difference = list(unified_diff(written, table(), "access.txt", "the portal's addresses", lineterm="", n=0))

    assert difference == [], "\n".join(
        [
            "Who may open which address has changed. If that is meant, write access.txt again (its header says how).",
            *difference,
        ]
    )


def visitor(role):
    """A client signed in with this role; with none, one who is not."""
    client = Client(raise_request_exception=False)
    if role:
        whom_for = {
            Role.LIAISON: {"unit": UnitFactory},
            Role.GROUP_HEAD: {"group": SpecialGroupFactory},
            Role.LEADER: {"leader": LeaderFactory},
        }
        belongs = {name: factory() for name, factory in whom_for.get(role, {}).items()}
        client.force_login(UserFactory(role=role, **belongs))
    return client


@pytest.mark.once
@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role.value if role else "not signed in")
def test_each_role_opens_exactly_what_its_decisions_say(role, db):
    client = visitor(role)
    wrong = {}
    for address in every_address():
        if not address.takes_no_arguments or address.access is None:
            continue
        response = client.get("/" + address.route)
        if response.status_code == 503 and address.name in MAY_BE_UNAVAILABLE:
            continue
        if not is_as_decided(response, address.access, role):
            wrong[address.name] = (address.audience, response.status_code, response.get("Location", ""))

    assert wrong == {}


def is_as_decided(response, access, role):
    to_sign_in = response.status_code == 302 and response["Location"].startswith("/accounts/login/?next=")
    if access.public or role in access.roles:
        return response.status_code in OPENED and not to_sign_in
    if role is None:
        return to_sign_in or response.status_code == 401
    return response.status_code == 403
