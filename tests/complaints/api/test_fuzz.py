"""Requests made up from the OpenAPI document, well-formed and not: no 5xx, and no answer the document does not tell.

TEST_FUZZ_EXAMPLES is how many of them each endpoint gets; the default keeps the suite short.
"""

import os

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import checks

from accounts.models import ApiToken
from mohe_portal.wsgi import application
from tests.complaints.api.conftest import authorization
from tests.factories.accounts import UserFactory
from tests.factories.complaints import CategoryFactory, filed
from tests.factories.grids import GridFactory, square

EXAMPLES = int(os.environ.get("TEST_FUZZ_EXAMPLES", "12"))
HELD = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(3600 if EXAMPLES > 50 else 180), pytest.mark.once]


@pytest.fixture(autouse=True)
def _one_connection():
    """Keep the test's own connection through the requests, as Django's test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def city():
    """Something to be found: a grid on the map, a category, a case with the number that examples are likely to hit."""
    GridFactory(boundary=square(122.528, 52.969))
    CategoryFactory()
    return filed().complaint


def nobody():
    return {}


def app():
    return authorization()


def office():
    scopes = ApiToken.SCOPES[ApiToken.Kind.STAFF]
    return authorization(kind=ApiToken.Kind.STAFF, user=UserFactory(), scopes=scopes)


@pytest.mark.parametrize("sender", [nobody, app, office], ids=lambda sender: sender.__name__)
def test_whatever_is_sent_the_answer_is_one_the_document_tells(city, sender):
    headers = sender()
    document = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application)
    for found in document.get_all_operations():
        operation = found.ok()

        @seed(1)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def holds(case):
            case.headers = {**(case.headers or {}), **headers, "Accept-Encoding": "identity"}
            if "number" in (case.path_parameters or {}) and len(str(case.path_parameters["number"])) % 2:
                case.path_parameters["number"] = city.number
            case.call_and_validate(checks=HELD)

        holds()
