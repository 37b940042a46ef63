"""The office keeps the classes of case: what it changes, who may, and what a change does not touch."""

import pytest

from accounts.models import Role
from audit.models import Entry
from common.clock import Clock
from common.errors import DomainError
from complaints import actions
from complaints.models import Category, Complaint, ProblemGroup
from complaints.workflow import State
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import HOUR, MONDAY, CategoryFactory, case_in, clean_photo, filed, jpeg

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon"), pytest.mark.once]
LIST = "/workbench/categories/"


def sent(category: Category, **changes) -> dict:
    """What the page of this class sends if nothing but `changes` is touched."""
    names = ("kind", "major_code", "major_name", "minor_code", "name", "group", "clock", "limit", "urgent_clock")
    data = {name: getattr(category, name) for name in (*names, "urgent_limit")}
    ticks = {name: "on" for name in ("needs_photo", "is_active") if getattr(category, name)}
    given = data | ticks | {"unit": category.unit_id or "", "seen": category.version} | changes
    return {name: value for name, value in given.items() if value is not None}


def names(soup):
    return [link.get_text() for link in soup.select("td a")]


def test_the_list_is_searched_and_filtered(open_page, office):
    heating = UnitFactory(name="示例供热单位")
    CategoryFactory(name="暖气不热", group=ProblemGroup.UTILITIES, unit=heating)
    CategoryFactory(name="路面积雪")
    CategoryFactory(name="井盖缺失", kind="component", group=ProblemGroup.LIGHTS)
    CategoryFactory(name="旧类别", is_active=False)

    assert names(open_page(office, LIST)) == ["井盖缺失", "暖气不热", "路面积雪"]
    assert names(open_page(office, f"{LIST}?q=供热")) == ["暖气不热"]
    assert names(open_page(office, f"{LIST}?q=市容+积雪")) == ["路面积雪"]
    assert names(open_page(office, f"{LIST}?kind=component")) == ["井盖缺失"]
    assert names(open_page(office, f"{LIST}?unit={heating.code}")) == ["暖气不热"]
    assert names(open_page(office, f"{LIST}?use=off")) == ["旧类别"]


def test_a_change_is_stored_told_and_rewrites_no_deadline(open_page, office):
    category = CategoryFactory(name="路面积雪", limit=5)
    case = case_in(State.ACCEPTED)
    Complaint.objects.filter(pk=case.pk).update(category=category)
    case.refresh_from_db()
    actions.dispatch(case, to=UnitFactory(), by=office, at=MONDAY + 2 * HOUR)
    promised = (case.due_at, case.warn_at, case.limit)

    open_page(office, f"{LIST}{category.pk}/", sent(category, limit=3))

    case.refresh_from_db()
    assert (case.due_at, case.warn_at, case.limit) == promised
    category.refresh_from_db()
    assert (category.limit, category.version) == (3, 1)
    page = open_page(office, f"{LIST}{category.pk}/")
    history = page.select_one("[aria-labelledby=h-changes]").get_text(" ", strip=True)
    assert "修改案件类别 2026-11-23 12:00 示例人员甲（创城办） 时限： 5 个工作日 → 3 个工作日" in history


def test_who_saw_an_older_state_keeps_what_was_typed_and_changes_nothing(open_page, office):
    category = CategoryFactory(name="路面积雪")
    stale = sent(category, name="路面和桥面积雪")
    open_page(office, f"{LIST}{category.pk}/", sent(category, limit=7))

    page = open_page(office, f"{LIST}{category.pk}/", stale)

    assert (page.status, page.select_one("#id_name")["value"]) == (409, "路面和桥面积雪")
    category.refresh_from_db()
    assert (category.name, category.limit) == ("路面积雪", 7)
    # The page now knows the newest state, so that saving once more is a decision.
    assert page.select_one("[name=seen]")["value"] == "1"


def test_a_code_that_is_taken_is_named(open_page, office):
    taken = CategoryFactory(name="路面积雪", minor_code="0301")
    data = sent(taken, minor_code="0301", name="别的", seen=0)

    page = open_page(office, f"{LIST}new/", data)

    assert page.status == 422
    assert "这个编码已经是“市容环境 › 路面积雪”。换一个小类编码。" in page.get_text()
    assert Category.objects.count() == 1


