"""Public pages are kept and asked about; nothing of a session is."""

import pytest
from django.urls import reverse

from accounts.models import Role
from complaints.workflow import State
from tests.factories.accounts import SpecialGroupFactory, UserFactory
from tests.factories.complaints import case_in
from tests.factories.grids import GridFactory, square
from tests.factories.progress import RedTaskFactory

pytestmark = pytest.mark.django_db
PAGES = ["/", "/board/2026/11/", "/complaints/", "/news/", "/grids/"]


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_is_sent_again_only_when_it_changed(client, path):
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first["ETag"]})

    assert (first["Cache-Control"], again.status_code, again.content) == ("no-cache", 304, b"")
    assert "Cookie" in first["Vary"] and not first.cookies


def test_a_changed_page_is_sent_whole(client):
    task = RedTaskFactory(group=SpecialGroupFactory())
    path = f"/board/{task.group.code}/2026/11/"
    first = client.get(path)
    RedTaskFactory(group=task.group, content="另一项")

    again = client.get(path, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, "另一项" in again.content.decode()) == (200, True)


@pytest.mark.parametrize("path", PAGES)
def test_what_somebody_with_a_session_sees_is_kept_nowhere(client, path):
    tag = client.get(path)["ETag"]
    client.force_login(UserFactory(role=Role.OFFICE))

    response = client.get(path, headers={"If-None-Match": tag})

    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
    assert "ETag" not in response


def test_a_page_with_a_message_for_its_reader_is_kept_nowhere(client):
    client.cookies["messages"] = "anything"

    assert client.get("/")["Cache-Control"] == "private, no-store"


def test_large_text_is_another_page(client):
    plain = client.get("/")["ETag"]
    client.post("/elder/", {"next": "/"})

    assert client.get("/", headers={"If-None-Match": plain}).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/grids/", "/city.svg"])
def test_public_data_varies_by_no_cookie_but_is_private_where_it_sets_one(client, path):
    GridFactory(boundary=square(122.5, 52.9))

    public = client.get(path)
    client.force_login(UserFactory())
    somebodys = client.get(path)

    assert "Cookie" not in public.get("Vary", "") and "public" in public["Cache-Control"]
    # The first request of a session notes in it that its owner is there.
    assert somebodys.cookies and somebodys["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/api/v1/grids/locate/?lng=122.5&lat=52.9", "/open311/v2/services.json"])
def test_what_is_told_to_programs_varies_by_no_cookie(client, path):
    answer = client.get(path)

    assert (answer.status_code, "Cookie" in answer.get("Vary", "")) == (200, False)


def test_a_case_page_of_staff_is_no_public_page(client):
    client.force_login(UserFactory())

    response = client.get(reverse("complaints:case", args=[case_in(State.RECEIVED).number]))

    assert "ETag" not in response
