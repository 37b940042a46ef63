import datetime
import gzip
import json

import pytest

from accounts.models import Unit
from grids import actions
from grids.models import Community, Landmark
from tests.factories.accounts import UnitFactory
from tests.factories.grids import (
    GridAssignmentFactory,
    GridFactory,
    LeaderAssignmentFactory,
    square,
)

WEST, SOUTH, SIZE = 122.528, 52.969, 0.002
GRIDS = "/api/v1/grids/"
LOCATE = "/api/v1/grids/locate/"


@pytest.fixture
def grid(db):
    return GridFactory(code="232701100002012", name="示例小区", boundary=square(WEST, SOUTH))


@pytest.fixture
def answered(grid):
    """A grid with a lead and a helper, in a community with a leader."""
    GridAssignmentFactory(grid=grid, unit=UnitFactory(name="示例单位 07"))
    GridAssignmentFactory(grid=grid, unit=UnitFactory(name="示例单位 08"), kind="helper")
    LeaderAssignmentFactory(leader__name="示例领导甲", community=grid.community)
    return grid


def properties(response):
    return [feature["properties"] for feature in response.json()["features"]]


def test_the_map_tells_who_answers_for_each_grid(client, answered):
    assert properties(client.get(GRIDS)) == [
        {
            "code": "232701100002012",
            "name": "示例小区",
            "title": "阳光社区 012 网格",
            "community": "阳光社区",
            "lead_unit": "示例单位 07",
            "helpers": ["示例单位 08"],
            "leaders": ["示例领导甲"],
        }
    ]


def test_the_map_is_geojson_with_six_decimals(client, db):
    GridFactory(boundary=square(122.5280001234, SOUTH))
    answer = client.get(GRIDS)
    geometry = answer.json()["features"][0]["geometry"]

    assert answer["Content-Type"] == "application/geo+json"
    assert geometry["coordinates"][0][0] == [122.528, SOUTH]


def test_communities_and_landmarks_come_with_it_or_alone(client, grid):
    Community.objects.filter(pk=grid.community_id).update(boundary=square(WEST, SOUTH))
    Landmark.objects.create(kind="river", name="大林河", shape=square(WEST, SOUTH - 0.01))
    everything = client.get(GRIDS).json()

    assert [f["properties"]["name"] for f in everything["communities"]["features"]] == ["阳光社区"]
    assert client.get(GRIDS, {"layer": "communities"}).json() == everything["communities"]
    assert client.get(GRIDS, {"layer": "landmarks"}).json() == everything["landmarks"]
    assert client.get(GRIDS, {"layer": "grids"}).json()["features"] == everything["features"]
    (river,) = everything["landmarks"]["features"]
    assert river["properties"]["name"] == "大林河"
    assert WEST < river["properties"]["label"][0] < WEST + SIZE


def test_an_unknown_layer_is_refused_in_words(client, db):
    response = client.get(GRIDS, {"layer": "roads"})

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert "landmarks" in response.json()["errors"]["layer"][0]


def test_only_current_grids_with_a_polygon_are_on_the_map(client, grid):
    GridFactory(boundary=None)
    GridFactory(boundary=square(WEST + 0.01, SOUTH), ended_on=datetime.date(2026, 6, 1))

    assert [told["code"] for told in properties(client.get(GRIDS))] == [grid.code]


def test_an_unchanged_map_is_not_sent_again(client, grid):
    etag = client.get(GRIDS)["ETag"]
    again = client.get(GRIDS, headers={"If-None-Match": etag})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)


def test_a_changed_map_is_sent_again(client, grid, office):
    etag = client.get(GRIDS)["ETag"]
    now = datetime.datetime(2026, 11, 23, 9, tzinfo=datetime.UTC)
    actions.assign_lead(grid, unit=UnitFactory(name="示例单位 99"), from_on=now.date(), by=office, at=now)
    again = client.get(GRIDS, headers={"If-None-Match": etag})

    assert again.status_code == 200
    assert again["ETag"] != etag


