"""What commits late, and who counts at the same moment, on the real database with real threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Thread

import pytest
from django.db import connection, transaction

from reports import rollups
from reports.models import Tally, TouchedCase
from tests.factories.complaints import MONDAY, filed
from tests.reports.test_rollups import NOTHING_TO_CORRECT

pytestmark = pytest.mark.django_db(transaction=True)


def filed_cases() -> int:
    return sum(Tally.objects.filter(grain="day").values_list("filed", flat=True))


@pytest.mark.needs_postgres
def test_a_case_that_commits_after_a_later_one_was_counted_is_counted_too():
    """The trap of a watermark on ids: the earlier id becomes visible after the later one was passed."""
    rollups.refresh(at=MONDAY)
    is_written, may_commit = Event(), Event()

    def file_slowly() -> None:
        with transaction.atomic():
            filed()
            is_written.set()
            may_commit.wait(30)
        connection.close()

    slow = Thread(target=file_slowly)
    slow.start()
    is_written.wait(30)
    TouchedCase.objects.create(complaint_id=10_000)
    rollups.refresh(at=MONDAY)
    counted_before = filed_cases()
    may_commit.set()
    slow.join()
    rollups.refresh(at=MONDAY)

    assert (counted_before, filed_cases()) == (0, 1)


def test_of_several_that_count_at_once_each_case_is_counted_once():
    rollups.refresh(at=MONDAY)
    for _ in range(12):
        filed()
    all_are_there = Barrier(4, timeout=60)

    def count(_: int) -> str:
        try:
            all_are_there.wait()
            return rollups.refresh(at=MONDAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        said = list(threads.map(count, range(4)))

    assert "汇总 12 件案件的变动" in said
    assert filed_cases() == 12
    assert rollups.rebuild(at=MONDAY).endswith(NOTHING_TO_CORRECT)
