from datetime import timedelta

import pytest

from common.keyset import page
from complaints.models import Complaint
from tests.factories.complaints import MONDAY, filed

pytestmark = pytest.mark.django_db
NEWEST = ("-filed_at", "-pk")


@pytest.fixture
def seven():
    # Two of a moment, so that the second key decides.
    return [filed(at=MONDAY + timedelta(hours=n // 2)).complaint for n in range(7)]


def pages(keys, size=3, cases=None):
    cases = Complaint.objects.all() if cases is None else cases
    cursor, found = "", []
    while True:
        here = page(cases, keys, cursor=cursor, size=size)
        found.append(here)
        if not here.next_cursor:
            return found
        cursor = here.next_cursor


def test_the_pages_together_hold_every_row_once_in_order(seven):
    assert [[row.pk for row in here.rows] for here in pages(NEWEST)] == [
        [case.pk for case in reversed(seven)][start : start + 3] for start in (0, 3, 6)
    ]


def test_each_page_knows_which_rows_it_shows(seven):
    assert [(here.first, here.last) for here in pages(NEWEST)] == [(1, 3), (4, 6), (7, 7)]


def test_going_back_shows_the_page_one_came_from(seven):
    first, second, third = pages(NEWEST)
    back = page(Complaint.objects.all(), NEWEST, cursor=third.previous_cursor, size=3)
    start = page(Complaint.objects.all(), NEWEST, cursor=back.previous_cursor, size=3)

    assert (back.rows, back.first) == (second.rows, 4)
    assert (start.rows, start.first, start.previous_cursor) == (first.rows, 1, "")
    assert page(Complaint.objects.all(), NEWEST, cursor=start.next_cursor, size=3).rows == second.rows


def test_a_row_that_leaves_shifts_nothing(seven):
    first, second, _ = pages(NEWEST)
    Complaint.objects.filter(pk=first.rows[0].pk).update(filed_at=MONDAY - timedelta(days=9))

    assert page(Complaint.objects.all(), NEWEST, cursor=first.next_cursor, size=3).rows == second.rows


def test_a_page_by_urgency_goes_on_past_cases_without_a_deadline(seven):
    Complaint.objects.filter(pk__in=[seven[0].pk, seven[3].pk]).update(due_at=None, warn_at=None)
    cases = Complaint.objects.with_urgency()

    found = [row.pk for here in pages(cases.URGENCY, size=2, cases=cases) for row in here.rows]

    assert found == list(Complaint.objects.most_urgent_first().values_list("pk", flat=True))
    assert found[-2:] == [seven[0].pk, seven[3].pk]


@pytest.mark.parametrize("cursor", ["x", "W10", "WzAsMSwiMjAyNiJd", "bnVsbA", "é", "WzAsMSwxLDJd"])
def test_a_cursor_nobody_wrote_shows_the_first_page(seven, cursor):
    assert page(Complaint.objects.all(), NEWEST, cursor=cursor, size=3).rows == list(reversed(seven))[:3]
