from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from common.revisions import read_once
from complaints import actions
from complaints.case_rows import case_for_page
from complaints.known import known
from complaints.models import Complaint, Event
from complaints.workflow import Move, State
from tests.complaints.cast import fields, person
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import HOUR, MONDAY, PHONE, CategoryFactory, case_in, clean_photo, filed, jpeg
from tests.factories.grids import CENTRE, GridAssignmentFactory, GridFactory, square

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon"), pytest.mark.once]
DAY = timedelta(days=1)


def move_url(case, move):
    return reverse("complaints:move", args=[case.number, move])


MARK = "标为保密或匿名"


def offers(soup):
    return [summary.get_text() for summary in soup.select("#moves .card-body > .moves > .move > summary")]


def folded(soup):
    """What lies under 更多操作."""
    return [summary.get_text() for summary in soup.select("#moves .more-moves .move > summary")]


def filled(soup):
    return [button.get_text() for button in soup.select("#moves summary.btn-primary")]


def opened(soup):
    return [move["id"] for move in soup.select("#moves details[open]")]


def timeline(soup):
    return [step.b.get_text() for step in soup.select(".timeline > li")]


# --- what it shows ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "role", "buttons", "more"),
    [
        (State.RECEIVED, Role.OFFICE, ["受理", "不予受理"], ["并案", "督办", MARK]),
        (State.RECEIVED, Role.OPERATOR, ["受理", "不予受理"], ["并案", "催办"]),
        (State.ACCEPTED, Role.OFFICE, ["派遣"], ["并案", "督办", MARK]),
        (State.ACCEPTED, Role.OPERATOR, [], ["并案", "催办"]),
        (State.DISPATCHED, Role.LIAISON, ["签收", "退单"], ["补充进展"]),
        (State.DISPATCHED, Role.OFFICE, [], ["改派", "协办单位", "催办", "督办", MARK]),
        (State.HANDLING, Role.LIAISON, ["提交办理结果", "申请延期", "申请挂账"], ["补充进展"]),
        (State.HANDLING, Role.OFFICE, [], ["改派", "协办单位", "催办", "督办", MARK]),
        (State.HANDLED, Role.LIAISON, [], ["补充进展"]),
        (State.HANDLED, Role.OFFICE, ["核查通过", "返工"], ["协办单位", "催办", "督办", MARK]),
        (State.HANDLED, Role.GUIDANCE, ["核查通过", "返工"], []),
        (State.HANDLING, Role.LEADER, [], []),
        (State.CLOSED, Role.OFFICE, [], [MARK]),
        (State.REJECTED, Role.OPERATOR, [], []),
    ],
)
def test_only_the_moves_of_this_person_now_are_drawn_and_the_likeliest_is_filled(open_page, state, role, buttons, more):
    unit = UnitFactory()
    case = case_in(state, unit=unit)

    soup = open_page(person(role, unit), case.get_absolute_url())

    assert offers(soup) == buttons
    assert folded(soup) == more
    assert filled(soup) == buttons[:1]
    assert [a.get_text() for a in soup.select(".action-bar a")] == buttons[:1]


def test_a_case_of_another_unit_is_not_found(open_page, stranger):
    assert open_page(stranger, case_in(State.HANDLING).get_absolute_url()).status == 404


def test_the_timeline_tells_who_did_what_when_why_and_how_long_it_took(open_page, office):
    lead = GridAssignmentFactory(unit__name="示例单位 07")
    liaison = UserFactory(role=Role.LIAISON, unit=lead.unit, name="示例人员乙")
    case = filed(grid=lead.grid).complaint
    actions.accept(case, category=CategoryFactory(name="积雪结冰"), by=office, at=MONDAY + HOUR)
    actions.dispatch(case, to=lead.unit, by=office, at=MONDAY + HOUR)
    actions.return_to_office(case, reason="不在我单位网格内。", by=liaison, at=MONDAY + 2 * HOUR)

    soup = open_page(office, case.get_absolute_url())

    assert timeline(soup) == ["示例单位 07退单", "派给示例单位 07", "受理，定为“积雪结冰”", "居民网上投诉"]
    newest, dispatched, accepted, _ = soup.select(".timeline > li")
    assert newest.select_one(".t").get_text() == "11-23 11:00　用时 1 小时"
    assert newest.select_one(".q").get_text() == "不在我单位网格内。"
    assert "dot-back" in newest.svg["class"]
    assert dispatched.p.get_text() == (f"依据：{lead.grid}当日主责单位。时限 5 个工作日。示例人员甲（创城办）")
    assert accepted.p.get_text() == "示例人员甲（创城办）"


