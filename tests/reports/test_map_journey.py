"""Thousands of cases on the map in a real Chromium: the numbers add up, and closer in single cases open."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from complaints.models import Complaint
from tests.factories.accounts import UserFactory
from tests.factories.grids import CommunityFactory, GridFactory, square
from tests.harness.windows import DESK, PHONE, fits
from tests.reports.many_cases import spread

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
MANY = 3000
WEST, SOUTH, SIZE = 122.52, 52.96, 0.02
# The numbers of all marks; one case is a mark without a number.
NUMBERS = "marks => marks.map(mark => Number(mark.textContent || 1))"

MARK = ".leaflet-marker-pane .case-mark"


def opened(page):
    """The map, on which whatever moves is there at once."""
    page.emulate_media(reduced_motion="reduce")
    page.goto("/workbench/map/")
    at_rest(page)
    return page


def at_rest(page):
    expect(page.locator("#city-map")).to_have_attribute("aria-busy", "false")


@pytest.fixture
def city(transactional_db):
    community = CommunityFactory(boundary=square(WEST - SIZE / 4, SOUTH - SIZE / 4, 1.5 * SIZE))
    GridFactory(community=community, boundary=square(WEST, SOUTH, SIZE))
    return spread((WEST, SOUTH, WEST + SIZE, SOUTH + SIZE), MANY, at=timezone.now())


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_numbers_add_up_and_closer_in_single_cases_open(as_user, city, size):
    page = opened(as_user(UserFactory(), size))
    marks = page.locator(MARK)
    assert (sum(marks.evaluate_all(NUMBERS)), fits(page)) == (MANY, True)

    # From the largest mark to the largest mark, by hand on the phone and by keys at the desk, until some are listed.
    for _ in range(10):
        numbers = marks.evaluate_all(NUMBERS)
        largest = marks.nth(numbers.index(max(numbers)))
        largest.press("Enter") if size == DESK else largest.dispatch_event("click")
        at_rest(page)
        if page.locator(".case-list").count():
            break
    link = page.locator(".case-list a").first
    number = link.text_content()
    link.click()

    expect(page.locator("main")).to_contain_text(number)
    assert number in {case.number for case in city}


def test_where_all_lie_on_one_spot_the_newest_are_listed(as_user, city):
    Complaint.objects.exclude(longitude=None).update(longitude=WEST + SIZE / 2, latitude=SOUTH + SIZE / 2)
    page = opened(as_user(UserFactory(), DESK))
    for _ in range(10):
        is_closest = page.locator(".leaflet-control-zoom-in").get_attribute("aria-disabled") == "true"
        expect(page.locator(MARK)).to_have_text(str(MANY))
        page.locator(MARK).press("Enter")
        at_rest(page)
        if is_closest:
            break

    expect(page.locator(".case-list")).to_contain_text(f"还有 {MANY - 12} 件")
    expect(page.locator(".case-list a").first).to_have_text(city[0].number)
