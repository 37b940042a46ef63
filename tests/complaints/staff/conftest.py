import pytest
from bs4 import BeautifulSoup

from tests.factories.accounts import UserFactory


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲")


@pytest.fixture
def liaison(db):
    return UserFactory(name="示例人员乙", liaison=True, unit__name="示例单位 07")


@pytest.fixture
def stranger(db):
    """A liaison of another unit."""
    return UserFactory(name="示例人员丙", liaison=True, unit__name="示例单位 15")


@pytest.fixture
def open_page(client):
    """Open an address as somebody: the answer, parsed, with its status as `.status`."""

    def visit(user, url, data=None, *, htmx=False):
        client.force_login(user)
        headers = {"HX-Request": "true"} if htmx else {}
        answer = client.get(url, headers=headers) if data is None else client.post(url, data, headers=headers)
        soup = BeautifulSoup(answer.content.decode(), "html.parser")
        soup.status, soup.answer = answer.status_code, answer
        return soup

    return visit
