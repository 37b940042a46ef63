import pytest

from accounts.models import Unit
from audit.models import Entry
from tests.factories.accounts import UnitFactory, UserFactory

pytestmark = pytest.mark.once

UNITS = "/workbench/units/"
FILLED = {"headcount": "35", "contact_name": "示例人员丁", "contact_phone": "13800001234", "is_active": "on"}


@pytest.fixture
def unit(db):
    return UnitFactory(code="X07", name="示例单位 07", contact_name="示例人员丙", contact_phone="13800000007")


def test_a_unit_shows_its_facts_and_the_people_with_an_account(client, unit, liaison):
    UserFactory(name="示例人员丁", liaison=True, unit=unit)
    UserFactory(name="示例人员戊", liaison=True, unit=unit, is_active=False)
    client.force_login(liaison)

    page = client.get(UNITS + "X07/").content.decode()

    for fact in ("示例单位 07", "党政机关", "20", "示例人员丙", "13800000007", "示例人员丁", "单位联络员"):
        assert fact in page
    assert "示例人员戊" not in page
    assert "修改" not in page


def test_units_are_found_by_name_number_and_kind(client, unit, office):
    UnitFactory(code="X21", name="示例单位 21", kind=Unit.Kind.HIGHER_LEVEL)
    client.force_login(office)

    def codes(query):
        return [shown.code for shown in client.get(UNITS + query).context["page"]]

    assert codes("") == ["X07", "X21"]
    assert codes("?q=单位 07") == ["X07"]
    assert codes("?q=x21") == ["X21"]
    assert codes("?kind=higher_level") == ["X21"]
    assert codes("?kind=nonsense") == ["X07", "X21"]
    assert "没有找到这样的单位" in client.get(UNITS + "?q=无").content.decode()


def test_the_office_changes_a_unit_and_the_log_keeps_no_phone(client, unit, office):
    client.force_login(office)

    response = client.post(UNITS + "X07/edit/", FILLED)

    unit.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, UNITS + "X07/")
    assert (unit.headcount, unit.contact_phone) == (35, "13800001234")
    entry = Entry.objects.get()
    assert (entry.verb, entry.target_label) == ("修改单位", "示例单位 07")
    assert entry.facts == {
        "before": {"headcount": 20, "contact_name": "示例人员丙", "contact_phone": None},
        "after": {"headcount": 35, "contact_name": "示例人员丁", "contact_phone": "已更换"},
    }


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("headcount", "", "请填在职人数，没有就填 0。"),
        ("headcount", "三十", "在职人数写整数，如 23。"),
        ("headcount", "-1", "在职人数不能小于 0。"),
        ("contact_phone", "打总机", "联络电话只写数字，可以带区号和短横线，如 0457-2880000。"),
        ("contact_name", "甲" * 41, "联络员最多 40 个字。"),
    ],
)
def test_what_cannot_be_is_said_and_everything_typed_stays(client, unit, office, field, typed, said):
    client.force_login(office)

    response = client.post(UNITS + "X07/edit/", FILLED | {field: typed})

    assert response.status_code == 422
    assert response.context["form"].errors == {field: [said]}
    kept = "13800001234" if field != "contact_phone" else typed
    assert f'value="{kept}"' in response.content.decode()


def test_others_change_no_unit(client, unit, liaison):
    client.force_login(liaison)

    assert client.get(UNITS + "X07/edit/").status_code == 403
    assert client.post(UNITS + "X07/edit/", FILLED).status_code == 403


def test_the_list_takes_the_same_queries_for_one_unit_as_for_thirty(client, unit, office, django_assert_num_queries):
    client.force_login(office)
    client.get(UNITS)
    with django_assert_num_queries(6) as few:
        client.get(UNITS)
    UnitFactory.create_batch(30)
    with django_assert_num_queries(len(few.captured_queries)):
        client.get(UNITS)


def test_programs_get_the_units_without_their_people(client, unit):
    answer = client.get("/api/v1/units/")

    assert answer.json() == [{"code": "X07", "name": "示例单位 07", "kind": "party_government", "is_active": True}]
