"""A public page that is ready is what the view would say now, and was made for nobody in particular."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import time_machine
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import Client

from accounts.models import Role
from common import revalidation
from common.clock import CITY_TIME
from common.http import ELDER_COOKIE
from common.models import SAMPLE_DATA, Fact
from common.revalidation import Page, Shelf, by_minute, revalidated
from progress.models import MonthTask
from tests.factories.accounts import SpecialGroupFactory, UserFactory
from tests.factories.progress import RedTaskFactory

pytestmark = pytest.mark.django_db
PACKED = {"Accept-Encoding": "gzip"}
BEFORE_MIDNIGHT = datetime(2026, 11, 30, 23, 58, 30, tzinfo=CITY_TIME)


@pytest.fixture
def task():
    return RedTaskFactory(group=SpecialGroupFactory(), content="清运 12 车")


@pytest.fixture
def board(task):
    return f"/board/{task.group.code}/2026/11/"


class Counted:
    """A public view that counts how often it is asked; `does`: something that makes its answer somebody's."""

    def __init__(self, does=lambda request, response: None, clock=revalidation.by_day):
        self.times, self.does = 0, does
        self.answer = revalidated("boards", clock=clock)(self.view)

    def view(self, request):
        self.times += 1
        response = HttpResponse(f"第 {self.times} 次")
        self.does(request, response)
        return response

    __name__ = "counted"


@pytest.fixture
def ask(rf):
    """Ask a view as the middleware would, with these cookies and headers."""

    def ask(view, path="/", cookies=(), **headers):
        request = rf.get(path, headers=headers)
        request.COOKIES.update(dict(cookies))
        request.session = SessionStore()
        request._messages = FallbackStorage(request)
        CSPMiddleware(HttpResponse).process_request(request)
        return view.answer(request)

    return ask


# --- as the view would say it now ---


def test_a_page_that_is_ready_asks_for_nothing_but_the_revisions(client, board, django_assert_num_queries):
    first = client.get(board)
    with django_assert_num_queries(1):
        again = client.get(board)
    with django_assert_num_queries(1):
        unchanged = client.get(board, headers={"If-None-Match": first["ETag"]})

    assert "清运 12 车" in first.content.decode()
    assert (again.content, again["ETag"], again["Cache-Control"]) == (first.content, first["ETag"], "no-cache")
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", first["ETag"])


def by_sql():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE progress_monthtask SET content = '清运 13 车'")


def saved():
    task = MonthTask.objects.get()
    task.content = "清运 13 车"
    task.save()


def one_more():
    task = MonthTask.objects.get()
    task.pk, task.content = None, "清运 13 车"
    MonthTask.objects.bulk_create([task])


CHANGES = {
    "saved": (saved, "清运 13 车"),
    "updated": (lambda: MonthTask.objects.update(content="清运 13 车"), "清运 13 车"),
    "created in bulk": (one_more, "清运 13 车"),
    "deleted": (lambda: MonthTask.objects.all().delete(), "这个月没有任务"),
    "by SQL": (by_sql, "清运 13 车"),
    "a fact of the frame": (lambda: Fact.write(SAMPLE_DATA, True), "内容均为虚构"),
    "a name": (lambda: MonthTask.objects.get().unit.__class__.objects.update(name="改了名的单位"), "改了名的单位"),
}


@pytest.mark.parametrize(("change", "words"), CHANGES.values(), ids=CHANGES)
def test_the_next_request_sees_a_change_by_any_route(client, board, change, words):
    old = client.get(board)
    change()

    new = client.get(board, headers={"If-None-Match": old["ETag"]})

    assert words not in old.content.decode()
    assert (new.status_code, words in new.content.decode()) == (200, True)


def test_a_change_of_something_else_makes_nothing_anew(ask):
    view = Counted()
    ask(view)
    UserFactory()

    assert (ask(view).content.decode(), view.times) == ("第 1 次", 1)


def test_the_clock_that_a_view_names_ends_what_is_ready(ask):
    daily, minutely = Counted(), Counted(clock=by_minute)
    with time_machine.travel(BEFORE_MIDNIGHT, tick=False) as now:
        for later in (0, 20, 30, 91):
            now.move_to(BEFORE_MIDNIGHT + timedelta(seconds=later))
            ask(daily, "/daily/")
            ask(minutely, "/minutely/")

    assert (daily.times, minutely.times) == (2, 3)


def test_the_month_turns_at_midnight_in_the_city(client):
    RedTaskFactory(group=SpecialGroupFactory())
    with time_machine.travel(BEFORE_MIDNIGHT, tick=False) as now:
        november = client.get("/").content.decode()
        now.move_to(BEFORE_MIDNIGHT + timedelta(minutes=2))
        december = client.get("/").content.decode()

    assert ("11 月红蓝旗" in november, "12 月红蓝旗" in december) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_two_processes_agree(monkeypatch):
    """Each with a memory of its own; a change by either, or by a third, is seen by both."""
    task = RedTaskFactory(group=SpecialGroupFactory(), content="清运 12 车")
    board = f"/board/{task.group.code}/2026/11/"
    memories = [Shelf(revalidation.MOST_KEPT_BYTES) for _ in range(2)]

    def asked_of(memory):
        monkeypatch.setattr(revalidation, "ready", memory)
        return Client().get(board)

    def elsewhere(content):
        try:
            MonthTask.objects.update(content=content)
        finally:
            connection.close()

    tags = []
    for content in ("清运 12 车", "清运 13 车", "清运 12 车"):
        with ThreadPoolExecutor(1) as other:
            other.submit(elsewhere, content).result()
        one, another = (asked_of(memory) for memory in memories)
        assert one.content == another.content and content in one.content.decode()
        tags.append(one["ETag"])
    assert tags[0] == tags[2] != tags[1]


