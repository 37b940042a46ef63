from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from common import crypto
from complaints.models import Complaint, Draft, DraftPhoto, Photo, Reporter
from tests.complaints.public import walk
from tests.complaints.public.files import plain_png, png_of_declared_size
from tests.complaints.public.walk import (
    CONTACT,
    NEW,
    PHONE,
    PHOTOS,
    PLACE,
    RECEIPT,
    TEXT,
    WHERE,
    code_on,
    draft_id,
    errors,
    file_one,
    say_what,
    say_where,
    send_photos,
    soup,
    submit,
    upload,
    walk_to_contact,
    words,
)  # fmt: skip
from tests.factories.grids import GridFactory, square

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_four_plain_posts_file_a_case(client):
    grid = GridFactory(boundary=square(122.528, 52.969))
    assert client.get(NEW).status_code == 200

    assert say_what(client).url == WHERE
    assert say_where(client, longitude="122.529", latitude="52.97").url == PHOTOS
    assert send_photos(client, upload(), upload("IMG_2.jpg", plain_png("green"))).url == CONTACT
    assert submit(client, name="示例人员甲", may_contact="on", is_confidential="on").url == RECEIPT

    case = Complaint.objects.get()
    assert (case.text, case.place, case.group, case.channel) == (TEXT, PLACE, "cleaning", "web")
    assert (case.longitude, case.latitude, case.grid) == (122.529, 52.97, grid)
    assert (case.state, case.is_confidential, case.filed_by) == ("received", True, None)
    reporter = Reporter.objects.get()
    assert (reporter.phone, reporter.name, reporter.may_contact) == (PHONE, "示例人员甲", True)
    assert [photo.kind for photo in case.photos.all()] == ["before", "before"]
    assert Draft.objects.count() == DraftPhoto.objects.count() == 0


def test_the_receipt_shows_the_code_that_opens_the_case(client):
    code = file_one(client)

    page = client.get(RECEIPT)

    assert Reporter.objects.get().code_digest == crypto.digest("code", crypto.normalized_code(code))
    assert "收到了，请记住查询码" in words(page)
    assert "手机号后四位 1234" in words(page)
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


# --- one question at a time, none skipped


@pytest.mark.parametrize("step", [WHERE, PHOTOS, CONTACT])
def test_nobody_gets_ahead_of_the_first_step(client, step):
    assert client.get(step).url == NEW
    assert client.post(step, {}).url == NEW


def test_a_step_that_was_not_answered_is_asked_first(client):
    say_what(client)
    assert client.get(PHOTOS).url == WHERE
    assert client.post(PHOTOS, {}).url == WHERE
    assert client.get(CONTACT).url == WHERE
    say_where(client)
    assert client.get(CONTACT).url == PHOTOS
    send_photos(client)
    assert client.get(CONTACT).status_code == 200


def test_a_step_that_does_not_exist_leads_to_the_open_one(client):
    assert client.get("/complaints/new/nonsense/").url == NEW
    say_what(client)
    assert client.get("/complaints/new/nonsense/").url == WHERE


def test_going_back_shows_what_was_entered(client):
    grid = GridFactory()
    walk_to_contact(client, upload(), grid=grid.code)

    what = soup(client.get(NEW))
    assert what.select_one("textarea").get_text(strip=True) == TEXT
    assert what.select_one("input[name=group][checked]")["value"] == "cleaning"
    where = soup(client.get(WHERE))
    assert where.select_one("input[name=place]")["value"] == PLACE
    assert where.select_one("option[selected]")["value"] == grid.code
    assert where.select_one("details.where-list").has_attr("open")
    assert len(soup(client.get(PHOTOS)).select("li[data-photo]")) == 1
    assert PLACE in words(client.get(CONTACT)) and "1 张" in words(client.get(CONTACT))


def test_who_comes_from_the_page_of_a_grid_finds_it_chosen(client):
    grid = GridFactory()
    client.get(f"{NEW}?grid={grid.code}")
    say_what(client)

    assert soup(client.get(WHERE)).select_one("option[selected]")["value"] == grid.code


