"""The numbers that the office may change, and whom it counts as following."""

import pytest

from accounts.models import Role
from audit.models import Entry
from complaints import actions
from complaints.models import Tuning
from tests.factories.accounts import UserFactory
from tests.factories.complaints import MONDAY, filed

pytestmark = [pytest.mark.django_db, pytest.mark.once]
URL = "/workbench/complaints/settings/"
GIVEN = {
    "duplicate_metres": "80", "duplicate_hours": "24", "reveals_per_day": "60", "head_after_days": "1",
    "list_after_days": "3",
}  # fmt: skip


def test_the_office_changes_them_and_the_log_keeps_the_difference(open_page, office):
    assert open_page(office, URL, GIVEN).status == 302

    assert Tuning.current() == Tuning(80, 24, 60)
    assert Entry.objects.get(verb="修改投诉平台设置").facts == {
        "before": {"duplicate_metres": 50, "reveals_per_day": 30},
        "after": {"duplicate_metres": 80, "reveals_per_day": 60},
    }
    open_page(office, URL, GIVEN)
    assert Entry.objects.filter(verb="修改投诉平台设置").count() == 1


@pytest.mark.parametrize("typed", ["", "many", "0", "501"])
def test_a_number_out_of_bounds_is_refused_with_its_bounds(open_page, office, typed):
    page = open_page(office, URL, GIVEN | {"reveals_per_day": typed})

    assert page.status == 422
    assert page.select_one("#error-summary li").get_text(strip=True) == (
        "每人每天最多查看几次反映人电话应是 1 到 500 之间的整数。"
    )
    assert Tuning.current() == Tuning()


def test_staff_read_how_many_follow_and_not_who(open_page, office, liaison):
    case = filed().complaint
    phones = ["13900007788", "13900008899"]
    for phone in phones:
        actions.follow(case, contact=actions.Contact(phone), key=phone, at=MONDAY)

    page = open_page(office, case.get_absolute_url())

    assert "另有 2 人关注这件。" in page.select_one("#reporter").get_text()
    assert [phone for phone in phones if phone in str(page) or phone[-4:] in str(page)] == []


def test_a_caller_who_left_no_phone_is_marked_anonymous_and_a_patrol_is_not(open_page, office):
    nobody = filed(contact=actions.Contact(""), channel="hotline").complaint
    patrol = filed(contact=actions.Contact(""), channel="patrol", by=UserFactory(role=Role.OFFICE)).complaint

    def marked(case):
        return "匿名" in [
            tag.get_text() for tag in open_page(office, case.get_absolute_url()).select(".case-head .tag")
        ]

    assert (marked(nobody), marked(patrol), marked(filed().complaint)) == (True, False, False)
