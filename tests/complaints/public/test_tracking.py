from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role, Unit
from common import crypto
from complaints import actions
from complaints.models import Complaint, Photo, Reporter
from complaints.models.complaint import Satisfaction
from complaints.workflow import State
from tests.complaints.public.walk import CASE, RATE, TRACK, errors, soup, words
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import HOUR, PHONE, CategoryFactory, clean_photo, filed

pytestmark = [pytest.mark.django_db, pytest.mark.once]

TEXT = "单元门口积雪结冰四天了。老人出门容易滑倒。"
NOT_FOUND = "没有找到这件反映。请核对查询码和手机号后四位；后四位记不清，可以先不填。"
WRONG_TAIL = "手机号后四位对不上，请再看一遍。要填当时留的手机号。"


class Life:
    """A case of this morning that the test moves on, with the code of its reporter."""

    def __init__(self, **changes) -> None:
        self.now = timezone.now() - timedelta(hours=8)
        result = filed(at=self.now, photos=[clean_photo("red")], **changes)
        self.case, self.code = result.complaint, result.code
        self.office = UserFactory()
        self.unit = Unit.objects.filter(name="示例单位 07").first() or UnitFactory(name="示例单位 07")
        self.liaison = UserFactory(role=Role.LIAISON, unit=self.unit)

    def to(self, state: State) -> "Life":
        ways = {
            State.ACCEPTED: lambda: actions.accept(
                self.case, category=CategoryFactory(), by=self.office, at=self.tick(), note="内部说明"
            ),
            State.DISPATCHED: lambda: actions.dispatch(
                self.case, to=self.unit, by=self.office, at=self.tick(), note="内部说明"
            ),
            State.HANDLING: lambda: actions.sign(
                self.case, by=self.liaison, at=self.tick(), note="已安排人员和铲雪车。"
            ),
            State.HANDLED: lambda: actions.submit_result(
                self.case, result="已清理干净。", by=self.liaison, at=self.tick(), photos=[clean_photo("green")]
            ),
            State.CLOSED: lambda: actions.pass_verification(
                self.case, by=self.office, at=self.tick(), note="内部说明"
            ),
        }  # fmt: skip
        for reached, way in ways.items():
            way()
            if reached == state:
                break
        return self

    def tick(self):
        self.now += HOUR / 2
        return self.now

    def photo(self, kind: Photo.Kind) -> str:
        return self.case.photos.get(kind=kind).token


def open_case(client: Client, life: Life, tail: str = ""):
    answer = client.post(TRACK, {"code": life.code, "tail": tail})
    assert answer.status_code == 302, errors(answer)
    return client.get(answer.url)


def status_of_photo(client: Client, token: str, way: str = "") -> int:
    answer = client.get(f"/complaints/photos/{token}/{way}")
    answer.getvalue()  # reads a file to its end, which closes it
    return answer.status_code


# --- the code


def test_the_code_opens_the_case_and_stands_in_no_address(client):
    life = Life()
    answer = client.post(TRACK, {"code": crypto.grouped(life.code).lower()})
    assert answer.url == CASE
    page = client.get(CASE)
    assert "收到了，等待受理" in words(page)
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert page["Referrer-Policy"] == "same-origin"
    assert life.code not in str(dict(client.session)) and PHONE not in str(dict(client.session))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "查询码还没填，它在回执上。"),
        ("7K3M-PX92", "查询码是 13 位，现在是 8 位，请再看一遍。"),
        ("CODE+0", "查询码是 13 位，现在是 14 位，请再看一遍。"),
        ("7K3M-PX92-AB好D1", "查询码里没有“好”，只有数字和英文字母，请再看一遍。"),
        ("7K3M-PX92-ABUD1", "查询码里没有“U”，只有数字和英文字母，请再看一遍。"),
        ("LAST", "查询码是 13 位，最后一位对不上，请再看一遍。"),
    ],
)
def test_a_mistyped_code_is_told_from_an_unknown_one(client, typed, said):
    code = Life().code
    wrong = {"CODE+0": code + "0", "LAST": code[:-1] + ("0" if code[-1] != "0" else "1")}.get(typed, typed)
    page = client.post(TRACK, {"code": wrong})
    assert (page.status_code, errors(page)) == (422, [said])
    assert soup(page).select_one("input[name=code]").get("value", "") == wrong


