import re
from uuid import uuid4

import pytest

from accounts.models import Role
from complaints.models import Channel, Complaint
from complaints.workflow import State
from tests.factories.accounts import UserFactory
from tests.factories.complaints import HOUR, MONDAY, PHONE, CategoryFactory, case_in, filed
from tests.factories.grids import CommunityFactory, GridFactory, square

URL = "/workbench/complaints/new/"
WEST, SOUTH = 122.528, 52.969
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon"), pytest.mark.once]


@pytest.fixture
def operator(client):
    person = UserFactory(role=Role.OPERATOR)
    client.force_login(person)
    return person


def call(**changes):
    """What the operator has typed when the caller is through."""
    return {
        "key": str(uuid4()),
        "phone": PHONE,
        "group": "cleaning",
        "text": "单元门口积雪结冰四天了。",
        "place": "示例小区 3 号楼",
    } | changes


def test_a_call_becomes_a_case_and_the_code_is_there_to_be_read_out(client, operator):
    client.post(URL, call(name="示例居民"))
    page = client.get(URL).content.decode()

    case = Complaint.objects.get()
    assert (case.channel, case.filed_by, case.state) == (Channel.HOTLINE, operator, State.RECEIVED)
    assert (case.reporters.get().phone, case.reporters.get().name) == (PHONE, "示例居民")
    assert case.number in page
    assert re.search(r'<b class="code">[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}</b>', page)
    assert PHONE not in page


def test_the_code_goes_when_the_receipt_is_old(client, operator, monday_noon):
    client.post(URL, call())
    monday_noon.shift(1801)

    assert "查询码" not in client.get(URL).content.decode()


def test_with_its_fine_category_the_case_is_accepted_at_once(client, operator):
    category = CategoryFactory()
    client.post(URL, call(category=category.pk, is_urgent="on"))

    case = Complaint.objects.get()
    assert (case.state, case.category, case.is_urgent) == (State.ACCEPTED, category, True)
    assert [event.actor for event in case.events.all()] == [operator, operator]


def test_sent_twice_it_is_one_case(client, operator):
    sent = call(category=CategoryFactory().pk)
    assert [client.post(URL, sent).status_code for _ in range(2)] == [302, 302]

    case = Complaint.objects.get()
    assert case.version == 1


def test_a_caller_may_keep_the_phone_to_themself(client, operator):
    client.post(URL, call(phone=""))

    assert Complaint.objects.get().reporters.get().phone == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phone": "138"}, "phone"),
        ({"text": ""}, "text"),
        ({"group": ""}, "group"),
        ({"place": ""}, "place"),
        ({"grid": "999999999999999"}, "grid"),
        ({"is_urgent": "on"}, "category"),
        ({"key": ""}, "key"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(client, operator, changes, field):
    answer = client.post(URL, call(name="示例居民") | changes)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert "示例居民" in answer.content.decode()
    assert not Complaint.objects.exists()


def test_the_phone_finds_what_it_reported_before(client, operator):
    earlier = filed(at=MONDAY - 48 * HOUR).complaint
    hints = client.post(URL + "hints/", {"phone": "138 0000 1234"}).content.decode()

    assert earlier.number in hints
    assert PHONE not in hints
    assert "这个号码没有反映过" in client.post(URL + "hints/", {"phone": "13800009999"}).content.decode()


def test_an_open_case_of_the_same_group_near_the_point_is_shown_as_perhaps_the_same(client, operator):
    here = filed(point=(WEST, SOUTH), at=MONDAY).complaint
    far = filed(point=(WEST + 0.01, SOUTH), at=MONDAY).complaint
    old = filed(point=(WEST, SOUTH), at=MONDAY - 48 * HOUR).complaint
    other = filed(point=(WEST, SOUTH), at=MONDAY, group="lights").complaint
    done = case_in(State.REJECTED, point=(WEST, SOUTH))

    sent = {"group": "cleaning", "longitude": WEST, "latitude": SOUTH + 0.0002}
    hints = client.post(URL + "hints/", sent).content.decode()

    shown = {case.number: case.number in hints for case in (here, far, old, other, done)}
    assert shown == {case.number: case is here for case in (here, far, old, other, done)}
    assert "相距 22 米" in hints


def test_without_a_point_the_grid_says_what_may_be_the_same(client, operator):
    grid = GridFactory()
    same = filed(grid=grid, at=MONDAY).complaint

    assert same.number in client.post(URL + "hints/", {"group": "cleaning", "grid": grid.code}).content.decode()


def test_grids_are_found_by_words_and_the_chosen_one_stays(client, operator):
    chosen = GridFactory(name="示例小区甲", community=CommunityFactory(code="232701100003", name="月亮社区"))
    found = GridFactory(name="示例小区乙")

    page = client.post(URL + "grids/", {"where": "阳光 乙", "grid": chosen.code}).content.decode()

    assert f'value="{found.code}"' in page
    assert f'value="{chosen.code}" checked' in page
    assert "没有含“无此地”的网格" in client.post(URL + "grids/", {"where": "无此地"}).content.decode()


def test_without_script_one_button_shows_the_same_and_files_nothing(client, operator):
    grid = GridFactory(name="示例小区乙", boundary=square(WEST, SOUTH))
    same = filed(grid=grid, at=MONDAY).complaint

    answer = client.post(URL, call(text="", where="乙", grid=grid.code, look="1"))

    assert answer.status_code == 200
    assert answer.content.decode().count(same.number) >= 2
    assert Complaint.objects.count() == 1


def test_the_partials_are_what_the_page_shows(client, operator):
    filed()
    sent = call(where="示例")
    GridFactory(name="示例小区乙")
    page = client.post(URL, sent | {"look": "1"}).content.decode()

    for part in ("hints", "grids"):
        assert client.post(f"{URL}{part}/", sent).content.decode().strip() in page


@pytest.mark.parametrize("role", [Role.GUIDANCE, Role.LEADER, Role.AUDITOR])
def test_only_the_desk_takes_calls(client, role):
    client.force_login(UserFactory(role=role))

    assert client.get(URL).status_code == 403
    assert client.post(URL + "hints/", {"phone": PHONE}).status_code == 403