def test_a_case_of_which_no_reporter_is_known_opens(open_page, office):
    case = filed().complaint
    case.reporters.all().delete()

    assert case.title in open_page(office, case.get_absolute_url()).h1.get_text()


def test_a_late_step_is_marked_as_late(open_page, office, monday_noon):
    case = case_in(State.HANDLING)
    liaison = UserFactory(role=Role.LIAISON, unit=case.unit)
    actions.submit_result(case, result="清理完了。", by=liaison, at=case.due_at + HOUR)

    soup = open_page(office, case.get_absolute_url())

    assert soup.select_one(".timeline li .t .alert-text").get_text() == "超时"
    assert len(soup.select(".timeline .alert-text")) == 1


@pytest.mark.parametrize(
    ("later", "light", "said", "share"),
    [
        (timedelta(), "in_time", "剩 6 天", "1%"),
        (3 * DAY, "in_time", "剩 3 天", "61%"),
        (6 * DAY, "soon", "快到期，剩 23 小时", "91%"),
        (8 * DAY, "late", "超时 1 天", "100%"),
    ],
)
def test_the_clock_says_how_much_is_left(open_page, office, monday_noon, later, light, said, share):
    case = case_in(State.HANDLING)
    monday_noon.shift(later)

    clock = open_page(office, case.get_absolute_url()).select_one(".order-lead")

    assert clock.select_one(".light").get_text() == said
    assert f"light-{light}" in clock.select_one(".light")["class"]
    assert clock.select_one(".cluster .num").get_text() == share
    assert clock.select_one(".bar-on")["width"] == share.rstrip("%")


def test_a_closed_case_says_whether_it_was_in_time(open_page, office):
    clock = open_page(office, case_in(State.CLOSED).get_absolute_url()).select_one(".order-lead")

    assert clock.select_one(".light").get_text() == "按期办结"
    assert clock.select(".bar") == []


def test_photos_before_and_after_lead_to_the_larger_picture(open_page, office, liaison):
    case = case_in(State.HANDLING, unit=liaison.unit, photos=[clean_photo("red")])
    actions.submit_result(case, result="清理完了。", photos=[clean_photo("blue")], by=liaison, at=MONDAY + 3 * HOUR)

    soup = open_page(office, case.get_absolute_url())

    before, after = case.photos.order_by("pk")
    assert [a["href"] for a in soup.select(".photos a")] == [
        reverse("complaints:photo", args=[photo.token]) for photo in (before, after)
    ]
    assert [img["alt"] for img in soup.select(".photos img")] == [
        "反映的照片，11-23 09:00",
        "办理后的照片，11-23 12:00",
    ]


def test_a_case_nearby_of_the_same_group_and_day_may_be_the_same(open_page, office, liaison):
    GridFactory(boundary=square(CENTRE[0] - 0.001, CENTRE[1] - 0.001))
    case = filed(point=CENTRE, at=MONDAY + 2 * HOUR).complaint
    near = filed(point=(CENTRE[0] + 0.0005, CENTRE[1]), at=MONDAY).complaint
    filed(point=(CENTRE[0] + 0.001, CENTRE[1]))  # 67 m away
    filed(point=CENTRE, at=MONDAY - DAY)  # 26 hours apart
    filed(point=CENTRE, group="roads")

    note = open_page(office, case.get_absolute_url()).select_one(".note-warn")

    assert note.get_text(strip=True) == f"可能重复：{near.number}（相距 34 米，3 小时前，待受理）"
    assert note.a["href"] == near.get_absolute_url()


def test_a_unit_is_told_of_no_duplicate_that_is_not_its_own(open_page, liaison):
    case = case_in(State.HANDLING, unit=liaison.unit, point=CENTRE)
    filed(point=CENTRE)

    assert open_page(liaison, case.get_absolute_url()).select(".note-warn") == []