def test_changing_an_earlier_answer_keeps_the_others(client):
    walk_to_contact(client, upload())
    say_what(client, text="换了个说法，还是积雪。")
    submit(client)

    case = Complaint.objects.get()
    assert (case.text, case.place, case.photos.count()) == ("换了个说法，还是积雪。", PLACE, 1)


def test_starting_over_forgets_what_was_entered(client):
    walk_to_contact(client)
    assert "接着上次没填完的" in words(client.get(NEW))
    client.post(NEW, {"restart": "1"})
    assert soup(client.get(NEW)).select_one("textarea").get_text(strip=True) == ""
    assert client.get(WHERE).url == NEW


def test_the_first_post_begins_the_draft_and_it_never_holds_the_phone(client):
    client.get(NEW)
    assert Draft.objects.count() == 0
    walk_to_contact(client)
    submit(client, phone="1380000123")
    draft = Draft.objects.get()
    assert set(draft.answers) == {"group", "text", "longitude", "latitude", "place", "grid", "photos"}
    assert "1380000" not in str(draft.answers) + str(dict(client.session))


def test_a_draft_of_the_day_before_yesterday_is_gone(client):
    walk_to_contact(client)
    Draft.objects.update(created_at=timezone.now() - Draft.KEPT_FOR - timedelta(minutes=1))
    assert client.get(CONTACT).url == NEW


def test_a_draft_of_somebody_else_is_out_of_reach(client):
    walk_to_contact(client)
    stranger = Client()
    answer = submit(stranger, draft=draft_id(client))
    assert answer.url == NEW
    assert Complaint.objects.count() == 0


# --- two tabs, going back


def hidden(response) -> dict:
    """What the page's main form sends by itself."""
    form = soup(response).select_one("main form:not(.note):not([data-remove])")
    return {field["name"]: field["value"] for field in form.select("input[type=hidden][value]")}


def test_two_tabs_opened_blank_are_two_complaints(client):
    one, other = hidden(client.get(NEW)), hidden(client.get(NEW))
    say_what(client, text="第一件：门口积雪。", **one)
    first = hidden(client.get(WHERE))
    say_what(client, text="第二件：路灯不亮。", **other)
    second = hidden(client.get(WHERE))

    say_where(client, place="第一处", **first)
    photos_of_first = hidden(client.get(PHOTOS))
    say_where(client, place="第二处", **second)
    photos_of_second = hidden(client.get(PHOTOS))
    client.post("/complaints/new/photos/add/", {"photo": upload(), **photos_of_first})
    client.post(PHOTOS, photos_of_first)
    contact_of_first = draft_id(client)
    client.post(PHOTOS, photos_of_second)
    contact_of_second = draft_id(client)
    submit(client, draft=contact_of_first)
    submit(client, draft=contact_of_second)

    cases = Complaint.objects.order_by("pk")
    assert [(case.text, case.place, case.photos.count()) for case in cases] == [
        ("第一件：门口积雪。", "第一处", 1),
        ("第二件：路灯不亮。", "第二处", 0),
    ]


def test_a_tab_opened_later_goes_on_with_the_first_or_begins_another(client):
    walk_to_contact(client)
    contact = draft_id(client)
    assert soup(client.get(NEW)).select_one("textarea").get_text(strip=True) == TEXT
    another = client.get(NEW + soup(client.get(NEW)).select_one("form.note a")["href"])
    assert soup(another).select_one("textarea").get_text(strip=True) == ""

    say_what(client, text="另外一件事，路灯不亮。", **hidden(another))
    assert Draft.objects.count() == 2
    submit(client, draft=contact)

    assert Complaint.objects.get().text == TEXT
    assert soup(client.get(NEW)).select_one("textarea").get_text(strip=True) == "另外一件事，路灯不亮。"


def test_the_first_page_sent_again_after_going_back_changes_its_own_draft(client):
    blank = hidden(client.get(NEW))
    say_what(client, **blank)
    say_where(client)
    say_what(client, text="想了想，改个说法。", **blank)

    draft = Draft.objects.get()
    assert (draft.answers["text"], draft.answers["place"]) == ("想了想，改个说法。", PLACE)


