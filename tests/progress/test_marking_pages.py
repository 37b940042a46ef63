"""Marking over HTTP: who may, what is refused, what comes back."""

import re

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from progress import actions
from progress.models import Flag, Publicity
from tests.factories.accounts import SpecialGroupFactory, UnitFactory, UserFactory
from tests.factories.progress import MARKED_AT, BlueTaskFactory, MonthTaskFactory, RedTaskFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_23rd"), pytest.mark.once]

GRID = "/workbench/flags/sanitation/2026/11/"
HOME = "/workbench/flags/"
HTMX = {"HX-Request": "true"}
STATEMENT = {"reason": "材料未到货", "plan": "已与供货方确认到货时间", "new_date": "12-03"}


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def address(task, what="mark"):
    return f"/workbench/flags/tasks/{task.pk}/{what}/"


@pytest.fixture
def at_the_office(client, office):
    client.force_login(office)
    return client


def person(role: Role):
    also = {Role.LIAISON: {"unit": UnitFactory()}, Role.GROUP_HEAD: {"group": SpecialGroupFactory()}}
    return UserFactory(role=role, **also.get(role, {}))


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_nobody_but_the_office_marks(client, task, role):
    client.force_login(person(role))
    answers = [
        client.get(HOME),
        client.get(GRID),
        client.post(address(task), {"flag": "red", "version": 0}),
        client.post(HOME + "public/", {"publicity": "flags"}),
    ]

    task.refresh_from_db()
    assert [answer.status_code for answer in answers] == [403] * 4
    assert (task.flag, Publicity.current()) == (Flag.UNMARKED, Publicity.FULL)


def test_the_office_does(at_the_office, task):
    answer = at_the_office.post(address(task), {"flag": "red", "version": 0})

    task.refresh_from_db()
    assert answer.headers["Location"] == f"{GRID}#task-{task.pk}"
    assert task.flag == Flag.RED


def test_who_is_not_signed_in_is_led_to_the_sign_in(client, task):
    for answer in (client.get(GRID), client.post(address(task)), client.get(address(task, "history"))):
        assert answer.headers["Location"].startswith("/accounts/login/")


def test_marking_is_never_done_by_a_link(at_the_office, task):
    assert at_the_office.get(address(task), {"flag": "red", "version": 0}).status_code == 405


def test_pressing_blue_without_a_statement_opens_its_form_and_saves_nothing(at_the_office, task):
    answer = at_the_office.post(address(task), {"flag": "blue", "version": 0})

    row = soup(answer).find(id=f"task-{task.pk}")
    task.refresh_from_db()
    assert (answer.status_code, task.flag) == (422, Flag.UNMARKED)
    assert [field.text for field in row.select("td label")] == ["为什么没完成", "下一步怎么办", "新的完成日期"]
    assert row.select(".field-error") == []


def test_a_statement_with_gaps_is_refused_in_its_row_with_what_was_typed(at_the_office, task):
    typed = STATEMENT | {"flag": "blue", "version": 0, "plan": "", "new_date": "2-30"}
    answer = at_the_office.post(address(task), typed)

    row = soup(answer).find(id=f"task-{task.pk}")
    assert answer.status_code == 422
    assert [error.text.strip() for error in row.select(".field-error")] == [
        "写明下一步怎么办，一句话就行。",
        "没有 2 月 30 日这一天。",
    ]
    assert [row.select_one(f"[name={name}]")["value"] for name in ("reason", "new_date")] == ["材料未到货", "2-30"]
    task.refresh_from_db()
    assert (task.flag, task.markings.count()) == (Flag.UNMARKED, 0)


def test_a_whole_statement_is_saved_and_shown(at_the_office, task):
    at_the_office.post(address(task), STATEMENT | {"flag": "blue", "version": 0})

    row = soup(at_the_office.get(GRID)).find(id=f"task-{task.pk}")
    assert (row["data-flag"], row["data-new-date"]) == ("blue", "2026-12-03")
    assert "材料未到货" in row.text


def test_pressing_blue_on_a_blue_flag_shows_its_statement_to_be_changed(at_the_office, group):
    task = BlueTaskFactory(group=group)
    row = soup(at_the_office.post(address(task), {"flag": "blue", "version": 1})).find(id=f"task-{task.pk}")

    values = [row.select_one(f"[name={name}]")["value"] for name in ("reason", "plan", "new_date")]
    assert values == ["材料未到货", "已与供货方确认到货时间", "2026-12-03"]


def test_the_row_htmx_swaps_in_is_the_row_of_a_reload(at_the_office, group):
    for task, sent in [
        (MonthTaskFactory(group=group), {"flag": "red", "version": 0}),
        (MonthTaskFactory(group=group), STATEMENT | {"flag": "blue", "version": 0}),
        (RedTaskFactory(group=group), {"flag": "unmarked", "version": 1}),
    ]:
        swapped_in = soup(at_the_office.post(address(task), sent, headers=HTMX))
        reloaded = soup(at_the_office.get(GRID))

        assert bare(swapped_in.find(id=f"task-{task.pk}")) == bare(reloaded.find(id=f"task-{task.pk}"))
        for counted in ("marking-counts", "marking-left"):
            assert swapped_in.find(id=counted).text == reloaded.find(id=counted).text