def test_two_returns_leave_only_signing_and_say_why(open_page, liaison, office):
    case = case_in(State.DISPATCHED, unit=liaison.unit)
    for _ in range(2):
        actions.return_to_office(case, reason="不归我单位。", by=liaison, at=MONDAY + 2 * HOUR)
        actions.dispatch(case, to=liaison.unit, by=office, at=MONDAY + 2 * HOUR)

    soup = open_page(liaison, case.get_absolute_url())

    assert offers(soup) == ["签收"]
    assert "已经退过两次" in soup.select_one("#moves").get_text()


def test_the_class_that_fits_the_words_is_chosen_beforehand(open_page, office):
    CategoryFactory(name="暴露垃圾", group="cleaning")
    fitting = CategoryFactory(name="道路积雪、积冰", group="cleaning")
    CategoryFactory(name="积雪结冰标牌", group="roads")
    case = filed(text="单元门口积雪结冰四天了。").complaint

    select = open_page(office, case.get_absolute_url()).select_one("#move-accept select")

    assert [option["value"] for option in select.select("option[selected]")] == [str(fitting.pk)]
    assert select.optgroup["label"] == "居民选的：清扫和积雪"


def test_the_unit_that_answers_for_the_grid_is_chosen_beforehand_with_the_reason(open_page, office):
    lead = GridAssignmentFactory()
    UnitFactory()
    case = case_in(State.ACCEPTED, grid=lead.grid)

    form = open_page(office, case.get_absolute_url()).select_one("#move-dispatch")

    assert [option["value"] for option in form.select("option[selected]")] == [str(lead.unit.pk)]
    assert form.select_one(".hint").get_text() == f"建议：{lead.unit}，{lead.grid}当日主责单位"


# --- making a move ----------------------------------------------------------------------------------------------------


def without_secrets(soup):
    for hidden in soup.select("input[name=csrfmiddlewaretoken]"):
        hidden["value"] = ""
    return soup.select_one("#case").decode()


def test_without_script_a_move_leads_back_to_the_case(client, liaison):
    case = case_in(State.DISPATCHED, unit=liaison.unit)
    client.force_login(liaison)

    answer = client.post(move_url(case, Move.SIGN), fields(Move.SIGN, case), follow=True)

    assert answer.redirect_chain == [(case.get_absolute_url(), 302)]
    assert "已签收。" in answer.content.decode()


@pytest.mark.parametrize(
    ("state", "move"),
    [(State.RECEIVED, Move.REJECT), (State.HANDLED, Move.REWORK), (State.HANDLED, Move.PASS)],
)
def test_what_htmx_swaps_in_equals_a_reload(open_page, office, state, move):
    case = case_in(state)

    swapped = open_page(office, move_url(case, move), fields(move, case), htmx=True)
    reloaded = open_page(office, case.get_absolute_url())

    assert swapped.status == 200
    assert without_secrets(swapped) == without_secrets(reloaded)
    assert swapped.select_one("#flash")["hx-swap-oob"] == "true"
    assert swapped.select("html") == []


def test_a_return_takes_the_unit_back_to_its_queue(open_page, client, liaison):
    case = case_in(State.DISPATCHED, unit=liaison.unit)
    client.force_login(liaison)
    sent = fields(Move.RETURN, case)

    answer = client.post(move_url(case, Move.RETURN), sent, headers={"HX-Request": "true"})

    assert answer["HX-Redirect"] == reverse("complaints:queue")
    assert Complaint.objects.get(pk=case.pk).state == State.ACCEPTED


@pytest.mark.parametrize("htmx", [False, True], ids=["without script", "with htmx"])
@pytest.mark.parametrize(
    ("state", "move", "sent", "said"),
    [
        (State.RECEIVED, Move.ACCEPT, {"note": "写了的话", "is_urgent": "on"}, "请选类别。"),
        (
            State.RECEIVED,
            Move.REJECT,
            {"reason": "不归", "turn_to": "请打 12345。"},
            "不予受理的理由太短，写 5 个字以上，说清楚。",
        ),
        (State.RECEIVED, Move.REJECT, {"reason": "不属于受理范围。"}, "请写居民可以找哪里。"),
        (State.ACCEPTED, Move.DISPATCH, {"unit": "0", "note": "写了的话"}, "没有这个单位，请重新选。"),
        (State.HANDLED, Move.REWORK, {"reason": ""}, "请写返工理由。"),
        (State.HANDLED, Move.PASS, {"note": "长" * 301}, "核查意见（可不填）太长，最多 300 字。"),
    ],
)
def test_a_form_that_is_not_right_stays_open_with_what_was_typed(open_page, office, state, move, sent, said, htmx):
    case = case_in(state)

    soup = open_page(office, move_url(case, move), sent | {"version": case.version}, htmx=htmx)

    assert soup.status == 422
    assert opened(soup) == [f"move-{move}"]
    assert said in [error.get_text(strip=True) for error in soup.select(".field-error")]
    form = soup.select_one(f"#move-{move}")
    for name, typed in sent.items():
        field = form.select_one(f"[name={name}]")
        if field.name == "textarea":
            assert field.get_text().strip() == typed
        elif field.get("type") == "checkbox":
            assert field.has_attr("checked")
    assert Complaint.objects.get(pk=case.pk).version == case.version


