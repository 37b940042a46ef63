"""A leader in a real Chromium: five seconds to see where the city stands, two clicks to why."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from complaints.models import Complaint
from complaints.workflow import State
from reports import rollups
from tests.factories.accounts import LeaderFactory, UserFactory
from tests.factories.complaints import case_in
from tests.factories.grids import GridAssignmentFactory, GridFactory, square
from tests.harness.windows import DESK, PHONE, axe_finds, fits

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def late():
    now = timezone.now()
    grid = GridFactory(boundary=square(122.5, 52.9))
    lead = GridAssignmentFactory(grid=grid)
    case = case_in(State.HANDLING, at=now - timedelta(hours=3), unit=lead.unit, grid=grid)
    warned, due = now - timedelta(hours=2), now - timedelta(hours=1)
    Complaint.objects.filter(pk=case.pk).update(warn_at=warned, due_at=due)
    rollups.rebuild(at=now)
    return case


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_two_clicks_lead_from_the_figure_to_the_case_behind_it(as_user, late, size):
    page = as_user(UserFactory(role=Role.LEADER, leader=LeaderFactory()), size)
    page.goto("/cockpit/")
    figure = page.locator("a.kpi", has_text="在办案件")
    expect(figure).to_contain_text("超时 1")
    assert (axe_finds(page), fits(page)) == ([], True)

    figure.click()
    assert (axe_finds(page), fits(page)) == ([], True)
    page.locator("tfoot a").first.click()

    expect(page.locator("main")).to_contain_text(late.number)


def test_the_table_is_printed_across_with_all_its_columns(as_user, late):
    page = as_user(UserFactory(role=Role.LEADER, leader=LeaderFactory()), DESK)
    page.goto("/cockpit/figures/")
    pdf = page.pdf(prefer_css_page_size=True).decode("latin-1")
    # The width of A4 landscape without its margins.
    page.set_viewport_size({"width": 1046, "height": 700})
    page.emulate_media(media="print")

    widths = {round(float(width) / 72 * 25.4) for width in re.findall(r"/MediaBox\s*\[0 0 ([\d.]+)", pdf)}
    assert widths == {297}
    assert page.evaluate("document.querySelector('.figures-table').scrollWidth") <= 1046