def bare(row):
    """Without the CSRF token, which is masked anew in every answer."""
    return re.sub(r"\s+", " ", re.sub(r'value="\w{64}"', "", str(row)))


def test_the_answer_says_aloud_what_was_saved_and_what_is_left(at_the_office, task):
    MonthTaskFactory(group=task.group)
    answer = at_the_office.post(address(task), {"flag": "red", "version": 0}, headers=HTMX)

    said = soup(answer).find(id="marking-said")
    assert said.text == "示例单位 15，完成 3 处积雪倾倒点围挡：红旗。还有 1 项没标。"


def test_what_is_left_is_counted_in_the_tab_and_the_next_board_is_offered(at_the_office, task):
    other = MonthTaskFactory(group=SpecialGroupFactory(code="roads", name="道路交通组"))
    before = soup(at_the_office.get(GRID))
    answer = soup(at_the_office.post(address(task), {"flag": "red", "version": 0}, headers=HTMX))
    after = soup(at_the_office.get(GRID))

    assert [page.find(id="marking-unmarked").text for page in (before, answer, after)] == ["1", "0", "0"]
    assert before.select("[data-next-board]") == []
    for page in (answer, after):
        [link] = page.select("[data-next-board]")
        assert (link.text, link["href"]) == ("下一块：道路交通组，未标 1", "/workbench/flags/roads/2026/11/")
    assert other.group.has_board


@pytest.mark.parametrize("headers", [pytest.param(HTMX, id="htmx"), pytest.param({}, id="without JavaScript")])
def test_the_second_of_two_markers_finds_the_new_state_and_keeps_what_was_typed(at_the_office, task, headers):
    faster = UserFactory(name="示例人员丙")
    actions.mark_red(task, by=faster, at=MARKED_AT)
    typed = STATEMENT | {"flag": "blue", "version": 0}
    answer = at_the_office.post(address(task), typed, headers=headers)

    row = soup(answer).find(id=f"task-{task.pk}")
    assert answer.status_code == 409
    assert row.select_one(".row-note").text.startswith("示例人员丙（创城办）刚刚把这项标成了“红旗”")
    assert row["data-flag"] == "red"
    assert row.select_one("[name=reason]")["value"] == "材料未到货"

    again = {field["name"]: field["value"] for field in row.select(".statement-form input")}
    assert at_the_office.post(address(task), again, headers=HTMX).status_code == 200
    task.refresh_from_db()
    assert (task.flag, task.version) == (Flag.BLUE, 2)


@pytest.mark.parametrize("sent", [{}, {"flag": "green", "version": 0}, {"flag": "red", "version": "x"}])
def test_nonsense_is_refused_in_the_row(at_the_office, task, sent):
    answer = at_the_office.post(address(task), sent, headers=HTMX)

    assert answer.status_code == 422
    assert soup(answer).select_one(".row-note").text == "没有看懂这一次标旗，请再按一次。"


def test_the_history_names_every_marking_to_staff(client, office, liaison, task):
    actions.mark_red(task, by=office, at=MARKED_AT)
    actions.unmark(task, by=office, at=MARKED_AT)
    client.force_login(liaison)

    page = soup(client.get(address(task, "history")))
    in_grid = soup(client.get(address(task, "history"), headers=HTMX))
    assert [step.b.text for step in page.select(".timeline li")] == ["红旗 → 未标", "未标 → 红旗"]
    assert page.select_one(".timeline li").text.count("2026-11-23 09:00") == 1
    assert "示例人员甲（创城办）" in page.select_one(".timeline").text
    assert str(page.select_one(".timeline")) == str(in_grid.select_one("tr.history-row .timeline"))


def test_the_home_of_marking_counts_what_is_left_and_leads_to_the_first_such_board(at_the_office, group):
    done = SpecialGroupFactory(name="市场环境组（示例）", position=0)
    RedTaskFactory(group=done)
    group.position = 1
    group.save()
    MonthTaskFactory.create_batch(2, group=group)
    page = soup(at_the_office.get(HOME))

    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")[:2]] for row in page.select("tbody tr")]
    assert rows == [["市场环境组（示例）", "0"], ["环境卫生组（示例）", "2"]]
    assert page.select_one(".btn-primary")["href"] == GRID


def test_the_office_sets_what_the_public_reads(at_the_office):
    at_the_office.post(HOME + "public/", {"publicity": "flags"})

    assert Publicity.current() == Publicity.FLAGS
    assert soup(at_the_office.get(HOME)).select_one("input[name=publicity][checked]")["value"] == "flags"


def test_an_empty_board_says_so(at_the_office, group):
    assert "这个月没有任务" in soup(at_the_office.get(GRID)).text


@pytest.mark.parametrize("page", [GRID, HOME])
def test_sixty_tasks_cost_as_many_queries_as_three(at_the_office, group, page):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert at_the_office.get(page).status_code == 200
        return len(asked)

    def three_tasks() -> None:
        for factory in (MonthTaskFactory, RedTaskFactory, BlueTaskFactory):
            factory(group=group)

    three_tasks()
    at_the_office.get(page)
    with_three = queries()
    for _ in range(19):
        three_tasks()

    assert queries() == with_three <= 12
