import pytest

from accounts import actions
from accounts.models import ApiToken, Role
from tests.factories.accounts import UserFactory
from tests.factories.complaints import MONDAY


def authorization(*, kind=ApiToken.Kind.CLIENT, user=None, scopes=(ApiToken.Scope.FILE,), name="掌上漠河"):
    """What a program with a key of this kind sends in its headers."""
    by = UserFactory(role=Role.ADMINISTRATOR)
    issued = actions.issue_token(name=name, kind=kind, user=user, scopes=list(scopes), by=by, at=MONDAY)
    return {"Authorization": f"Token {issued.key}"}


@pytest.fixture
def app(db):
    """The headers of the city app."""
    return authorization()


@pytest.fixture
def office(db):
    return UserFactory()


@pytest.fixture
def as_office(office):
    """The headers of a program that may do what `office` may."""
    return authorization(kind=ApiToken.Kind.STAFF, user=office, scopes=["complaints:read", "complaints:move"])