def test_starting_over_in_one_tab_leaves_the_other_alone(client):
    one, other = hidden(client.get(NEW)), hidden(client.get(NEW))
    say_what(client, text="第一件：门口积雪。", **one)
    first = hidden(client.get(WHERE))
    say_what(client, text="第二件：路灯不亮。", **other)
    client.post(NEW, {"restart": "1", "begun": hidden(client.get(WHERE))["begun"]})

    assert say_where(client, place="第一处", **first).url == PHOTOS
    assert soup(client.get(NEW)).select_one("textarea").get_text(strip=True) == "第一件：门口积雪。"


def test_a_step_sent_after_its_draft_is_gone_says_so(client):
    say_what(client)
    where = hidden(client.get(WHERE))
    Draft.objects.update(created_at=timezone.now() - Draft.KEPT_FOR - timedelta(minutes=1))

    answer = client.post(WHERE, {"place": PLACE, **where}, follow=True)

    assert answer.redirect_chain == [(NEW, 302)]
    assert "这一页放太久了，前面填的没有留下。" in answer.content.decode()


# --- words


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": ""}, ["说说情况还没写。写几句什么事、在什么地方、多久了。"]),
        ({"text": "   \n  "}, ["说说情况还没写。写几句什么事、在什么地方、多久了。"]),
        ({"text": "有雪"}, ["说说情况至少写 5 个字，现在是 2 个字。"]),
        ({"text": "雪" * 512}, ["说说情况最多 500 个字，现在是 512 个字，请删去 12 个字。"]),
        ({"group": ""}, ["哪一类还没选。说不准就选“其他”。"]),
        ({"group": "nonsense"}, ["没有这一类。请从列出的里面选哪一类。"]),
    ],
)
def test_the_first_step_says_what_is_missing_and_keeps_the_rest(client, changes, said):
    page = say_what(client, **changes)
    assert page.status_code == 422
    assert errors(page) == said
    kept = soup(page)
    if "text" not in changes:
        assert kept.select_one("textarea").get_text(strip=True) == TEXT
    elif changes["text"].strip():
        assert kept.select_one("textarea").get_text(strip=True) == changes["text"].strip()
    link = kept.select_one("#error-summary a")["href"]
    assert kept.select_one(link) is not None


def test_500_characters_fit_whatever_the_browser_sends_for_a_line_end(client):
    text = "\r\n".join(["雪" * 99] * 5)
    assert say_what(client, text=text).status_code == 302
    assert Draft.objects.get().answers["text"] == "\n".join(["雪" * 99] * 5)


@pytest.mark.parametrize(
    "answer",
    [{"place": "示例小区门口"}, {"longitude": "122.529", "latitude": "52.97"}, {"grid": "GRID"}],
)
def test_one_of_point_grid_and_words_is_enough(client, answer):
    grid = GridFactory(boundary=square(122.528, 52.969))
    say_what(client)
    data = {name: grid.code if value == "GRID" else value for name, value in answer.items()}
    assert client.post(WHERE, data).url == PHOTOS


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"place": "  "},
        {"longitude": "122.5"},
        {"longitude": "x", "latitude": "52"},
        {"longitude": "nan", "latitude": "52"},
        {"longitude": "999", "latitude": "52"},
    ],
)
def test_without_any_of_them_the_step_says_so(client, answer):
    say_what(client)
    page = client.post(WHERE, answer)
    assert page.status_code == 422
    assert errors(page) == ["请写一下具体地方，或者在地图上点一下、从列表里选网格，有一样就行。"]


def test_a_point_outside_the_grids_needs_words_and_is_kept(client):
    GridFactory(boundary=square(122.528, 52.969))
    far_away = {"longitude": "116.4", "latitude": "39.9"}
    say_what(client)

    page = say_where(client, place="", **far_away)

    assert page.status_code == 422
    assert errors(page) == ["地图上的位置不在网格里，只凭它找不到地方。请写一下具体地方，或者把位置挪到小区里。"]
    assert soup(page).select_one("input[name=longitude]")["value"] == "116.4"
    assert say_where(client, place="河边栈道", **far_away).url == PHOTOS