def test_an_unknown_code_and_a_wrong_tail_get_the_same_answer_after_the_same_work(client, django_assert_num_queries):
    life, unknown = Life(), crypto.tracking_code("never filed")
    pages = []
    for code in (unknown, life.code):
        client.post(TRACK, {"code": code, "tail": "9999"})  # its budget's row exists from now on
        with django_assert_num_queries(6):
            pages.append(client.post(TRACK, {"code": code, "tail": "9999"}))
    assert [page.status_code for page in pages] == [422, 422]
    assert [errors(page) for page in pages] == [[NOT_FOUND], [NOT_FOUND]]
    assert len({words(page).replace(life.code, unknown) for page in pages}) == 1


def test_the_page_is_reached_by_the_code_only_and_for_an_hour(client):
    assert client.get(CASE).url == TRACK
    life = Life()
    open_case(client, life)
    session = client.session
    session["followed"] = session["followed"] | {"until": timezone.now().timestamp() - 1}
    session.save()
    assert client.get(CASE).url == TRACK


def test_clearing_the_record_closes_the_case_on_this_computer(client):
    open_case(client, Life())
    assert client.post("/complaints/track/leave/").url == TRACK
    assert client.get(CASE).url == TRACK


# --- what the code shows, and what the tail


def test_the_code_alone_shows_the_state_but_not_what_was_written(client):
    life = Life().to(State.HANDLING)
    page = words(open_case(client, life))
    assert "示例单位 07 正在处理" in page
    assert "输入手机号后四位才能看" in page
    for hidden in (TEXT, life.case.place, life.case.number, PHONE):
        assert hidden not in page
    assert status_of_photo(client, life.photo("before")) == 404


@pytest.mark.parametrize("at_once", [True, False])
def test_the_tail_shows_the_own_text_place_and_photos(client, at_once):
    life = Life()
    page = open_case(client, life, "1234" if at_once else "")
    if not at_once:
        page = client.get(client.post(CASE, {"tail": "１２３４"}).url)
    for part in (TEXT, life.case.place, life.case.number):
        assert part in words(page)
    assert status_of_photo(client, life.photo("before")) == 200


def test_a_wrong_tail_leaves_the_state_visible_and_the_text_hidden(client):
    life = Life().to(State.HANDLING)
    open_case(client, life)
    page = client.post(CASE, {"tail": "9999"})
    assert (page.status_code, errors(page)) == (422, [WRONG_TAIL])
    assert "示例单位 07 正在处理" in words(page)
    assert TEXT not in words(page)
    assert status_of_photo(client, life.photo("before")) == 404


@pytest.mark.parametrize("tail", ["12", "12345", "abcd", "１２３"])
def test_four_digits_are_asked_for(client, tail):
    open_case(client, Life())
    assert errors(client.post(CASE, {"tail": tail})) == ["手机号后四位应是 4 个数字。"]


def test_after_the_contact_was_erased_only_the_state_is_left(client):
    life = Life()
    Reporter.objects.update(phone_encrypted="", phone_digest="", name_encrypted="", erased_at=timezone.now())
    page = words(open_case(client, life))
    assert "联系方式已按规定删除，只能看进度。" in page
    assert errors(client.post(CASE, {"tail": "1234"})) == [WRONG_TAIL]


def test_names_of_staff_and_notes_for_staff_are_never_shown(client):
    life = Life().to(State.CLOSED)
    page = words(open_case(client, life, "1234"))
    for hidden in (life.office.name, life.liaison.name, "内部说明", "定为"):
        assert hidden not in page
    for shown in ("已安排人员和铲雪车。", "已清理干净。"):
        assert shown in page


def test_a_rejection_says_why_and_where_to_turn(client):
    life = Life()
    actions.reject(life.case, reason="不属于受理范围，请拨打 12345。", by=life.office, at=life.tick())
    page = words(open_case(client, life))
    assert "这件没有受理" in page
    assert page.count("不属于受理范围，请拨打 12345。") == 1


# --- brute force


