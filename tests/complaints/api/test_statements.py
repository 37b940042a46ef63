"""What a submission costs the database, however many cases are stored."""

import json
from uuid import uuid4

import pytest

from tests.factories.grids import GridFactory, square

MOST_STATEMENTS = 7
# Inside the test's transaction the submission's own is a savepoint: set and released.
OF_THE_TEST = 2

pytestmark = pytest.mark.django_db


def submit(client):
    body = {"text": "单元门口积雪结冰", "longitude": 122.53, "latitude": 52.97, "phone": "13912345678"}
    key = {"Idempotency-Key": str(uuid4())}
    return client.post("/api/v1/complaints/", json.dumps(body), content_type="application/json", headers=key)


def test_a_submission_takes_at_most_seven_statements(client, django_assert_max_num_queries):
    GridFactory(boundary=square(122.52, 52.96, 0.02))
    submit(client)  # the map and the calendar are remembered
    with django_assert_max_num_queries(MOST_STATEMENTS + OF_THE_TEST):
        assert submit(client).status_code == 201