def test_an_empty_table_is_filled_with_the_published_classes_once(open_page, office):
    assert "填入标准类别" in open_page(office, LIST).get_text()

    open_page(office, f"{LIST}standard/", {})
    again = open_page(office, f"{LIST}standard/", {})

    assert (Category.objects.count(), again.status) == (190, 409)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.GUIDANCE, Role.LEADER, Role.ADMINISTRATOR])
def test_only_the_office_keeps_them(open_page, role):
    category = CategoryFactory()
    other = UserFactory(role=role)

    assert [open_page(other, url).status for url in (LIST, f"{LIST}new/", f"{LIST}{category.pk}/")] == [403] * 3


# --- inactive ones, photos --------------------------------------------------------------------------------------------


def test_a_class_out_of_use_is_offered_nowhere_and_taken_nowhere(open_page, office):
    used, unused = CategoryFactory(name="路面积雪"), CategoryFactory(name="旧类别", is_active=False)
    case = filed().complaint
    move = f"{case.get_absolute_url()}accept/"

    offered = [open_page(office, url).get_text() for url in (case.get_absolute_url(), "/workbench/complaints/new/")]
    offered.append(open_page(office, "/workbench/rules/new/").get_text())
    assert [(used.name in text, unused.name in text) for text in offered] == [(True, False)] * 3

    assert open_page(office, move, {"category": unused.pk, "version": 0}).status == 422
    with pytest.raises(DomainError, match="已经停用"):
        actions.accept(case, category=unused, by=office, at=MONDAY)
    assert Complaint.objects.get().state == State.RECEIVED


@pytest.mark.parametrize(
    ("given", "accepted"),
    [
        pytest.param({}, False, id="nothing"),
        pytest.param({"is_urgent": "on"}, True, id="danger does not wait"),
        pytest.param({"note": "来电人没有照片。"}, True, id="somebody says why"),
        pytest.param({"photos": "photo"}, True, id="a photo now"),
    ],
)
def test_a_class_that_needs_a_photo_is_accepted_with_one(open_page, office, given, accepted, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    category = CategoryFactory(name="乱停车", needs_photo=True)
    case = filed().complaint
    data = {"category": category.pk, "version": 0} | given
    if "photos" in given:
        from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

        data["photos"] = SimpleUploadedFile("a.jpg", jpeg())

    page = open_page(office, f"{case.get_absolute_url()}accept/", data)

    case.refresh_from_db()
    assert (case.state == State.ACCEPTED) == accepted
    if not accepted:
        assert page.status == 422
        assert "“乱停车”要有照片" in page.select_one("#move-accept .field-bad").get_text()
    assert case.photos.count() == ("photos" in given)


def test_a_photo_of_the_resident_is_enough(open_page, office, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    category = CategoryFactory(needs_photo=True)
    case = filed(photos=[clean_photo()]).complaint

    page = open_page(office, f"{case.get_absolute_url()}accept/", {"category": category.pk, "version": 0}, htmx=True)

    assert page.status == 200
    assert Complaint.objects.get().state == State.ACCEPTED


def test_a_call_is_not_accepted_as_a_class_that_needs_a_photo_without_one(open_page, office):
    category = CategoryFactory(name="乱停车", needs_photo=True)
    form = open_page(office, "/workbench/complaints/new/")
    call = {
        "key": form.select_one("[name=key]")["value"],
        "group": ProblemGroup.ROADS,
        "text": "消防通道停满了车。",
        "place": "示例小区东门",
        "category": category.pk,
    }

    refused = open_page(office, "/workbench/complaints/new/", call)
    assert (refused.status, Complaint.objects.count()) == (422, 0)
    assert "“乱停车”要有照片。请传一张；没有的，先不选类别，登记后再受理。" in refused.get_text()

    open_page(office, "/workbench/complaints/new/", call | {"category": ""})
    assert Complaint.objects.get().state == State.RECEIVED


def test_two_people_saving_at_once_leave_one_winner(office):
    category = CategoryFactory()
    first, second = Category.objects.get(), Category.objects.get()
    first.limit, second.limit = 3, 9
    actions.edit_category(first, seen=0, by=office, at=MONDAY)

    with pytest.raises(DomainError, match="刚刚有人改过"):
        actions.edit_category(second, seen=0, by=office, at=MONDAY)

    category.refresh_from_db()
    assert (category.limit, category.clock) == (3, Clock.WORK_DAY)
    assert Entry.objects.filter(verb="修改案件类别").count() == 1