def test_after_five_wrong_tails_even_the_right_one_has_to_wait(client):
    life = Life().to(State.HANDLING)
    open_case(client, life)
    for wrong in range(5):
        assert client.post(CASE, {"tail": f"{wrong:04}"}).status_code == 422
    page = client.post(CASE, {"tail": "1234"})
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 3601
    assert errors(page) == ["手机号后四位试错太多次了。请过一小时再试；只看进度不用填后四位。"]
    assert "示例单位 07 正在处理" in words(page) and TEXT not in words(page)


def test_the_wrong_tails_of_a_case_count_whoever_tries_and_whatever_door_they_use(client):
    life = Life()
    for wrong in range(5):
        tries = {"code": life.code, "tail": f"{wrong:04}"}
        assert Client(REMOTE_ADDR=f"203.0.{wrong}.1").post(TRACK, tries).status_code == 422
    open_case(client, life)
    assert client.post(CASE, {"tail": "1234"}).status_code == 429
    other = Life()
    assert TEXT in words(open_case(Client(), other, "1234"))


def test_tails_of_a_code_that_does_not_exist_run_out_in_the_same_way(client):
    unknown = crypto.tracking_code("never filed")
    statuses = [client.post(TRACK, {"code": unknown, "tail": "9999"}).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


def test_the_right_tail_costs_nothing_however_often_one_looks(client):
    life = Life()
    for _ in range(12):
        assert TEXT in words(open_case(client, life, "1234"))


def test_codes_run_out_for_a_network_and_not_for_its_neighbour():
    client, life = Client(REMOTE_ADDR="203.0.113.7"), Life()
    for n in range(120):
        assert client.post(TRACK, {"code": crypto.tracking_code(f"guess {n}")}).status_code == 422
    page = Client(REMOTE_ADDR="203.0.113.200").post(TRACK, {"code": life.code})
    assert (page.status_code, errors(page)) == (429, ["这里查得太多了。请过一小时再查，急事请打投诉热线。"])
    assert Client(REMOTE_ADDR="203.0.114.7").post(TRACK, {"code": life.code}).status_code == 302


# --- photos


def test_photos_of_the_result_are_open_to_the_code_once_the_case_is_closed(client):
    life = Life().to(State.HANDLED)
    open_case(client, life)
    assert status_of_photo(client, life.photo("after")) == 404
    actions.pass_verification(life.case, by=life.office, at=life.tick())
    assert [status_of_photo(client, life.photo("after"), way) for way in ("", "small/")] == [200, 200]
    assert status_of_photo(client, life.photo("before")) == 404
    shown = [img["alt"] for img in soup(client.get(CASE)).select("figure img")]
    assert shown == ["办理后的照片"]
    client.post(CASE, {"tail": "1234"})
    shown = [img["alt"] for img in soup(client.get(CASE)).select("figure img")]
    assert shown == ["办理前的照片", "办理后的照片"]


def test_nobody_else_sees_a_photo_and_staff_see_those_of_cases_they_may_see(client):
    life = Life().to(State.CLOSED)
    stranger = UserFactory(liaison=True)
    seen = {}
    for name, user in {"nobody": None, "office": life.office, "unit": life.liaison, "other unit": stranger}.items():
        browser = Client()
        if user:
            browser.force_login(user)
        seen[name] = [status_of_photo(browser, life.photo(kind)) for kind in ("before", "after")]
    assert seen == {"nobody": [404, 404], "office": [200, 200], "unit": [200, 200], "other unit": [404, 404]}
    open_case(client, Life(), "1234")
    assert [status_of_photo(client, life.photo(kind)) for kind in ("before", "after")] == [404, 404]


@pytest.mark.parametrize("way", ["", "small/"])
def test_a_photo_is_sent_as_a_picture_and_nothing_else_and_kept_by_no_cache(client, way):
    life = Life()
    open_case(client, life, "1234")
    answer = client.get(f"/complaints/photos/{life.photo('before')}/{way}")
    headers = {name: answer[name] for name in HEADERS}
    assert headers == HEADERS
    assert answer.getvalue().startswith(b"\xff\xd8\xff")


HEADERS = {
    "Content-Type": "image/jpeg",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Disposition": "inline; filename=photo.jpg",
}


@pytest.mark.parametrize("way", ["", "small/"])
def test_a_photo_whose_file_is_gone_is_not_found(client, way):
    life = Life()
    open_case(client, life, "1234")
    photo = life.case.photos.get()
    photo.file.storage.delete(photo.file.name)
    assert status_of_photo(client, photo.token, way) == 404


# --- rating


def rating(**changes):
    return {"satisfaction": "5", "is_solved": "yes"} | changes


def test_a_closed_case_is_rated_once_and_thanks_follow(client):
    life = Life().to(State.CLOSED)
    page = open_case(client, life)
    assert "办完了，请您看看" in words(page)
    assert len(soup(page).select("input[name=satisfaction]")) == 5

    answer = client.post(RATE, rating(comment="很快"), follow=True)

    assert "谢谢您的评价。" in answer.content.decode()
    assert "您评价了“非常满意，解决了”" in words(answer)
    assert soup(answer).select("input[name=satisfaction]") == []
    case = Complaint.objects.get()
    assert (case.satisfaction, case.is_solved) == (Satisfaction.VERY_SATISFIED, True)
    again = client.post(RATE, rating(satisfaction="1", is_solved="no"))
    assert again.url == CASE
    assert Complaint.objects.get().satisfaction == Satisfaction.VERY_SATISFIED


def test_not_solved_opens_the_case_again_and_says_so(client):
    life = Life().to(State.CLOSED)
    assert "选“没有解决”，我们会再办一次" in words(open_case(client, life))
    answer = client.post(RATE, rating(satisfaction="2", is_solved="no"), follow=True)
    assert "谢谢您。这件会再办一次，办完还请您评价。" in answer.content.decode()
    told = words(answer)
    assert "示例单位 07 正在第二次办理" in told
    assert "您说没有解决，示例单位 07 再办一次" in told
    assert client.post(RATE, rating(satisfaction="2", is_solved="no")).url == CASE
    assert Complaint.objects.get().round == 2


def test_an_unfinished_rating_is_kept_and_says_what_is_missing(client):
    open_case(client, Life().to(State.CLOSED))
    page = client.post(RATE, {"satisfaction": "4", "comment": "还行"})
    assert (page.status_code, errors(page)) == (422, ["问题解决了吗？请选一项。"])
    assert soup(page).select_one("input[name=satisfaction][checked]")["value"] == "4"
    assert soup(page).select_one("textarea").get_text(strip=True) == "还行"


def test_rating_needs_the_case_to_be_open_in_this_browser_and_closed(client):
    assert client.post(RATE, rating()).url == TRACK
    life = Life().to(State.HANDLING)
    open_case(client, life)
    assert client.post(RATE, rating()).url == CASE
    assert Complaint.objects.get().state == State.HANDLING


# --- 长辈版


def test_large_text_tells_the_way_in_five_words_and_offers_to_call(client, settings):
    settings.FOOTER = settings.FOOTER | {"hotline": "0457-0000000"}
    client.cookies["elder"] = "1"
    page = soup(open_case(client, Life().to(State.HANDLING)))
    steps = [(step.b.get_text(), step.svg["class"][-1]) for step in page.select("ol.timeline li")]
    assert [title for title, _ in steps] == ["收到", "已受理", "正在处理", "核查", "请您评价"]
    assert [dot for _, dot in steps] == ["dot-done", "dot-done", "dot-now", "dot-next", "dot-next"]
    assert page.find("a", string="打电话问一问")["href"] == "tel:0457-0000000"


def test_without_a_hotline_there_is_no_button_to_call(client):
    client.cookies["elder"] = "1"
    assert soup(open_case(client, Life())).find("a", string="打电话问一问") is None


# --- what it costs


@pytest.mark.parametrize("tail", ["", "1234"])
def test_the_page_of_a_long_case_asks_the_database_no_more_than_that_of_a_short_one(
    client, django_assert_max_num_queries, tail
):
    long = Life().to(State.CLOSED)
    actions.rate(long.case, satisfaction=Satisfaction.NEUTRAL, is_solved=False, at=long.tick())
    actions.submit_result(
        long.case, result="又清理一遍。", by=long.liaison, at=long.tick(), photos=[clean_photo("blue")]
    )
    for life in (Life(), long):
        open_case(client, life, tail)
        with django_assert_max_num_queries(9):
            client.get(CASE)
