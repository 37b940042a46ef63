"""The questions of a round as a workbook: the template, and reading it back with every fault by its place."""

import io
import unicodedata
from collections.abc import Iterable

import xlsxwriter

from common.filled_sheets import EXAMPLE, Found, rows_of
from common.sheets import MEGABYTE, guarded
from publicity.actions.quiz import QuestionDraft
from publicity.models import Question
from publicity.models.quiz import (
    FEWEST_OPTIONS,
    LETTERS,
    LONGEST_EXPLANATION,
    LONGEST_OPTION,
    LONGEST_QUESTION,
    MOST_QUESTIONS,
)

TEXT, RIGHT, EXPLANATION = "题目", "正确答案", "解析"
OPTION_TITLES = {letter: f"选项{letter}" for letter in LETTERS}
TITLES = (TEXT, *OPTION_TITLES.values(), RIGHT, EXPLANATION)
# Columns that a sheet may be without.
OPTIONAL = {*list(OPTION_TITLES.values())[FEWEST_OPTIONS:], EXPLANATION}
EXAMPLE_LINE = (
    f"{EXAMPLE}门前的雪应该什么时候扫？", "当天", "化了就不用扫", "等物业来扫", "", "", "", "A", "雪停了就扫。"
)  # fmt: skip
MOST_BYTES = 2 * MEGABYTE


ReadQuestions = Found[QuestionDraft]


# --- writing ----------------------------------------------------------------------------------------------------------


def workbook(questions: Iterable[Question]) -> bytes:
    """The template, filled with the questions there are; with one example line where there are none."""
    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    rows = [_line(question) for question in questions] or [EXAMPLE_LINE]
    with xlsxwriter.Workbook(written, options) as book:
        plain = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        head = book.add_format({"bold": True, "bg_color": "#e9eff0"})
        sheet = book.add_worksheet("题目")
        for column, width in enumerate((40, *[18] * len(LETTERS), 10, 40)):
            sheet.set_column(column, column, width, plain)
        for number, line in enumerate([TITLES, *rows]):
            _write(sheet, number, line, plain if number else head)
        sheet.freeze_panes(1, 1)
        sheet.data_validation(1, 7, MOST_QUESTIONS + 1, 7, {"validate": "list", "source": list(LETTERS)})
    return written.getvalue()


def _line(question: Question) -> tuple[str, ...]:
    options = [*question.options, *[""] * (len(LETTERS) - len(question.options))]
    return (question.text, *options, question.right, question.explanation)


def _write(sheet: "xlsxwriter.worksheet.Worksheet", number: int, line: Iterable[str], style: object) -> None:
    for column, cell in enumerate(line):
        sheet.write_string(number, column, guarded(cell), style)


# --- reading ----------------------------------------------------------------------------------------------------------


def read(content: bytes) -> ReadQuestions:
    """What a workbook says, or everything that is wrong with it."""
    found = ReadQuestions()
    for row, cells in rows_of(content, found, titles=TITLES, optional=OPTIONAL):
        _read_row(cells, row, found)
    _check_whole(found)
    return found


def _read_row(cells: dict[str, str], row: int, found: ReadQuestions) -> None:
    before = len(found.faults)
    text = _words(cells, TEXT, LONGEST_QUESTION, row, found)
    if not text:
        found.fault(row, TEXT, "不能空着。写明这一题问什么。")
    elif any(draft.text == text for draft in found.drafts):
        found.fault(row, TEXT, "和上面一行的题目重复了。请删掉一行。")
    options = _read_options(cells, row, found)
    right = _read_right(cells.get(RIGHT, ""), options, row, found)
    explanation = _words(cells, EXPLANATION, LONGEST_EXPLANATION, row, found)
    if len(found.faults) == before:
        found.drafts.append(QuestionDraft(text, options, right, explanation))


def _read_options(cells: dict[str, str], row: int, found: ReadQuestions) -> list[str]:
    """The options without gaps: a letter stands for the place that residents see."""
    told = [_words(cells, title, LONGEST_OPTION, row, found) for title in OPTION_TITLES.values()]
    options = [option for option in told if option]
    for title, option, later in zip(OPTION_TITLES.values(), told, range(1, len(told) + 1), strict=True):
        if not option and any(told[later:]):
            found.fault(row, title, "空着，后面的选项却有字。请把选项挨着写。")
    if len(options) < FEWEST_OPTIONS:
        found.fault(row, "选项", f"只有 {len(options)} 个选项，至少写 {FEWEST_OPTIONS} 个。")
    if len(set(options)) < len(options):
        found.fault(row, "选项", "有两个选项一样。请改掉一个。")
    return options


def _read_right(cell: str, options: list[str], row: int, found: ReadQuestions) -> str:
    right = unicodedata.normalize("NFKC", cell).upper()
    letters = LETTERS[: len(options)]
    if not right:
        found.fault(row, RIGHT, "不能空着。写正确选项的字母，例如 A。")
    elif len(right) != 1 or right not in letters:
        found.fault(row, RIGHT, f"“{cell[:10]}”不是这一题的选项。写一个字母：{'、'.join(letters) or 'A'}。")
    return right


def _words(cells: dict[str, str], title: str, most: int, row: int, found: ReadQuestions) -> str:
    return found.words(cells.get(title, ""), most=most, row=row, column=title)


def _check_whole(found: ReadQuestions) -> None:
    if not found.drafts and not found.faults:
        found.fault(0, "", "表里没有题目。从第 2 行起一行写一题。")
    elif len(found.drafts) > MOST_QUESTIONS:
        found.fault(
            found.last_row, "", f"一期最多 {MOST_QUESTIONS} 题，现在是 {len(found.drafts)} 题。多出来的放到下一期。"
        )