def photo(name, content=None):
    return SimpleUploadedFile(name, jpeg("blue") if content is None else content, content_type="image/jpeg")


def test_a_result_is_submitted_with_its_photos(client, liaison):
    case = case_in(State.HANDLING, unit=liaison.unit)
    client.force_login(liaison)
    sent = fields(Move.SUBMIT, case) | {"photos": [photo("1.jpg"), photo("2.jpg")]}

    client.post(move_url(case, Move.SUBMIT), sent)

    case.refresh_from_db()
    assert (case.state, case.result, case.photos.count()) == (State.HANDLED, "已经清理干净。", 2)


def test_a_photo_that_is_refused_is_named_and_the_text_stays(open_page, liaison):
    case = case_in(State.HANDLING, unit=liaison.unit)
    sent = fields(Move.SUBMIT, case) | {"photos": [photo("好的.jpg"), photo("坏的.jpg", b"not a photo")]}

    soup = open_page(liaison, move_url(case, Move.SUBMIT), sent)

    assert soup.status == 422
    assert "第 2 张（坏的.jpg）：这个文件不是能用的照片" in soup.select_one(".field-error").get_text()
    assert soup.select_one("#move-submit textarea").get_text().strip() == "已经清理干净。"
    assert case.photos.count() == 0


def test_more_than_six_photos_are_too_many(open_page, liaison):
    case = case_in(State.HANDLING, unit=liaison.unit)
    sent = fields(Move.SUBMIT, case) | {"photos": [photo(f"{n}.jpg") for n in range(7)]}

    soup = open_page(liaison, move_url(case, Move.SUBMIT), sent)

    assert soup.status == 422
    assert "最多传 6 张照片，现在是 7 张" in soup.select_one(".field-error").get_text()


# --- two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True], ids=["without script", "with htmx"])
def test_the_second_of_two_people_is_told_who_and_what_and_gets_the_words_back(open_page, office, htmx):
    case = case_in(State.HANDLED)
    sent = fields(Move.REWORK, case)
    actions.pass_verification(case, by=UserFactory(name="示例人员丁"), at=MONDAY + 3 * HOUR)

    soup = open_page(office, move_url(case, Move.REWORK), sent, htmx=htmx)

    note = soup.select_one("#refusal.note-alert")
    assert soup.status == 409
    assert note.b.get_text() == (
        "示例人员丁（创城办）刚刚办了“核查通过”，您这一步没有办成。请看过最新情况再办，您写的内容还在。"
    )
    assert note.q.get_text() == "单元门口还有冰。"
    assert soup.select_one(".state").get_text() == "已办结"
    assert timeline(soup)[0] == "核查通过，办结"


def test_where_the_move_is_still_possible_its_form_stays_open_and_can_be_sent_again(open_page, client, office, liaison):
    case = case_in(State.HANDLED, unit=liaison.unit)
    sent = fields(Move.REWORK, case)
    actions.rework(case, reason="没有拍照。", by=UserFactory(name="示例人员丁"), at=MONDAY + 3 * HOUR)
    actions.submit_result(case, result="补拍了。", by=liaison, at=MONDAY + 3 * HOUR)

    soup = open_page(office, move_url(case, Move.REWORK), sent)

    form = soup.select_one("#move-rework")
    assert (soup.status, opened(soup)) == (409, ["move-rework"])
    assert form.textarea.get_text().strip() == "单元门口还有冰。"
    assert form.select_one("[name=version]")["value"] == str(case.version)
    again = {"reason": form.textarea.get_text().strip(), "version": form.select_one("[name=version]")["value"]}
    assert open_page(office, move_url(case, Move.REWORK), again).status == 302


