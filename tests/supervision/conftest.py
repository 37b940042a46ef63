import pytest
import time_machine

from accounts.models import Role
from tests.factories.accounts import LeaderFactory, UserFactory
from tests.factories.supervision import NOW


@pytest.fixture
def guidance(db):
    return UserFactory(name="示例人员戊", role=Role.GUIDANCE)


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲")


@pytest.fixture
def liaison(db):
    return UserFactory(name="示例人员乙", liaison=True, unit__name="示例单位 12")


@pytest.fixture
def supervisor(db):
    return UserFactory(name="示例人员辛", role=Role.SUPERVISION)


@pytest.fixture
def people(guidance, office, liaison, supervisor):
    """One of each kind, by a speaking name; `guidance` writes, `liaison` is of the unit that it is about."""
    return {
        "guidance": guidance,
        "colleague": UserFactory(role=Role.GUIDANCE),
        "office": office,
        "other office": UserFactory(),
        "liaison": liaison,
        "stranger": UserFactory(liaison=True),
        "leader": UserFactory(role=Role.LEADER, leader=LeaderFactory()),
        "head": UserFactory(group_head=True),
        "supervision": supervisor,
        "operator": UserFactory(role=Role.OPERATOR),
        "administrator": UserFactory(role=Role.ADMINISTRATOR),
        "auditor": UserFactory(role=Role.AUDITOR),
        "security": UserFactory(role=Role.SECURITY),
    }


@pytest.fixture(autouse=True)
def _on_the_24th(request):
    """Pages take the time from the clock: it stands at 24 November 2026, ten in the morning."""
    if request.node.get_closest_marker("journey"):
        yield
        return
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def opened_by(client, people):
    """Who gets a page at this address, by name; everybody else is refused with 403 or 404."""

    def ask(url):
        answers = {}
        for name, person in people.items():
            client.force_login(person)
            answer = client.get(url)
            if answer.streaming:
                b"".join(answer.streaming_content)  # read to the end, the file is closed
            answers[name] = answer.status_code
        assert set(answers.values()) <= {200, 403, 404}
        return {name for name, status in answers.items() if status == 200}

    return ask