def test_a_broken_point_is_no_obstacle_where_words_say_the_place(client):
    say_what(client)
    assert say_where(client, longitude="nan", latitude="52").url == PHOTOS
    assert Draft.objects.get().answers["longitude"] is None


def test_a_grid_is_chosen_from_a_list_by_community_and_kept(client):
    grid = GridFactory()
    GridFactory(ended_on=grid.started_on + timedelta(days=30))
    say_what(client)
    page = soup(client.get(WHERE))
    assert [group["label"] for group in page.select("select[name=grid] optgroup")] == ["阳光社区"]
    assert [o["value"] for o in page.select("select[name=grid] option")] == ["", grid.code]

    say_where(client, place="", grid=grid.code)
    send_photos(client)
    submit(client)

    assert Complaint.objects.get().grid == grid


@pytest.mark.parametrize(
    ("phone", "said"),
    [
        ("", "手机号还没填。办结要告诉您，查进度也要用后四位。"),
        ("1380000123", "手机号应是 11 位，现在是 10 位。"),
        ("138000012345", "手机号应是 11 位，现在是 12 位。"),
        ("1380000123x", "手机号只能有数字，请改成 11 位数字。"),
        ("23800001234", "手机号应以 1 开头，请看看有没有输错。"),
    ],
)
def test_what_is_wrong_with_a_phone_is_said_precisely(client, phone, said):
    walk_to_contact(client, upload())
    page = submit(client, phone=phone, name="示例人员甲", may_contact="on")
    assert (page.status_code, errors(page)) == (422, [said])
    kept = soup(page)
    field = kept.select_one("input[name=phone]")
    assert field.get("value", "") == phone
    assert (field["type"], field["inputmode"], field["autocomplete"]) == ("tel", "numeric", "tel")
    assert field["aria-invalid"] == "true" and field["aria-describedby"] == "id_phone_helptext id_phone_error"
    assert kept.select_one("input[name=name]")["value"] == "示例人员甲"
    assert kept.select_one("input[name=may_contact]").has_attr("checked")
    assert Complaint.objects.count() == 0 and DraftPhoto.objects.count() == 1


@pytest.mark.parametrize(
    "phone", ["138 0000 1234", "+86 13800001234", "8613800001234", "138-0000-1234", "１３８００００１２３４"]
)
def test_a_phone_is_understood_however_it_is_typed(client, phone):
    walk_to_contact(client)
    submit(client, phone=phone)
    assert Reporter.objects.get().phone == PHONE


def test_the_notice_says_purpose_retention_and_contact_before_the_form_is_sent(client, settings):
    settings.CONTACT_RETENTION_DAYS = 90
    settings.FOOTER = settings.FOOTER | {"hotline": "0457-0000000"}
    walk_to_contact(client)
    page = client.get(CONTACT)
    notice = soup(page).select_one("details.note")
    assert notice.has_attr("open")
    for part in ("只用于办理和回访这件事", "90 天后自动删除", "0457-0000000"):
        assert part in notice.get_text()
    assert page.content.decode().index("我们怎么用您的信息") < page.content.decode().index(">提交<")


# --- photos


def test_photos_sent_together_are_kept_clean(client):
    walk_to_contact(client, upload())
    photo = DraftPhoto.objects.get()
    with photo.file.open() as file:
        stored = file.read()
    assert b"Exif" not in stored and b"SECRET" not in stored
    assert photo.file.name.endswith(f"{photo.token}.jpg")


def test_a_bad_photo_is_named_and_the_good_ones_stay(client):
    say_what(client)
    say_where(client)
    page = send_photos(
        client,
        upload("好的.jpg"),
        upload("笔记.txt", b"not a photo"),
        upload("大图.png", png_of_declared_size(30000, 30000)),
    )
    assert page.status_code == 422
    assert errors(page) == [
        "照片“笔记.txt”：这个文件不是能用的照片。请传 JPG、PNG 或 WebP 格式的照片。",
        "照片“大图.png”：这张照片的尺寸太大，处理不了。请用手机拍一张普通大小的照片再传。",
    ]
    assert len(soup(page).select("li[data-photo]")) == 1
    assert send_photos(client).url == CONTACT


