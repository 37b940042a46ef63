import pytest

from accounts.models import Role
from audit.models import Entry
from tests.factories.accounts import PASSWORD, UserFactory


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲", username="jia", password=PASSWORD)


@pytest.fixture
def liaison(db):
    return UserFactory(name="示例人员乙", username="yi", liaison=True, password=PASSWORD)


@pytest.fixture
def administrator(db):
    return UserFactory(name="示例人员丙", username="bing", role=Role.ADMINISTRATOR, password=PASSWORD)


@pytest.fixture
def audited():
    """The verbs in the log, oldest first."""

    return lambda: list(Entry.objects.order_by("pk").values_list("verb", flat=True))
