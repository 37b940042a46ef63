from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from common.budgets import Limit, forget_before, give_back, spend, spend_all
from common.errors import TooMany
from common.models import Budget

NOW = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)
THREE_AN_HOUR = Limit(name="test", most=3, per=timedelta(hours=1), refusal="请过一小时再试。")


def tries_allowed(subject: str, *, of: int, at: datetime = NOW, limit: Limit = THREE_AN_HOUR) -> int:
    allowed = 0
    for _ in range(of):
        try:
            spend(limit, subject, at=at)
            allowed += 1
        except TooMany:
            pass
    return allowed


@pytest.mark.django_db
def test_a_budget_allows_so_many_tries_and_then_says_when_to_come_back():
    assert tries_allowed("someone", of=5) == 3
    with pytest.raises(TooMany) as refused:
        spend(THREE_AN_HOUR, "someone", at=NOW)
    assert refused.value.message == "请过一小时再试。"
    assert refused.value.retry_after == 40 * 60 + 1


@pytest.mark.django_db
def test_another_subject_another_limit_and_the_next_window_have_budgets_of_their_own():
    assert tries_allowed("someone", of=4) == 3
    assert tries_allowed("someone else", of=4) == 3
    assert tries_allowed("someone", of=4, at=NOW + timedelta(minutes=40)) == 3
    other = Limit(name="other", most=1, per=timedelta(hours=1), refusal="")
    assert tries_allowed("someone", of=4, limit=other) == 1


@pytest.mark.django_db
def test_a_try_given_back_is_there_again_and_never_more_than_were_spent():
    assert tries_allowed("someone", of=3) == 3
    give_back(THREE_AN_HOUR, "someone", at=NOW)
    assert tries_allowed("someone", of=3) == 1
    give_back(THREE_AN_HOUR, "nobody", at=NOW)
    assert tries_allowed("nobody", of=5) == 3


@pytest.mark.django_db
def test_of_several_limits_one_that_is_used_up_leaves_the_others_as_they_were():
    own = Limit(name="own", most=1, per=timedelta(hours=1), refusal="您的")
    everybody = Limit(name="all", most=3, per=timedelta(hours=1), refusal="大家的")
    spend_all([(own, "flood"), (everybody, "")], at=NOW)
    for _ in range(5):
        with pytest.raises(TooMany, match="您的"):
            spend_all([(own, "flood"), (everybody, "")], at=NOW)

    assert tries_allowed("", of=5, limit=everybody) == 2


@pytest.mark.django_db
def test_the_subject_is_not_stored_in_clear():
    spend(THREE_AN_HOUR, "203.0.113.7", at=NOW)
    assert "203" not in Budget.objects.get().subject


@pytest.mark.django_db
def test_windows_that_are_over_are_forgotten():
    spend(THREE_AN_HOUR, "someone", at=NOW - timedelta(days=3))
    spend(THREE_AN_HOUR, "someone", at=NOW)
    assert forget_before(NOW - timedelta(days=2)) == 1
    assert Budget.objects.count() == 1


@pytest.mark.django_db
def test_a_try_costs_one_statement_once_the_window_is_open(django_assert_num_queries):
    spend(THREE_AN_HOUR, "someone", at=NOW)
    with django_assert_num_queries(1):
        spend(THREE_AN_HOUR, "someone", at=NOW)


def _in_threads(work, times: int) -> list:
    def and_hang_up(n):
        try:
            return work(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(and_hang_up, range(times)))


@pytest.mark.django_db(transaction=True)
def test_of_forty_tries_at_once_exactly_as_many_pass_as_the_budget_has():
    limit = Limit(name="crowd", most=10, per=timedelta(hours=1), refusal="")

    allowed = _in_threads(lambda n: tries_allowed("someone", of=1, limit=limit), times=40)

    assert sum(allowed) == 10
    assert Budget.objects.get().spent == 10


@pytest.mark.django_db(transaction=True)
def test_counting_by_reading_first_would_let_too_many_pass():
    """The control: the same crowd against a count that reads, then writes."""
    Budget.objects.create(subject="naive", window_starts_at=NOW, spent=9)
    both_have_read = Barrier(2, timeout=30)

    def naive(n: int) -> int:
        row = Budget.objects.get(subject="naive")
        both_have_read.wait()
        if row.spent >= 10:
            return 0
        Budget.objects.filter(pk=row.pk).update(spent=row.spent + 1)
        return 1

    assert sum(_in_threads(naive, times=2)) == 2
    assert Budget.objects.get().spent == 10