def test_the_seventh_photo_is_refused_in_words(client):
    say_what(client)
    say_where(client)
    page = send_photos(client, *[upload(f"{n}.png", plain_png(colour)) for n, colour in enumerate(COLOURS)])
    assert errors(page) == ["照片“6.png”：最多传 6 张照片。要换的话，先移除一张。"]
    assert DraftPhoto.objects.count() == 6
    assert soup(page).select_one("[data-plain-field]").has_attr("hidden")


COLOURS = ("red", "green", "blue", "white", "black", "grey", "pink")


def test_a_photo_past_the_limit_is_refused_with_its_true_size(client, settings):
    settings.PHOTO_MAX_BYTES = 3 * 1024 * 1024
    say_what(client)
    say_where(client)
    page = send_photos(client, upload("大.jpg", walk.phone_photo() + b"\0" * 5 * 1024 * 1024))
    assert errors(page) == ["照片“大.jpg”：照片太大（5 MB，最多 3 MB）。请换一张小些的，或先截图再传。"]


@pytest.mark.parametrize("name", ["../../etc/passwd.jpg", "a\0b.jpg", "。" * 300 + ".jpg", "<script>.jpg", ".jpg", "x"])
def test_the_name_of_a_file_never_matters(client, name):
    walk_to_contact(client, upload(name))
    assert DraftPhoto.objects.get().file.name.startswith("photos/")


def test_the_script_sends_photos_one_by_one(client):
    say_what(client)
    say_where(client)
    answer = client.post("/complaints/new/photos/add/", {"photo": upload()})
    assert answer.status_code == 201
    token = DraftPhoto.objects.get().token
    row = soup_of(answer)
    assert row.select_one("img")["src"] == f"/complaints/photos/{token}/small/"
    assert row.select_one("form")["action"] == f"/complaints/new/photos/{token}/remove/"
    again = client.post("/complaints/new/photos/add/", {"photo": upload()})
    assert (again.status_code, DraftPhoto.objects.count()) == (201, 1)


def soup_of(response):
    from bs4 import BeautifulSoup  # noqa: PLC0415

    return BeautifulSoup(response.content.decode(), "html.parser")


def test_a_row_the_script_gets_is_the_row_a_reload_shows(client):
    say_what(client)
    say_where(client)
    answer = client.post("/complaints/new/photos/add/", {"photo": upload()})
    row, shown = soup_of(answer).li, soup(client.get(PHOTOS)).select_one("li[data-photo]")
    for one in (row, shown):
        one.select_one("[name=csrfmiddlewaretoken]").decompose()
    assert row == shown


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"not a photo", 422, "这个文件不是能用的照片。请传 JPG、PNG 或 WebP 格式的照片。"),
        (b"", 422, "这个文件是空的。请重新拍一张，或换一张再传。"),
    ],
)
def test_the_script_is_told_in_plain_words_what_is_wrong(client, content, status, said):
    say_what(client)
    answer = client.post("/complaints/new/photos/add/", {"photo": upload("x.jpg", content)})
    assert (answer.status_code, answer.content.decode()) == (status, said)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_a_photo_without_a_draft_is_not_kept(client):
    answer = client.post("/complaints/new/photos/add/", {"photo": upload()})
    assert (answer.status_code, answer.content.decode()) == (409, "这一页放太久了。请从第一步重新填。")


def test_photos_still_need_the_form_token():
    strict = Client(enforce_csrf_checks=True)
    say_what(strict)
    assert strict.post("/complaints/new/photos/add/", {"photo": upload()}).status_code == 403
    assert strict.post(PHOTOS, {"photos": [upload()]}).status_code == 403


def test_a_photo_is_removed_with_its_file_and_twice_is_no_error(client, django_capture_on_commit_callbacks):
    walk_to_contact(client, upload())
    photo = DraftPhoto.objects.get()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(f"/complaints/new/photos/{photo.token}/remove/").url == PHOTOS
    assert DraftPhoto.objects.count() == 0
    assert not default_storage.exists(photo.file.name)