# --- made for nobody, shown to nobody's ---


SOMEBODYS = {
    "writes to the session": lambda request, response: request.session.update({"seen": True}),
    "says a message": lambda request, response: messages.info(request, "办好了。"),
    "gives a form's token": lambda request, response: get_token(request),
    "sets a cookie": lambda request, response: response.set_cookie("any", "1"),
    "takes a nonce": lambda request, response: str(request.csp_nonce),
}


@pytest.mark.parametrize("does", SOMEBODYS.values(), ids=SOMEBODYS)
def test_an_answer_that_is_somebodys_is_never_kept(ask, does):
    view = Counted(does)
    answers = [ask(view), ask(view)]

    assert view.times == 2
    assert [(one.get("ETag"), one["Cache-Control"]) for one in answers] == [(None, "private, no-store")] * 2


ASKED_WITH = {
    "a session": {"cookies": {settings.SESSION_COOKIE_NAME: "x"}},
    "a message": {"cookies": {"messages": "x"}},
    "a cookie that is not known": {"cookies": {"screen": "x"}},
    "a token": {"Authorization": "Token x"},
    "htmx": {"HX-Request": "true"},
}


@pytest.mark.parametrize("asked", ASKED_WITH.values(), ids=ASKED_WITH)
def test_whoever_says_anything_of_themselves_is_neither_shown_what_is_ready_nor_shown_to_others(ask, asked):
    view = Counted()
    first = ask(view)

    assert [ask(view, **asked).content.decode() for _ in range(2)] == ["第 2 次", "第 3 次"]
    assert ask(view).content == first.content


def test_cookies_that_say_nothing_of_a_person_change_nothing_but_how_large_the_text_is(ask):
    view = Counted()
    asked = [{}, {settings.CSRF_COOKIE_NAME: "x"}, {ELDER_COOKIE: "0"}, {ELDER_COOKIE: "1"}, {ELDER_COOKIE: "1"}]

    assert [ask(view, cookies=cookies).content.decode()[2] for cookies in asked] == ["1", "1", "1", "2", "2"]


def test_what_staff_see_is_never_shown_to_the_public(client, board):
    office = Client()
    office.force_login(UserFactory(role=Role.OFFICE, name="示例人员甲"))

    asked = [one.get(board) for one in (office, client, office, client)]

    assert ["示例人员甲" in one.content.decode() for one in asked] == [True, False, True, False]
    assert [one["Cache-Control"] for one in asked] == ["private, no-store", "no-cache"] * 2


def test_each_address_is_a_page_of_its_own(client, board):
    names = {path: client.get(path).content.decode() for path in (board, "/board/2026/11/", f"{board}?x=1")}
    again = {path: client.get(path).content.decode() for path in names}

    assert again == names
    assert len({text.replace("?x=1", "") for text in names.values()}) == 2


def test_what_is_no_page_is_not_kept(client, board, task):
    missing = "/board/nothing/2026/11/"
    assert client.get(missing).status_code == 404
    task.group.code = "nothing"
    task.group.save()
    assert client.get(missing).status_code == 200


# --- as it is sent ---


def test_it_is_packed_once_and_read_the_same_plain(client, board):
    plain, packed, again = client.get(board), client.get(board, headers=PACKED), client.get(board, headers=PACKED)

    assert packed["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain
    assert gzip.decompress(packed.content) == plain.content
    assert packed.content == again.content
    assert packed["ETag"] == plain["ETag"]
    assert {"Cookie", "Accept-Encoding"} <= {name.strip() for name in packed["Vary"].split(",")}
    assert packed["Content-Security-Policy"] and "nonce" not in packed["Content-Security-Policy"]


def test_a_head_is_told_of_the_same_page(client, board):
    assert client.head(board)["ETag"] == client.get(board)["ETag"]


def test_what_is_kept_stays_within_bounds_and_what_was_asked_for_last_stays():
    size = revalidation.OF_ITS_KEY + 1000
    shelf = Shelf(most_bytes=3 * size)
    for name in "abc":
        shelf.put(name, 1, Page({}, b"x" * 1000, name))
    shelf.find("a", 1)
    shelf.put("d", 1, Page({}, b"x" * 1000, "d"))
    shelf.put("d", 2, Page({}, b"x" * 1000, "d2"))

    assert [bool(shelf.find(name, 1)) for name in "abc"] == [True, False, True]
    assert (shelf.find("d", 1), shelf.find("d", 2).etag) == (None, "d2")
    assert shelf.bytes == 3 * size

    shelf.put("too large", 1, Page({}, b"x" * 4 * size, ""))
    assert (shelf.bytes, shelf.find("too large", 1)) == (0, None)


def test_many_addresses_at_once_stay_within_bounds():
    shelf = Shelf(most_bytes=50_000)

    def fill(number):
        for turn in range(200):
            key = (number * turn) % 90
            shelf.put(key, turn, Page({}, b"x" * (turn + 1), ""))
            shelf.find(key, turn)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fill, range(8)))
    kept = [page for _, page in shelf._pages.values()]
    assert shelf.bytes == sum(len(page.packed) + revalidation.OF_ITS_KEY for page in kept) <= 50_000
