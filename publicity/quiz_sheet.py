"""The questions of a round as a workbook: the template, and reading it back with every fault by its place."""

import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

import xlsxwriter

from common.sheets import MEGABYTE, Unreadable, guarded, xlsx_lines
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
EXAMPLE = "例："
EXAMPLE_LINE = (
    f"{EXAMPLE}门前的雪应该什么时候扫？", "当天", "化了就不用扫", "等物业来扫", "", "", "", "A", "雪停了就扫。"
)  # fmt: skip
MOST_BYTES = 2 * MEGABYTE


@dataclass(frozen=True)
class Fault:
    """What is wrong and what to do. `row` counts as Excel does; 0 is the whole sheet."""

    row: int
    column: str
    message: str


@dataclass
class ReadQuestions:
    """Either faults, or the questions the sheet holds: nothing is taken while there is a fault."""

    drafts: list[QuestionDraft] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: int, column: str, message: str) -> None:
        self.faults.append(Fault(row, column, message))


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
    try:
        lines = xlsx_lines(content)
    except Unreadable as reason:
        found.fault(0, "", str(reason))
        return found
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if any(line)]
    if not numbered:
        found.fault(0, "", "表是空的。请下载模板照着填。")
        return found
    row, titles = numbered[0]
    if _has_its_columns(titles, row, found):
        for number, line in numbered[1:]:
            if not line[0].startswith(EXAMPLE):
                _read_row(dict(zip(titles, line, strict=False)), number, found)
        _check_whole(found, numbered[-1][0])
    return found


def _has_its_columns(titles: list[str], row: int, found: ReadQuestions) -> bool:
    for title in dict.fromkeys(titles):
        if title and title not in TITLES:
            found.fault(row, title[:20], "模板里没有这一列。请删掉，或者改成模板里的列名。")
        elif title and titles.count(title) > 1:
            found.fault(row, title, "这一列有两个。请只留一个。")
    for title in TITLES:
        if title not in titles and title not in OPTIONAL:
            found.fault(row, title, "缺这一列。请加上，可以照模板填。")
    return not found.faults


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
    words = " ".join(cells.get(title, "").split())
    if len(words) > most:
        found.fault(row, title, f"太长了，有 {len(words)} 个字，最多 {most} 个。请写短些。")
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in words):
        found.fault(row, title, "里面有看不见的字符。请重新打一遍这个格子。")
    return words


def _check_whole(found: ReadQuestions, row: int) -> None:
    if not found.drafts and not found.faults:
        found.fault(0, "", "表里没有题目。从第 2 行起一行写一题。")
    elif len(found.drafts) > MOST_QUESTIONS:
        found.fault(row, "", f"一期最多 {MOST_QUESTIONS} 题，现在是 {len(found.drafts)} 题。多出来的放到下一期。")