def test_nobody_removes_or_sees_the_photo_of_another_draft(client):
    walk_to_contact(client, upload())
    token = DraftPhoto.objects.get().token
    stranger = Client()
    walk_to_contact(stranger)
    stranger.post(f"/complaints/new/photos/{token}/remove/")
    assert DraftPhoto.objects.count() == 1
    assert stranger.get(f"/complaints/photos/{token}/").status_code == 404
    own = client.get(f"/complaints/photos/{token}/")
    assert (own.status_code, own.getvalue()[:3]) == (200, b"\xff\xd8\xff")


# --- sent twice


def test_the_same_form_sent_again_gives_the_same_receipt(client):
    walk_to_contact(client, upload())
    draft = draft_id(client)
    submit(client, draft=draft)
    code = code_on(client.get(RECEIPT))

    again = submit(client, draft=draft, phone="13800009999")

    assert again.url == RECEIPT
    assert (Complaint.objects.count(), Photo.objects.count()) == (1, 1)
    assert code_on(client.get(RECEIPT)) == code
    assert Reporter.objects.get().phone == PHONE


def test_the_old_form_sent_again_during_the_next_complaint_changes_nothing(client):
    walk_to_contact(client)
    draft = draft_id(client)
    submit(client, draft=draft)
    code = code_on(client.get(RECEIPT))
    say_what(client, text="另外一件事，路灯不亮。")

    submit(client, draft=draft)

    assert code_on(client.get(RECEIPT)) == code
    assert Complaint.objects.count() == 1
    assert soup(client.get(NEW)).select_one("textarea").get_text(strip=True) == "另外一件事，路灯不亮。"


def test_two_complaints_in_a_row_are_two(client):
    first, second = file_one(client), file_one(client)
    assert first != second
    assert Complaint.objects.count() == 2


def test_a_form_without_its_draft_files_nothing_and_says_so(client):
    walk_to_contact(client)
    answer = client.post(CONTACT, {"phone": PHONE}, follow=True)
    assert answer.redirect_chain == [(CONTACT, 302)]
    assert "这一页不是最新的" in answer.content.decode()
    assert Complaint.objects.count() == 0


# --- budgets


def test_photos_have_a_budget_too(client, settings):
    settings.INTAKE_PER_CLIENT_HOUR = 0
    say_what(client)
    answer = client.post("/complaints/new/photos/add/", {"photo": upload()})
    assert answer.status_code == 429
    assert "照片传得太多了" in answer.content.decode()


# --- what it costs


# Four of them are savepoints, which stand for BEGIN and COMMIT where no test is around them.
SUBMIT_STATEMENTS = 25


def test_a_submission_takes_the_same_number_of_statements_with_six_photos(client, django_assert_num_queries):
    GridFactory(boundary=square(122.528, 52.969))
    point = {"longitude": "122.529", "latitude": "52.97"}
    walk_to_contact(client, **point)
    submit(client)
    for photos in [["red"], COLOURS[:6]]:
        walk_to_contact(client, *[upload(f"{colour}.png", plain_png(colour)) for colour in photos], **point)
        draft = draft_id(client)
        with django_assert_num_queries(SUBMIT_STATEMENTS):
            submit(client, draft=draft)
    assert [case.photos.count() for case in Complaint.objects.order_by("pk")] == [0, 1, 6]


@pytest.mark.parametrize("page", [NEW, WHERE, PHOTOS, CONTACT, RECEIPT])
def test_no_page_asks_the_database_much(client, django_assert_max_num_queries, page):
    GridFactory.create_batch(30)
    if page == RECEIPT:
        file_one(client, upload())
    else:
        walk_to_contact(client, *[upload(f"{n}.png", plain_png(colour)) for n, colour in enumerate(COLOURS[:6])])
    with django_assert_max_num_queries(6):
        assert client.get(page).status_code == 200


def test_a_phone_or_a_code_reaches_no_log(client, caplog):
    caplog.set_level("DEBUG")
    code = file_one(client, upload())
    submit(client, draft="00000000-0000-0000-0000-000000000000")
    said = caplog.text
    assert PHONE not in said
    assert code not in said and code.replace("-", "") not in said
