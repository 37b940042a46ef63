import pytest
from django.test import Client

from accounts.models import Role
from tests.factories.accounts import UserFactory


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲")


@pytest.fixture
def liaison(db):
    return UserFactory(liaison=True, name="示例人员乙")


@pytest.fixture
def administrator(db):
    return UserFactory(role=Role.ADMINISTRATOR, name="示例人员丙")


@pytest.fixture
def signed_in():
    """A client signed in as that person."""

    def sign_in(person):
        client = Client()
        client.force_login(person)
        return client

    return sign_in
