import pytest
from bs4 import BeautifulSoup

from audit.models import Entry
from volunteers.models import Guide

pytestmark = pytest.mark.usefixtures("monday_ten")
GUIDES = "/workbench/patrols/guides/"
YARD = {"place": "住宅小区", "lines": "单元门口有没有冰\n\n垃圾箱满没满 ", "position": 1}


@pytest.fixture
def desk(office, client):
    client.force_login(office)
    return client


def points(response, selector="main li"):
    return [item.get_text(strip=True) for item in BeautifulSoup(response.content, "html.parser").select(selector)]


def test_the_office_writes_a_check_list_a_line_for_each_point(desk):
    done = desk.post(f"{GUIDES}new/", YARD, follow=True)

    assert points(done) == ["单元门口有没有冰", "垃圾箱满没满"]
    assert list(Entry.objects.values_list("verb", flat=True)) == ["加巡查指引"]


def test_a_patroller_reads_it_on_the_page_of_the_patrol_and_cannot_change_it(client, liaison, grid):
    guide = Guide.objects.create(**YARD)
    client.force_login(liaison)

    assert points(client.get(f"/workbench/patrols/{grid.code}/"), ".patrol-guides li") == guide.points
    assert points(client.get(GUIDES)) == guide.points
    assert client.get(f"{GUIDES}{guide.pk}/edit/").status_code == 403
    assert client.post(f"{GUIDES}{guide.pk}/remove/").status_code == 403


def test_a_second_list_for_the_same_place_is_refused_and_keeps_what_was_typed(desk):
    Guide.objects.create(**YARD)
    answer = desk.post(f"{GUIDES}new/", YARD | {"lines": "另一条"})

    assert answer.status_code == 422
    assert "这一类地方已经有指引了" in answer.content.decode()
    assert "另一条" in answer.content.decode()


def test_nothing_written_is_asked_for(desk):
    answer = desk.post(f"{GUIDES}new/", {"place": "", "lines": "", "position": ""})

    assert answer.status_code == 422
    assert all(words in answer.content.decode() for words in ("哪一类地方还没写", "要看什么还没写", "次序还没填"))


def test_a_list_is_changed_and_removed_and_each_leaves_a_trace(desk):
    guide = Guide.objects.create(**YARD)
    desk.post(f"{GUIDES}{guide.pk}/edit/", YARD | {"lines": "路灯亮不亮"})
    guide.refresh_from_db()

    assert guide.points == ["路灯亮不亮"]
    assert [desk.post(f"{GUIDES}{guide.pk}/remove/").status_code for _ in range(2)] == [302, 302]
    assert not Guide.objects.exists()
    assert list(Entry.objects.order_by("pk").values_list("verb", flat=True)) == ["改巡查指引", "删巡查指引"]
