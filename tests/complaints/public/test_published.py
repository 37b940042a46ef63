import pytest

from accounts.models import Role
from audit.models import Entry
from complaints import actions
from complaints.models import Complaint, Photo, PublicVersion
from complaints.models.complaint import Satisfaction
from complaints.workflow import State
from tests.factories.accounts import UserFactory
from tests.factories.complaints import HOUR, MONDAY, PHONE, case_in, clean_photo
from tests.factories.grids import GridFactory, square

LIST = "/complaints/"
WORDS = {"title": "单元门口的冰清了", "text": "单元门口积雪结冰。", "result": "已经清理干净。"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon"), pytest.mark.once]


@pytest.fixture
def office():
    return UserFactory()


@pytest.fixture
def closed():
    """Closed, with a picture of before."""
    return case_in(State.CLOSED, photos=[clean_photo("red")], text=f"3 号楼 2 单元门口结冰，请打 {PHONE}。")


def shown(client):
    return [version.complaint.number for version in client.get(LIST).context["page"].rows]


def test_nothing_is_public_before_the_office_says_so(client, closed):
    photo = closed.photos.get()

    assert shown(client) == []
    assert client.get(f"{LIST}{closed.number}/").status_code == 404
    assert client.get(f"/complaints/photos/{photo.token}/small/").status_code == 404


def test_the_public_reads_what_the_office_wrote_and_sees_the_photos_it_chose(client, closed, office):
    chosen = closed.photos.get()
    client.force_login(office)
    client.post(f"/workbench/complaints/{closed.number}/publish/", WORDS | {"photos": [chosen.pk]})
    client.logout()

    page = client.get(f"{LIST}{closed.number}/").content.decode()
    assert shown(client) == [closed.number]
    assert all(words in page for words in WORDS.values())
    assert PHONE not in page
    assert "3 号楼" not in page
    assert client.get(f"/complaints/photos/{chosen.token}/small/").status_code == 200
    assert WORDS["title"] in client.get("/").content.decode()
    assert Complaint.objects.get().text != WORDS["text"]


def test_a_photo_that_was_not_chosen_stays_hidden(client, closed, office):
    actions.publish(closed, **WORDS, photos=[], by=office, at=MONDAY)

    assert client.get(f"/complaints/photos/{closed.photos.get().token}/small/").status_code == 404


def test_the_proposal_hides_phones_and_houses(client, closed, office):
    client.force_login(office)
    form = client.get(f"/workbench/complaints/{closed.number}/publish/").context["form"]

    assert form.initial["text"] == "某号楼 某单元门口结冰，请打 （电话已隐去）。"


def test_taken_down_it_is_gone_and_its_words_are_kept(client, closed, office):
    actions.publish(closed, **WORDS, photos=list(closed.photos.all()), by=office, at=MONDAY)
    client.force_login(office)
    for _ in range(2):
        client.post(f"/workbench/complaints/{closed.number}/unpublish/")
    client.logout()

    assert shown(client) == []
    assert client.get(f"{LIST}{closed.number}/").status_code == 404
    assert client.get(f"/complaints/photos/{closed.photos.get().token}/").status_code == 404
    assert PublicVersion.objects.get().text == WORDS["text"]
    assert [entry.verb for entry in Entry.objects.filter(verb__contains="公开").order_by("pk")] == [
        "公开案件",
        "撤下公开案件",
    ]


def test_a_case_opened_again_disappears_by_itself(client, closed, office):
    actions.publish(closed, **WORDS, photos=[], by=office, at=MONDAY)
    actions.rate(closed, satisfaction=Satisfaction.DISSATISFIED, is_solved=False, at=MONDAY + 8 * HOUR)

    assert shown(client) == []


@pytest.mark.parametrize("changes", [{"is_confidential": True}, {"state": State.HANDLING}])
def test_a_confidential_or_open_case_is_not_published(client, closed, office, changes):
    Complaint.objects.filter(pk=closed.pk).update(**changes)
    client.force_login(office)

    assert client.post(f"/workbench/complaints/{closed.number}/publish/", WORDS).status_code == 409
    assert not PublicVersion.objects.exists()


def test_what_is_missing_is_said_and_another_cases_photo_is_refused(client, closed, office):
    other = Photo.objects.filter(complaint=case_in(State.CLOSED, photos=[clean_photo("blue")])).get()
    client.force_login(office)
    answer = client.post(f"/workbench/complaints/{closed.number}/publish/", WORDS | {"title": "", "photos": [other.pk]})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["title", "photos"])


def test_only_the_office_publishes(client, closed):
    client.force_login(UserFactory(role=Role.OPERATOR))

    assert client.get(f"/workbench/complaints/{closed.number}/publish/").status_code == 403
    assert "公开到" not in client.get(f"/workbench/complaints/{closed.number}/").content.decode()


def test_the_months_count_what_came_in_and_what_was_closed(client, closed):
    case_in(State.HANDLING)
    case_in(State.RECEIVED, at=MONDAY.replace(month=9))

    told = client.get(LIST).context["months"]
    assert [(str(row.month), row.filed, row.closed) for row in told] == [
        ("2026-11", 2, 1),
        ("2026-10", 0, 0),
        ("2026-09", 1, 0),
    ]


def test_pages_follow_each_other(client, office, monkeypatch):
    monkeypatch.setattr("complaints.views.public_cases.PAGE_SIZE", 1)
    cases = [case_in(State.CLOSED, at=MONDAY - n * 24 * HOUR) for n in range(2)]
    for case in cases:
        actions.publish(case, **WORDS, photos=[], by=office, at=MONDAY)

    second = client.get(LIST + client.get(LIST).context["next_url"]).context["page"].rows
    assert [version.complaint for version in second] == [cases[1]]


@pytest.mark.parametrize("number", ["nonsense", "2026-999999", "%00"])
def test_an_unknown_number_is_not_found(client, number):
    assert client.get(f"{LIST}{number}/").status_code == 404


def test_the_map_counts_published_cases_by_grid_and_tells_no_point(client, office):
    grid = GridFactory(name="示例小区", boundary=square(122.528, 52.969))
    empty = GridFactory(name="空小区", boundary=square(122.54, 52.969))
    here = case_in(State.CLOSED, point=(122.52812, 52.96913))
    nowhere = case_in(State.CLOSED)
    case_in(State.CLOSED, point=(122.52812, 52.96913))  # not published
    for case in (here, nowhere):
        actions.publish(case, **WORDS, photos=[], by=office, at=MONDAY)

    page = client.get(LIST)

    drawn = page.context["map"]
    assert [(area.grid, area.count) for area in drawn.areas if area.count] == [(grid, 1)]
    assert {area.grid for area in drawn.areas} == {grid, empty}
    assert drawn.elsewhere == 1
    assert "122.528" not in page.content.decode() and "52.969" not in page.content.decode()
    assert [version.complaint for version in page.context["page"].rows] == [nowhere, here]
    narrowed = client.get(LIST, {"grid": grid.code})
    assert [version.complaint for version in narrowed.context["page"].rows] == [here]
    assert client.get(LIST, {"grid": "nonsense"}).status_code == 200
