import pytest
import time_machine

from accounts.models import Role
from tests.factories.accounts import LeaderFactory, SpecialGroupFactory, UserFactory
from tests.factories.meetings import NOW, item


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲")


@pytest.fixture
def group(db):
    return SpecialGroupFactory(code="sanitation", name="环境卫生组（示例）")


@pytest.fixture
def head(group):
    return UserFactory(role=Role.GROUP_HEAD, group=group)


@pytest.fixture
def liaison(db):
    return UserFactory(name="示例人员乙", liaison=True, unit__name="示例单位 12")


@pytest.fixture
def leader(db):
    return UserFactory(role=Role.LEADER, leader=LeaderFactory(name="示例领导甲"))


@pytest.fixture
def people(office, group, head, liaison, leader):
    """One of each kind, by a speaking name; `head` leads the group, `other_head` another."""
    return {
        "office": office,
        "head": head,
        "other_head": UserFactory(group_head=True),
        "liaison": liaison,
        "stranger": UserFactory(liaison=True),
        "leader": leader,
        "guidance": UserFactory(role=Role.GUIDANCE),
        "supervision": UserFactory(role=Role.SUPERVISION),
        "operator": UserFactory(role=Role.OPERATOR),
        "administrator": UserFactory(role=Role.ADMINISTRATOR),
        "auditor": UserFactory(role=Role.AUDITOR),
        "security": UserFactory(role=Role.SECURITY),
    }


@pytest.fixture
def assigned(liaison, office):
    return item(unit=liaison.unit, by=office)


@pytest.fixture(autouse=True)
def _on_the_23rd():
    """Pages take the time from the clock: it stands at 23 November 2026, nine in the morning."""
    with time_machine.travel(NOW, tick=False):
        yield