@pytest.mark.parametrize("version", ["", "x", "-1", "4.0", " 4", "9" * 30])
def test_a_form_without_its_version_changes_nothing(open_page, office, version):
    case = case_in(State.HANDLED)

    soup = open_page(office, move_url(case, Move.PASS), {"version": version})

    assert soup.status in {409, 422}
    assert Complaint.objects.get(pk=case.pk).state == State.HANDLED


# --- cost and care ----------------------------------------------------------------------------------------------------


def test_a_case_costs_the_same_however_long_its_story(client, office, liaison):
    def statements(case):
        client.force_login(office)
        client.get(case.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(case.get_absolute_url())
        return len(queries)

    case = case_in(State.HANDLED, unit=liaison.unit, point=CENTRE, photos=[clean_photo()])
    filed(point=CENTRE)
    short = statements(case)
    for n in range(10):
        actions.rework(case, reason="还有冰。", by=office, at=MONDAY + (3 + n) * HOUR)
        actions.submit_result(case, result="清了。", photos=[clean_photo()], by=liaison, at=MONDAY + (3 + n) * HOUR)
        filed(point=CENTRE)

    assert statements(case) == short <= 12


@pytest.mark.parametrize("state", [State.RECEIVED, State.ACCEPTED, State.DISPATCHED, State.HANDLING, State.HANDLED])
@pytest.mark.parametrize("role", [Role.OFFICE, Role.OPERATOR, Role.LIAISON, Role.GUIDANCE, Role.LEADER])
def test_every_role_opens_a_late_case_with_few_statements(client, monday_noon, role, state):
    unit = UnitFactory()
    case = case_in(state, unit=unit, grid=GridAssignmentFactory(unit=unit).grid, point=CENTRE)
    client.force_login(person(role, unit))
    monday_noon.shift(14 * DAY)
    client.get(case.get_absolute_url())

    with CaptureQueriesContext(connection) as queries:
        client.get(case.get_absolute_url())

    assert len(queries) <= 12


def test_a_move_by_htmx_shows_the_case_anew_with_few_statements(client, office):
    case = case_in(State.HANDLED)
    client.force_login(office)
    case_for_page(office, case.number)

    with CaptureQueriesContext(connection) as queries:
        client.post(move_url(case, Move.PASS), fields(Move.PASS, case), headers={"HX-Request": "true"})

    assert len([query for query in queries if "common_change" in query["sql"]]) <= 3


def test_what_came_after_the_memory_was_asked_is_named_all_the_same(office):
    with read_once():
        known()
        case = case_in(State.HANDLING, unit=UnitFactory(name="示例单位 99"), grid=GridFactory())
        read = case_for_page(office, case.number)

    assert (read.unit.name, read.grid, read.category) == ("示例单位 99", case.grid, case.category)


def test_a_legal_hold_is_told_while_it_lasts(open_page, office):
    case = case_in(State.HANDLING)
    told = []
    for decide in (actions.begin_legal_hold, actions.end_legal_hold):
        decide(case, reason="法院调取证据。", by=office, at=MONDAY + 3 * HOUR)
        told.append("法律保全中" in open_page(office, case.get_absolute_url()).select_one("#reporter").get_text())

    assert told == [True, False]


def test_what_people_wrote_is_shown_and_not_run(open_page, office):
    case = case_in(State.HANDLED, text="<script>alert(1)</script>\n第二行", place="<b>x</b>")

    soup = open_page(office, case.get_absolute_url())

    assert [script for script in soup.select("script") if not script.get("src")] == []
    assert "<script>alert(1)</script>" in soup.select_one(".case-text").get_text()


def test_a_number_that_is_in_the_text_is_hidden_if_it_is_the_reporters_own(open_page, office):
    case = filed(text=f"墙上有小广告 13911112222。我的电话 {PHONE}。").complaint

    shown = open_page(office, case.get_absolute_url()).select_one(".case-text").get_text()

    assert shown == "墙上有小广告 13911112222。我的电话 （电话已隐去）。"


def test_every_event_that_stands_in_the_log_stands_on_the_page(open_page, office):
    case = case_in(State.CLOSED)

    assert len(timeline(open_page(office, case.get_absolute_url()))) == Event.objects.filter(complaint=case).count()
