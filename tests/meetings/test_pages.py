import datetime

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.models import Complaint
from complaints.workflow import State
from meetings import actions
from meetings.models import ActionItem, Meeting
from tests.factories.accounts import SpecialGroupFactory, UnitFactory
from tests.factories.complaints import case_in
from tests.factories.meetings import NOW, MeetingFactory, item
from tests.factories.progress import BlueTaskFactory, RedTaskFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LONG_AGO = datetime.datetime(2026, 9, 7, 9, tzinfo=datetime.UTC)
NEW = {"group": "", "day": "2026-11-26", "time": "09:00", "place": "", "agenda": ""}


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def errors(response):
    return [error.text.strip() for error in soup(response).select(".field-error")]


def pack_of(client, meeting, person):
    client.force_login(person)
    return client.get(f"/workbench/meetings/{meeting.pk}/pack/")


def test_the_pack_of_the_leading_group_is_built_from_the_data_of_all_groups(client, office, group):
    RedTaskFactory(group=group)
    blue = BlueTaskFactory(group=group)
    elsewhere = BlueTaskFactory()
    last_month = BlueTaskFactory(group=group, month=10, content="上个月没完成的任务")
    case, waiting = case_in(State.HANDLING, at=LONG_AGO), item(content="修好院内路灯")
    page = pack_of(client, MeetingFactory(), office).content.decode()

    for told in (blue.content, blue.reason, blue.plan, elsewhere.content, case.number, waiting.content, "1／2"):
        assert told in page
    assert last_month.content not in page


def test_the_pack_of_a_special_group_tells_of_that_group_alone(client, head, group):
    meeting = MeetingFactory(group=group)
    own_task, other_task = BlueTaskFactory(group=group), BlueTaskFactory()
    own_case = case_in(State.HANDLING, unit=own_task.unit, at=LONG_AGO)
    other_case = case_in(State.HANDLING, unit=other_task.unit, at=LONG_AGO)
    own_item, other_item = item(meeting=meeting, content="本组的事"), item(content="领导小组的事")
    page = pack_of(client, meeting, head).content.decode()

    for told in (own_task.content, own_case.number, own_item.content):
        assert told in page
    for told in (other_task.content, other_case.number, other_item.content):
        assert told not in page


def test_a_pack_names_who_hangs_blue_month_after_month(client, office, head, group):
    again, ended = BlueTaskFactory(group=group), RedTaskFactory(group=group)
    elsewhere = BlueTaskFactory()
    for month in (8, 9, 10):
        BlueTaskFactory(group=group, unit=again.unit, month=month)
        BlueTaskFactory(group=group, unit=ended.unit, month=month)
    BlueTaskFactory(group=elsewhere.group, unit=elsewhere.unit, month=10)

    def told(meeting, person):
        page = soup(pack_of(client, meeting, person))
        return [[one.text for one in line.select("a, b")] for line in page.select(".in-a-row-list li")]

    own = [again.unit.name, group.name, "4"]
    assert told(MeetingFactory(), office) == [own, [elsewhere.unit.name, elsewhere.group.name, "2"]]
    assert told(MeetingFactory(group=group), head) == [[again.unit.name, "4"]]


def test_no_confidential_case_stands_in_a_pack(client, office):
    shown, secret = case_in(State.HANDLING, at=LONG_AGO), case_in(State.HANDLING, at=LONG_AGO)
    Complaint.objects.filter(pk=secret.pk).update(is_confidential=True)
    page = pack_of(client, MeetingFactory(), office).content.decode()

    assert shown.number in page
    assert secret.number not in page


def test_a_pack_asks_as_often_for_many_rows_as_for_few(client, office, group):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert pack_of(client, meeting, office).status_code == 200
        return len(asked)

    meeting = MeetingFactory()
    BlueTaskFactory(group=group), item(meeting=meeting), case_in(State.HANDLING, at=LONG_AGO)
    queries()  # the first request of a session writes it
    few = queries()
    for _ in range(4):
        BlueTaskFactory(), item(meeting=meeting), case_in(State.HANDLING, at=LONG_AGO)

    assert queries() == few <= 25


def test_lists_ask_as_often_for_many_rows_as_for_few(client, office, group):
    client.force_login(office)

    def queries(path):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    item(meeting=MeetingFactory(group=group))
    queries("/workbench/meetings/")  # the first request of a session writes it
    few = [queries("/workbench/meetings/"), queries("/workbench/actions/")]
    for _ in range(5):
        item(meeting=MeetingFactory(group=SpecialGroupFactory()))

    assert [queries("/workbench/meetings/"), queries("/workbench/actions/")] == few


