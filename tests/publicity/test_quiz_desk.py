import io

import openpyxl
import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role
from common.errors import DomainError, StaleRecord
from publicity import quiz_sheet
from publicity.actions import quiz as actions
from publicity.models import Round
from publicity.quiz_stats import figures_by_question, figures_by_round
from tests.factories.accounts import UserFactory
from tests.publicity.quiz import NOW, QUESTIONS, answered, round_of

pytestmark = pytest.mark.django_db
DESK = "/workbench/quiz/"
OTHER = actions.QuestionDraft("遛狗要牵绳吗？", ["要", "不要"], "A")


@pytest.fixture(autouse=True)
def _on_the_23rd():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲")


@pytest.fixture
def desk(client, office):
    client.force_login(office)
    return client


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def faults(response):
    return [error.text.strip() for error in soup(response).select(".field-error")]


def texts(made):
    return [question.text for question in made.questions.all()]


def workbook(*lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    written = io.BytesIO()
    book.save(written)
    return SimpleUploadedFile("题.xlsx", written.getvalue())


def test_the_office_makes_a_round_writes_a_question_and_publishes(desk):
    frame = {"version": 0, "title": "规矩", "about": "", "opens_on": "2026-11-23", "closes_on": "2026-11-30"}
    refused = desk.post(DESK + "new/", frame | {"closes_on": "2026-11-22"})
    made = desk.post(DESK + "new/", frame)
    early = desk.post(DESK + "1/publish/", {"version": 0}, follow=True)
    question = {"version": 0, "text": "扫雪？", "options": "扫\n\n不扫", "right": "A", "explanation": ""}
    few = desk.post(DESK + "1/questions/new/", question | {"options": "扫", "right": "C"})
    desk.post(DESK + "1/questions/new/", question)
    desk.post(DESK + "1/publish/", {"version": 1})
    desk.logout()

    assert faults(refused) == ["截止日期不能早于开始日期。"]
    assert made["Location"] == DESK + "1/"
    assert "先出题再发布" in early.content.decode()
    assert faults(few) == ["选项要 2—6 个，一行一个，现在是 1 个。"]
    assert [label.text for label in soup(desk.get("/quiz/1/")).select(".opt")] == ["A．扫", "B．不扫"]


def test_who_saves_against_an_older_version_is_told_and_keeps_what_was_typed(desk, office):
    made = round_of(office)
    seen = made.version
    actions.add_question(made, OTHER, by=office, at=NOW)
    typed = {"version": seen, "text": "我写的题？", "options": "是\n否", "right": "A"}
    answer = desk.post(DESK + "1/questions/new/", typed)
    page = soup(answer)

    assert (answer.status_code, page.select_one("[name=text]").text.strip()) == (409, "我写的题？")
    assert "刚刚被别人改过" in page.select_one(".note").text
    version = page.select_one("form [name=version]")["value"]
    assert desk.post(DESK + "1/questions/new/", typed | {"version": version}).status_code == 302
    with pytest.raises(StaleRecord):
        actions.withdraw(made, by=office, at=NOW)


def test_once_it_was_answered_only_the_words_of_a_question_change(office):
    made = round_of(office)
    question = made.questions.select_related("round").first()
    answered(made, "AC")
    better = actions.QuestionDraft("门前的雪什么时候扫才好？", ["当天", "开春以后"], "A", "当天。")
    actions.rewrite_question(question, better, by=office, at=NOW)
    made.refresh_from_db()
    question = made.questions.select_related("round").first()
    other_right = actions.QuestionDraft(question.text, question.options, "B")

    assert texts(made)[0] == "门前的雪什么时候扫才好？"
    for change in (
        lambda: actions.rewrite_question(question, other_right, by=office, at=NOW),
        lambda: actions.remove_question(question, by=office, at=NOW),
        lambda: actions.add_question(made, OTHER, by=office, at=NOW),
        lambda: actions.replace_questions(made, [OTHER], by=office, at=NOW),
    ):
        with pytest.raises(DomainError, match="已经有人答过"):
            change()


def test_the_office_sees_figures_by_round_and_by_question(desk, office, django_assert_max_num_queries):
    made, unanswered = round_of(office), round_of(office)
    answered(made, "AC", times=2)
    answered(made, "AB")
    answered(made, "BA")
    figures = figures_by_round()[made.pk]
    by_question = figures_by_question(made, list(made.questions.all()))
    with django_assert_max_num_queries(12):
        page = soup(desk.get(DESK))

    assert (figures.taken, figures.perfect, figures.right, figures.asked, figures.percent) == (4, 2, 5, 8, 62)
    assert [(one.number, one.right, one.taken) for one in by_question] == [(1, 3, 4), (2, 2, 4)]
    assert unanswered.pk not in figures_by_round()
    cells = [[cell.get_text(" ", strip=True) for cell in row.select("td")[4:]] for row in page.select("tbody tr")]
    assert cells == [["0", "—", "0"], ["4", "62% 5／8", "2"]]
    assert "答对 75%（3／4）" in soup(desk.get(DESK + "1/")).select_one("ol.rows").text


def test_the_template_holds_the_questions_and_comes_back_as_they_are(desk, office):
    made = round_of(office, published=False)
    sheet = desk.get(DESK + "1/questions.xlsx").content
    answer = desk.post(
        DESK + "1/import/", {"version": made.version, "file": SimpleUploadedFile("a.xlsx", sheet)}, follow=True
    )

    assert "已导入 2 题" in answer.content.decode()
    assert [(one.text, one.options, one.right, one.explanation) for one in made.questions.all()] == [
        (draft.text, draft.options, draft.right, draft.explanation) for draft in QUESTIONS
    ]


def test_every_fault_of_a_sheet_is_named_by_row_and_nothing_is_taken(desk, office):
    made = round_of(office, published=False)
    sheet = workbook(
        ["题目", "选项A", "选项B", "选项C", "正确答案", "解析"],
        ["例：这一行不读", "x", "", "", "", ""],
        ["雪？", "扫", "不扫", "", "ａ", ""],
        ["", "能", "不能", "", "A", ""],
        ["车？", "停", "", "", "B", ""],
        ["灯？", "亮", "", "不亮", "A", "长" * 501],
        ["雪？", "扫", "扫", "", "", ""],
    )
    answer = desk.post(DESK + "1/import/", {"version": made.version, "file": sheet})
    told = [[cell.text for cell in row.select("td")][:2] for row in soup(answer).select(".import-faults tbody tr")]

    assert answer.status_code == 422
    assert told == [
        ["4", "题目"],
        ["5", "选项"],
        ["5", "正确答案"],
        ["6", "选项B"],
        ["6", "解析"],
        ["7", "题目"],
        ["7", "选项"],
        ["7", "正确答案"],
    ]
    assert texts(made) == [draft.text for draft in QUESTIONS]


@pytest.mark.once
@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([["题目", "选项A", "选项B", "备注", "正确答案"]], "模板里没有这一列。请删掉，或者改成模板里的列名。"),
        ([["题目", "选项A", "正确答案"]], "缺这一列。请加上，可以照模板填。"),
        ([["题目", "选项A", "选项B", "正确答案"]], "表里没有题目。从第 2 行起一行写一题。"),
        ([[]], "表是空的。请下载模板照着填。"),
    ],
)
def test_a_sheet_that_is_none_of_ours_is_refused_in_words(lines, sentence):
    assert [fault.message for fault in quiz_sheet.read(workbook(*lines).read()).faults] == [sentence]


def test_what_is_no_workbook_is_refused_in_words(desk, office):
    round_of(office, published=False)
    files = [SimpleUploadedFile("a.xls", b"x"), SimpleUploadedFile("a.xlsx", b"x")]
    answers = [desk.post(DESK + "1/import/", {"version": 1, "file": file}) for file in files]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert faults(answers[0]) == ["只能导入 xlsx 文件。旧的 xls 请在 Excel 里另存为 xlsx 再传。"]
    assert "xlsx 文件打不开" in soup(answers[1]).select_one("#error-summary").text


@pytest.mark.once
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.GUIDANCE, Role.AUDITOR])
def test_nobody_else_opens_the_desk_or_a_draft(client, office, role):
    round_of(office, published=False)
    client.force_login(UserFactory(role=role))
    desk = [client.get(DESK + rest).status_code for rest in ("", "new/", "1/", "1/import/", "1/questions.xlsx")]
    moves = [client.post(DESK + rest).status_code for rest in ("1/publish/", "1/questions/1/remove/")]

    assert desk + moves == [403] * 7
    assert client.get("/quiz/1/").status_code == 404
    assert not Round.objects.get().is_published
