import pytest
import time_machine

from accounts.models import Role
from tests.factories.accounts import UserFactory
from tests.factories.projects import NOW, started


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲")


@pytest.fixture
def liaison(db):
    return UserFactory(name="示例人员乙", liaison=True, unit__name="示例单位 12")


@pytest.fixture
def project(liaison, office):
    return started(unit=liaison.unit, by=office)


@pytest.fixture
def people(office, liaison):
    """One of each role; `stranger` is of another unit."""
    others = {
        role.value: UserFactory(role=role) for role in Role if role not in (Role.OFFICE, Role.LIAISON, Role.GROUP_HEAD)
    }
    return others | {
        "office": office,
        "liaison": liaison,
        "stranger": UserFactory(liaison=True),
        "group_head": UserFactory(group_head=True),
    }


@pytest.fixture(autouse=True)
def _on_the_23rd():
    """Pages take the time from the clock: it stands at 23 November 2026, nine in the morning."""
    with time_machine.travel(NOW, tick=False):
        yield
