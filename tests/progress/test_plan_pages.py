import pytest
from bs4 import BeautifulSoup

from accounts.models import Role
from progress.models import Flag, MonthTask
from tests.factories.accounts import SpecialGroupFactory, UnitFactory, UserFactory
from tests.factories.progress import MonthTaskFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_23rd")]

LIST = "/workbench/plan/"
NEW = "/workbench/plan/new/"
WHY = {"why": "入冬前集中清掏"}


def contents(response):
    assert response.status_code == 200
    rows = BeautifulSoup(response.content, "html.parser").select("tbody tr")
    return {row.select("td")[2].find(string=True) for row in rows}


@pytest.fixture
def three_tasks(group, liaison):
    MonthTaskFactory(unit=liaison.unit, group=group, content="本单位本组")
    MonthTaskFactory(unit=liaison.unit, content="本单位别组")
    MonthTaskFactory(group=group, content="别单位本组")
    MonthTaskFactory(unit=liaison.unit, group=group, month=10, content="上个月")


def test_each_person_sees_the_tasks_they_work_with(client, three_tasks, liaison, office, group):
    seen = {}
    for person in (liaison, UserFactory(role=Role.GROUP_HEAD, group=group), office, UserFactory(role=Role.LEADER)):
        client.force_login(person)
        seen[person.role] = contents(client.get(LIST))

    everything = {"本单位本组", "本单位别组", "别单位本组"}
    assert seen == {
        Role.LIAISON: {"本单位本组", "本单位别组"},
        Role.GROUP_HEAD: {"本单位本组", "别单位本组"},
        Role.OFFICE: everything,
        Role.LEADER: everything,
    }


def test_a_unit_cannot_widen_its_view_by_the_filter(client, three_tasks, liaison, group):
    client.force_login(liaison)

    assert contents(client.get(LIST, {"group": group.code})) == {"本单位本组"}
    assert contents(client.get(LIST, {"month": "2026-10"})) == {"上个月"}


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR, Role.SECURITY, Role.ADMINISTRATOR])
def test_who_has_no_work_with_tasks_has_no_list_of_them(client, role):
    client.force_login(UserFactory(role=role))

    assert client.get(LIST).status_code == 403


def test_the_office_writes_a_task(client, office, group):
    unit = UnitFactory()
    client.force_login(office)
    typed = {
        "unit": unit.pk,
        "group": group.pk,
        "month": "2026-12",
        "content": "清掏井室 30 处",
        "why": "入冬前集中清掏",
    }

    assert client.post(NEW, typed).headers["Location"] == LIST
    task = MonthTask.objects.get()
    assert (task.unit, task.group, str(task.due_month), task.content, task.flag) == (
        unit, group, "2026-12", "清掏井室 30 处", Flag.UNMARKED,
    )  # fmt: skip


def test_nobody_else_writes_one(client, liaison, group):
    client.force_login(liaison)
    typed = {
        "unit": liaison.unit.pk,
        "group": group.pk,
        "month": "2026-12",
        "content": "清掏井室 30 处",
        "why": "入冬前集中清掏",
    }

    assert client.post(NEW, typed).status_code == 403
    assert MonthTask.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("unit", "", "选一个责任单位。"),
        ("group", "", "选一个专项推进组。"),
        ("month", "", "选一个月份。"),
        ("month", "2026-13", "月份写成 2026-11 这样。"),
        ("content", " ", "写明任务内容。"),
        ("content", "雪" * 81, "任务内容最多 80 字，现在是 81 字。"),
        ("content", "清掏井室 30 处", "这个单位这个月已经有一项同样的任务。改一下内容，或者不用再加。"),
    ],
)
def test_a_task_that_is_not_right_is_refused_and_kept(client, office, group, field, typed, sentence):
    unit = UnitFactory()
    MonthTaskFactory(unit=unit, group=group, month=12, content="清掏井室 30 处")
    client.force_login(office)
    given = {"unit": unit.pk, "group": group.pk, "month": "2026-12", "content": "另一件事", "why": "临时任务"} | {
        field: typed
    }
    answer = client.post(NEW, given)
    page = BeautifulSoup(answer.content, "html.parser")

    assert answer.status_code == 422
    assert [error.text.strip() for error in page.select(".field-error")] == [sentence]
    if field != "unit":
        assert page.select_one("#id_unit option[selected]")["value"] == str(unit.pk)
    assert MonthTask.objects.count() == 1


def test_a_group_without_a_board_gets_no_tasks(client, office):
    client.force_login(office)
    without = SpecialGroupFactory(has_board=False)
    typed = {
        "unit": UnitFactory().pk,
        "group": without.pk,
        "month": "2026-12",
        "content": "清掏井室 30 处",
        "why": "入冬前集中清掏",
    }

    assert client.post(NEW, typed).status_code == 422


def test_the_list_has_pages_and_keeps_its_filter(client, office, group):
    MonthTaskFactory.create_batch(51, group=group, unit=UnitFactory())
    client.force_login(office)
    first = BeautifulSoup(client.get(LIST, {"group": group.code}).content, "html.parser")
    second = client.get(LIST + first.select_one('[rel="next"]')["href"])

    assert len(first.select("tbody tr")) == 50
    assert len(BeautifulSoup(second.content, "html.parser").select("tbody tr")) == 1
