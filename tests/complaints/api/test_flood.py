"""The same submission many times at once, as a phone with a bad connection sends it."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from complaints.models import Complaint, Submission
from tests.complaints.api.conftest import authorization
from tests.complaints.api.test_intake import ANSWERS, URL

SENT = int(os.environ.get("TEST_SUBMISSIONS", "50"))
AT_ONCE = 20
pytestmark = pytest.mark.django_db(transaction=True)


def sent_at_once(headers):
    def one(number):
        try:
            answer = Client().post(URL, ANSWERS, content_type="application/json", headers=headers)
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return set(threads.map(one, range(SENT)))


@pytest.mark.parametrize("by_app", [True, False], ids=["an app", "a stranger"])
def test_one_submission_sent_many_times_at_once_is_one_case_with_one_answer(by_app):
    key = authorization() if by_app else {}

    answers = sent_at_once(key | {"Idempotency-Key": "key-0001"})

    assert [status for status, _ in answers] == [201]
    assert (Complaint.objects.count(), Submission.objects.count()) == (1, 1)


def test_as_many_keys_are_as_many_cases():
    """The control: what makes it one case is the key."""
    headers = [authorization() | {"Idempotency-Key": f"key-{number:04}"} for number in range(3)]
    answers = [Client().post(URL, ANSWERS, content_type="application/json", headers=one) for one in headers]

    assert [answer.status_code for answer in answers] == [201] * 3
    assert Complaint.objects.count() == 3
