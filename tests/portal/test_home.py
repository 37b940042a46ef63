import re

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from complaints import actions
from complaints.workflow import State
from reports import rollups
from tests.factories.accounts import SpecialGroupFactory, UserFactory
from tests.factories.complaints import case_in, clean_photo
from tests.factories.grids import CommunityFactory, GridFactory, square
from tests.factories.progress import MonthTaskFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_the_home_page_leads_to_filing_and_to_tracking(client):
    page = client.get("/").content.decode()

    assert reverse("complaints:new") in page
    assert reverse("complaints:track") in page


def test_the_home_page_shows_nobodys_words(client):
    case_in(State.CLOSED, text="三号楼张三家门口堆满了纸箱。")

    page = client.get("/").content.decode()

    assert "清扫和积雪" in page
    assert "纸箱" not in page


def test_the_home_page_asks_the_same_number_of_questions_whatever_the_number_of_rows(
    client, django_assert_max_num_queries
):
    for group in SpecialGroupFactory.create_batch(9):
        MonthTaskFactory.create_batch(3, group=group)
    for _ in range(3):
        case_in(State.CLOSED)

    with django_assert_max_num_queries(11):
        client.get("/")


def test_the_home_page_shows_what_was_fixed_what_to_join_and_what_is_new(client, django_assert_max_num_queries):
    office = UserFactory()
    case = case_in(State.CLOSED, photos=[clean_photo()])
    actions.publish(
        case, title="积雪清走了", text="门口积雪。", result="清走了。", photos=list(case.photos.all()),
        by=office, at=case.closed_at,
    )  # fmt: skip
    rollups.refresh(at=case.closed_at)

    with django_assert_max_num_queries(11):
        page = BeautifulSoup(client.get("/").content, "html.parser")

    assert [word.text for word in page.select(".fixed-word")] == ["办理前"]
    headings = [heading.text for heading in page.select("h2")]
    assert headings[1:] == ["最近办好的事", "我的网格", "一起参加", "创城动态"]


def test_elder_mode_is_kept_and_leads_back_to_the_page_but_never_elsewhere(client):
    on = client.post("/elder/", {"next": "/complaints/track/"})
    page = client.get("/").content.decode()
    off = client.post("/elder/", {"next": "https://elsewhere.example/"})

    assert on["Location"] == "/complaints/track/"
    assert re.search(r'<html[^>]*class="[^"]*\belder\b', page)
    assert off["Location"] == "/"


def test_the_outline_draws_every_current_grid_and_is_not_sent_twice(client):
    CommunityFactory(boundary=square(122.5, 52.9, 0.004))
    GridFactory(boundary=square(122.5, 52.9))
    GridFactory(boundary=square(122.502, 52.9))

    first = client.get("/city.svg")
    again = client.get("/city.svg", headers={"If-None-Match": first["ETag"]})

    assert first.content.decode().split('class="g" d="')[1].split('"')[0].count("M") == 2
    assert (again.status_code, again.content) == (304, b"")
