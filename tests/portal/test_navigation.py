import pytest

from accounts.models import Role
from mohe_portal.navigation import BELOW, PAGES, side_list
from tests.architecture.addresses import every_address


def marked(shown, role=Role.OFFICE):
    items = [item for section in side_list(role, shown).sections for item in section.items]
    return [(item.label, item.current) for item in items if item.current]


@pytest.mark.parametrize(
    ("shown", "entry"),
    [
        ("progress:board_year", ("红蓝旗图版", "true")),
        ("progress:marking", ("标旗", "true")),
        ("complaints:case", ("案件队列", "true")),
        ("progress:marking_home", ("标旗", "page")),
        ("meetings:minutes", ("会议", "true")),
        ("meetings:item", ("交办事项", "true")),
    ],
)
def test_a_page_and_the_pages_below_it_mark_its_line_in_the_side_list(shown, entry):
    assert marked(shown) == [entry]


def test_a_page_outside_the_list_marks_nothing():
    assert marked("accounts:profile") == []


@pytest.mark.once
def test_every_page_that_belongs_somewhere_exists():
    listed = {name for _, pages in PAGES for _, name, _ in pages}
    exist = {address.name for address in every_address()}

    assert set(BELOW) <= listed
    assert {name for below in BELOW.values() for name in below} - exist == set()