def test_the_office_calls_a_meeting_of_the_leading_group(client, office):
    client.force_login(office)
    answer = client.post("/workbench/meetings/new/", NEW | {"place": "三楼会议室", "agenda": "一、冬季清雪"})
    meeting = Meeting.objects.get()

    assert answer["Location"] == meeting.get_absolute_url()
    assert str(meeting) == "创城领导小组 2026 年 11 月 26 日会议"
    assert (meeting.place, meeting.agenda, meeting.called_by) == ("三楼会议室", "一、冬季清雪", office)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("day", "", "选会议的日期。"),
        ("day", "明天", "日期写成 2026-12-03 这样。"),
        ("time", "九点", "时间写成 09:00 这样。"),
        ("place", "室" * 61, "地点最多 60 字，现在是 61 字。"),
        ("group", "999", "选一个专项推进组。"),
    ],
)
def test_a_meeting_that_is_not_right_is_refused_and_kept(client, office, field, typed, sentence):
    client.force_login(office)
    answer = client.post("/workbench/meetings/new/", NEW | {"agenda": "冬季清雪"} | {field: typed})

    assert (answer.status_code, errors(answer)) == (422, [sentence])
    assert "冬季清雪" in answer.content.decode()
    assert not Meeting.objects.exists()


def test_minutes_typed_against_an_older_version_are_given_back_beside_the_newer_ones(client, office, head, group):
    meeting = MeetingFactory(group=group)
    client.force_login(office)
    url = f"/workbench/meetings/{meeting.pk}/minutes/"
    actions.write_minutes(Meeting.objects.get(), minutes="组长先写的", by=head, at=NOW)
    answer = client.post(url, {"version": 0, "minutes": "我后写的"})
    page = soup(answer)

    assert answer.status_code == 409
    assert "组长先写的" in page.text
    assert page.select_one("[name=minutes]").text.strip() == "我后写的"
    # Having seen it, a second press saves.
    assert (
        client.post(url, {"version": page.select_one("[name=version]")["value"], "minutes": "合起来的"}).status_code
        == 302
    )
    assert Meeting.objects.get().minutes == "合起来的"


def test_an_item_is_given_and_another_right_after(client, office):
    meeting, unit = MeetingFactory(), UnitFactory()
    client.force_login(office)
    url = f"/workbench/meetings/{meeting.pk}/items/new/"
    typed = {"unit": unit.pk, "content": "修好院内路灯", "due_on": "2026-12-03"}

    assert client.post(url, typed)["Location"] == meeting.get_absolute_url()
    assert client.post(url, typed | {"again": "1"})["Location"] == url
    assert errors(client.post(url, typed | {"due_on": "2026-11-22"})) == ["办结期限不能早于今天。"]
    assert ActionItem.objects.count() == 2


def test_a_follow_up_without_words_is_asked_for_in_place(client, assigned, liaison):
    client.force_login(liaison)
    answer = client.post(f"/workbench/actions/{assigned.pk}/follow-up/", {"version": 0, "text": " "})

    assert (answer.status_code, errors(answer)) == (422, ["写明办到哪一步。"])
    assert soup(answer).select_one("details#move-follow-up").has_attr("open")


def test_the_second_of_two_is_told_who_was_first_and_gets_the_words_back(client, assigned, liaison, office):
    actions.confirm(ActionItem.objects.get(), text="现场看过", by=office, at=NOW)
    client.force_login(liaison)
    answer = client.post(f"/workbench/actions/{assigned.pk}/report/", {"version": 0, "text": "装好了六盏"})

    # Closed meanwhile: no longer the unit's to move at all.
    assert answer.status_code == 409
    assert "不能报告办完" in soup(answer).select_one("#refusal").text
    assert "装好了六盏" in soup(answer).select_one("#refusal").text


def test_a_move_made_against_an_older_version_is_refused_with_the_name_of_the_first(client, assigned, liaison, office):
    actions.follow_up(ActionItem.objects.get(), text="问过了", by=office, at=NOW)
    client.force_login(liaison)
    answer = client.post(f"/workbench/actions/{assigned.pk}/report/", {"version": 0, "text": "装好了六盏"})
    form = soup(answer).select_one("#move-report")

    assert answer.status_code == 409
    assert f"{office}刚刚办了“报进展”" in soup(answer).select_one("#refusal").text
    assert (form.select_one("textarea").text.strip(), form.select_one("[name=version]")["value"]) == ("装好了六盏", "1")


def test_the_list_is_narrowed_by_state_and_unit(client, office, liaison):
    late = item(unit=liaison.unit, content="今天到期的事", due_on=NOW.date())
    done = item(content="办完的事")
    actions.confirm(done, text="", by=office, at=NOW)
    ActionItem.objects.filter(pk=late.pk).update(due_on=datetime.date(2026, 11, 20))
    item(content="别的事")
    client.force_login(office)

    def shown(**query):
        return {a.text for a in soup(client.get("/workbench/actions/", query)).select("main li a.title")}

    assert shown() == {"今天到期的事", "别的事"}
    assert shown(state="overdue") == {"今天到期的事"}
    assert shown(state="done") == {"办完的事"}
    assert shown(state="all") == {"今天到期的事", "别的事", "办完的事"}
    assert shown(unit=liaison.unit.code) == {"今天到期的事"}


def test_the_workbench_counts_what_waits_for_the_unit(client, assigned, liaison):
    item(content="别单位的事")
    client.force_login(liaison)
    figure = soup(client.get("/workbench/")).select_one('.counts a[href="/workbench/actions/"]')

    assert figure.select_one("b").text == "1"
