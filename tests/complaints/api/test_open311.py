"""Open311, GeoReport v2: what the standard's clients read and file, and what they never learn."""

from xml.etree import ElementTree

import pytest

from complaints import actions
from complaints.models import Channel, Complaint, ProblemGroup, Reporter
from complaints.workflow import State
from tests.complaints.api.conftest import authorization
from tests.factories.accounts import UserFactory
from tests.factories.complaints import HOUR, MONDAY, PHONE, case_in, filed
from tests.factories.grids import GridFactory, square

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon")]
V2 = "/open311/v2"
SENT = {
    "service_code": "lights",
    "description": "小区门口的路灯三天不亮了。",
    "lat": "52.97",
    "long": "122.529",
    "address_string": "示例小区门口",
    "phone": PHONE,
    "last_name": "张",
    "first_name": "示例",
    "attribute[may_contact]": "yes",
}


@pytest.fixture
def api_key():
    return authorization()["Authorization"].removeprefix("Token ")


@pytest.fixture
def public_case():
    grid = GridFactory(name="示例小区", boundary=square(122.528, 52.969))
    case = case_in(State.CLOSED, at=MONDAY - 6 * HOUR, point=(122.5282, 52.9692))
    assert case.grid == grid
    told = {"title": "积雪清了", "text": "某小区积雪结冰。", "result": "已清理。", "photos": []}
    actions.publish(case, **told, by=UserFactory(), at=MONDAY)
    return case


def texts(answer, path):
    return [one.text for one in ElementTree.fromstring(answer.content).findall(path)]  # noqa: S314 -- our own answer


def test_discovery_leads_to_the_services_in_both_formats(client):
    told = client.get("/open311/discovery.json").json()
    assert told["endpoints"][0]["url"] == "http://testserver/open311/v2"
    assert texts(client.get("/open311/discovery.xml"), "endpoints/endpoint/formats/format") == [
        "application/json",
        "text/xml",
    ]
    codes = [service["service_code"] for service in client.get(f"{V2}/services.json").json()]
    assert codes == list(ProblemGroup.values) == texts(client.get(f"{V2}/services.xml"), "service/service_code")
    definition = client.get(f"{V2}/services/lights.json").json()
    assert [one["code"] for one in definition["attributes"]] == ["may_contact", "confidential"]
    assert texts(client.get(f"{V2}/services/lights.xml"), "attributes/attribute/values/value/key")[:2] == ["yes", "no"]
    assert client.get(f"{V2}/services/nothing.json").status_code == 404


def test_a_report_with_a_key_is_a_case_of_the_app_and_sent_again_it_is_the_same(client, api_key):
    first = client.post(f"{V2}/requests.json", SENT | {"api_key": api_key})
    again = client.post(f"{V2}/requests.xml", SENT, headers={"Authorization": f"Token {api_key}"})

    case, reporter = Complaint.objects.get(), Reporter.objects.get()
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()[0]["service_request_id"] == case.number
    assert texts(again, "request/service_request_id") == [case.number]
    assert (case.channel, case.group, case.text) == (Channel.APP, "lights", SENT["description"])
    assert (case.longitude, case.latitude, case.place) == (122.529, 52.97, "示例小区门口")
    assert (reporter.phone, reporter.name, reporter.may_contact) == (PHONE, "张示例", True)
    assert (
        client.post(f"{V2}/requests.json", SENT | {"api_key": api_key, "description": "井盖也丢了。"}).status_code
        == 201
    )
    assert Complaint.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"service_code": "dragons"}, 400, "service_code：没有这个 service_code，请按 services 里的写。"),
        ({"phone": "138"}, 400, "phone：手机号应是 11 位，现在是 3 位。"),
        ({"lat": "north"}, 400, "lat"),
        ({"api_key": "wrong"}, 403, "密钥无效"),
        ({"api_key": ""}, 403, "要有接口密钥"),
    ],
)
def test_what_is_wrong_is_said_as_the_standard_says_it(client, api_key, changes, status, said):
    sent = SENT | {"api_key": api_key} | changes

    told = client.post(f"{V2}/requests.json", sent)

    assert told.status_code == status
    assert told.json()[0]["code"] == status and told.json()[0]["description"].startswith(said)
    assert texts(client.post(f"{V2}/requests.xml", sent), "error/code") == [str(status)]
    assert Complaint.objects.count() == 0


def test_a_key_in_the_address_or_of_one_of_the_staff_files_nothing(client, api_key):
    assert client.post(f"{V2}/requests.json?api_key={api_key}", SENT).status_code == 400
    staff = authorization(kind="staff", user=UserFactory(), scopes=["complaints:read"])
    assert client.post(f"{V2}/requests.json", SENT, headers=staff).status_code == 403
    assert Complaint.objects.count() == 0


def test_only_published_cases_are_read_in_published_words_and_without_the_point(client, public_case):
    filed()
    hidden = case_in(State.CLOSED, at=MONDAY - 6 * HOUR)

    [told] = client.get(f"{V2}/requests.json").json()

    assert (told["service_request_id"], told["status"], told["description"]) == (
        public_case.number,
        "closed",
        "某小区积雪结冰。",
    )
    assert (told["status_notes"], told["address"].endswith("示例小区")) == ("已清理。", True)
    assert (told["long"], told["lat"]) != (public_case.longitude, public_case.latitude)
    body = client.get(f"{V2}/requests/{public_case.number}.xml").content.decode()
    assert [secret for secret in (public_case.text, public_case.place, PHONE, "122.5282") if secret in body] == []
    assert client.get(f"{V2}/requests/{hidden.number}.json").status_code == 404
    actions.unpublish(public_case, by=UserFactory(), at=MONDAY)
    assert client.get(f"{V2}/requests.json").json() == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("status=open", 0),
        ("status=closed,open", 1),
        ("service_code=lights", 0),
        ("service_code=lights,cleaning", 1),
        ("start_date=2026-11-23T00:00:00+08:00&end_date=2026-11-24T00:00:00%2B08:00", 1),
        ("start_date=2026-11-24T00:00:00Z", 0),
        ("service_request_id=2026-999999", 0),
    ],
)
def test_the_standards_filters_narrow_the_list(client, public_case, asked, found):
    assert len(client.get(f"{V2}/requests.json?{asked}").json()) == found


@pytest.mark.parametrize("asked", ["start_date=yesterday", "end_date=2026-99-99T00:00:00Z"])
def test_a_date_that_cannot_be_read_is_said_so(client, asked):
    assert client.get(f"{V2}/requests.json?{asked}").status_code == 400