def test_a_lead_that_begins_tomorrow_is_told_tomorrow(client, grid, time_machine):
    time_machine.move_to("2026-11-23T12:00:00+08:00", tick=False)
    GridAssignmentFactory(grid=grid, unit__name="示例单位 07", started_on=datetime.date(2026, 11, 24))
    today = client.get(GRIDS)
    time_machine.move_to("2026-11-24T00:01:00+08:00", tick=False)
    tomorrow = client.get(GRIDS)

    assert [properties(answer)[0]["lead_unit"] for answer in (today, tomorrow)] == [None, "示例单位 07"]
    assert today["ETag"] != tomorrow["ETag"]


def test_the_map_may_be_kept_by_anybody(client, grid, office):
    client.force_login(office)
    client.get(GRIDS)  # notes in the session that its owner is there, so it sets a cookie
    response = client.get(GRIDS)

    assert response["Cache-Control"] == "public, max-age=60"
    assert response["Vary"] == "Accept-Encoding"
    assert client.get(GRIDS).content == response.content
    client.logout()
    assert client.get(GRIDS).content == response.content


def test_the_map_is_sent_compressed_to_who_can_read_it(client, grid):
    plain = client.get(GRIDS)
    small = client.get(GRIDS, headers={"Accept-Encoding": "br, gzip"})

    assert small["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(small.content)) == plain.json()


def test_the_map_costs_one_query_while_it_is_unchanged(client, answered, django_assert_num_queries):
    client.get(GRIDS)
    with django_assert_num_queries(1):
        client.get(GRIDS)


def test_building_the_map_costs_the_same_for_many_grids(client, answered, django_assert_num_queries):
    def queries():
        with django_assert_num_queries(6, exact=False) as counted:
            client.get(GRIDS)
        return len(counted)

    one = queries()
    for number in range(8):
        more = GridFactory(boundary=square(WEST + 0.01 * number, SOUTH + 0.01))
        GridAssignmentFactory(grid=more)
    assert queries() == one


# --- locating ---


def test_a_point_inside_is_told_with_grid_and_lead(client, answered):
    assert client.get(LOCATE, {"lng": WEST + SIZE / 2, "lat": SOUTH + SIZE / 2}).json() == {
        "place": "inside",
        "grid": {
            "code": "232701100002012",
            "name": "示例小区",
            "title": "阳光社区 012 网格",
            "community": "阳光社区",
            "lead_unit": "示例单位 07",
        },
        "metres": 0.0,
    }


def test_a_grid_without_a_lead_is_told_without_one(client, grid):
    assert client.get(LOCATE, {"lng": WEST + SIZE / 2, "lat": SOUTH + SIZE / 2}).json()["grid"]["lead_unit"] is None


def test_a_point_beside_is_near_with_its_distance(client, grid):
    told = client.get(LOCATE, {"lng": WEST - 0.0002, "lat": SOUTH + SIZE / 2}).json()

    assert (told["place"], told["grid"]["code"]) == ("near", grid.code)
    assert 12 < told["metres"] < 15


def test_a_point_far_off_has_no_grid(client, grid):
    assert client.get(LOCATE, {"lng": 121, "lat": 50}).json() == {"place": "outside", "grid": None, "metres": 0.0}


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({}, {"lng", "lat"}),
        ({"lng": "122.5"}, {"lat"}),
        ({"lng": "abc", "lat": "52"}, {"lng"}),
        ({"lng": "122.5", "lat": "91"}, {"lat"}),
        ({"lng": "nan", "lat": "52"}, {"lng"}),
        ({"lng": "inf", "lat": "52"}, {"lng"}),
    ],
)
def test_a_bad_point_is_a_problem_that_names_the_field(client, db, query, wrong):
    response = client.get(LOCATE, query)

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert (response.json()["code"], set(response.json()["errors"])) == ("invalid", wrong)


@pytest.mark.parametrize("url", [GRIDS, LOCATE])
def test_the_api_only_answers_reads(client, db, url):
    response = client.post(url)

    assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")


def test_locating_costs_the_same_for_many_grids(client, answered, django_assert_num_queries):
    point = {"lng": WEST + SIZE / 2, "lat": SOUTH + SIZE / 2}
    for number in range(5):
        GridFactory(boundary=square(WEST + 0.01 * number, SOUTH + 0.01))
    Unit.objects.count()
    client.get(LOCATE, point)
    with django_assert_num_queries(3):  # the stamp, the units of the grid, its leaders
        client.get(LOCATE, point)
