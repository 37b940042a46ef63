"""An annual plan as a workbook: the template with its drop-downs, and reading it back with every fault by its place."""

import io
from collections.abc import Iterable

import xlsxwriter
from django.core import signing

from accounts.models import SpecialGroup
from common.filled_sheets import EXAMPLE, Found, rows_of
from common.sheets import MEGABYTE, guarded
from progress.actions import TaskDraft
from progress.actions.plans import MOST_TASKS
from progress.models import LONGEST_CONTENT, LONGEST_MEASURE, LONGEST_TARGET, AnnualPlan
from progress.stats import groups_with_board

CONTENT, GROUP, MEASURE = "任务", "专项推进组", "措施和衡量标准"
MONTH_TITLES = {month: f"{month}月" for month in range(1, 13)}
TITLES = (CONTENT, GROUP, MEASURE, *MONTH_TITLES.values())
MOST_BYTES = 2 * MEGABYTE
# How long what was read may wait for its confirmation.
KEPT_FOR_SECONDS = 2 * 60 * 60
SALT = "progress.plan_sheet"


ReadPlan = Found[TaskDraft]


# --- writing ----------------------------------------------------------------------------------------------------------


def workbook(drafts: Iterable[TaskDraft]) -> bytes:
    """The template, filled with the tasks that are there already; with one example line where there are none."""
    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    groups = groups_with_board()
    with xlsxwriter.Workbook(written, options) as book:
        plain = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("年度计划")
        for column, width in enumerate((30, 22, 36, *[22] * 12)):
            sheet.set_column(column, column, width, plain)
        head = book.add_format({"bold": True, "bg_color": "#e9eff0"})
        for number, line in enumerate(_lines(drafts, groups)):
            for column, cell in enumerate(line):
                sheet.write_string(number, column, guarded(cell) if number else cell, plain if number else head)
        sheet.freeze_panes(1, 1)
        _write_notes(book, groups)
        choice = {"validate": "list", "source": f"=说明!$D$2:$D${len(groups) + 1}"}
        wrong = {"error_title": "专项推进组", "error_message": "请从下拉列表里选一个专项推进组。"}
        sheet.data_validation(1, 1, MOST_TASKS + 1, 1, choice | wrong)
    return written.getvalue()


def _lines(drafts: Iterable[TaskDraft], groups: list[SpecialGroup]) -> list[list[str]]:
    rows = [
        [draft.content, draft.group.name, draft.measure, *(draft.targets.get(month, "") for month in MONTH_TITLES)]
        for draft in drafts
    ]
    if not rows:
        targets = ["清运 4 次"] * 11 + ["清运 4 次，全年总结"]
        rows = [[f"{EXAMPLE}清运无物业楼院垃圾", groups[0].name if groups else "", "当天清完，社区验收", *targets]]
    return [list(TITLES), *rows]


def _write_notes(book: "xlsxwriter.Workbook", groups: list[SpecialGroup]) -> None:
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 60)
    sheet.set_column(3, 3, 26)
    notes = (
        ("列名", "怎么填"),
        (CONTENT, f"一行一项，必填，最多 {LONGEST_CONTENT} 字。同一个组里不能重复。"),
        (GROUP, "必填，从下拉列表里选。"),
        (MEASURE, f"可空，最多 {LONGEST_MEASURE} 字。怎么做、做到什么算完成。"),
        ("1月 … 12月", f"这个月做到什么，最多 {LONGEST_TARGET} 字。空着就是这个月没有任务；至少填一个月。"),
        ("", "“例：”开头的行不会导入，可以留着，也可以删掉。"),
    )
    for number, line in enumerate(notes):
        for column, cell in enumerate(line):
            sheet.write_string(number, column, cell)
    sheet.write_string(0, 3, "可选的专项推进组")
    for number, group in enumerate(groups, start=1):
        sheet.write_string(number, 3, group.name)


# --- reading ----------------------------------------------------------------------------------------------------------


def read(content: bytes) -> ReadPlan:
    """What a workbook says, or everything that is wrong with it."""
    found = ReadPlan()
    groups = {group.name: group for group in groups_with_board()}
    for row, cells in rows_of(content, found, titles=TITLES):
        _read_row(cells, row, groups, found)
    _check_whole(found)
    return found


def _read_row(cells: dict[str, str], row: int, groups: dict[str, SpecialGroup], found: ReadPlan) -> None:
    before = len(found.faults)
    content = found.words(cells[CONTENT], most=LONGEST_CONTENT, row=row, column=CONTENT)
    measure = found.words(cells[MEASURE], most=LONGEST_MEASURE, row=row, column=MEASURE)
    told = (
        (month, found.words(cells[title], most=LONGEST_TARGET, row=row, column=title))
        for month, title in MONTH_TITLES.items()
    )
    targets = {month: target for month, target in told if target}
    group = groups.get(cells[GROUP])
    if not cells[CONTENT]:
        found.fault(row, CONTENT, "不能空着。写明任务，例如：清运无物业楼院垃圾。")
    if group is None:
        what = f"没有叫“{cells[GROUP][:20]}”的专项推进组" if cells[GROUP] else "不能空着"
        found.fault(row, GROUP, f"{what}。请从下拉列表里选。")
    if not any(cells[title] for title in MONTH_TITLES.values()):
        found.fault(row, "1月—12月", "一个月的目标也没有。至少写一个月。")
    if group and any((draft.group, draft.content) == (group, content) for draft in found.drafts):
        found.fault(row, CONTENT, "和上面一行的任务重复了。请并成一行。")
    if group and len(found.faults) == before:
        found.drafts.append(TaskDraft(group, content, measure, targets))


def _check_whole(found: ReadPlan) -> None:
    if not found.drafts and not found.faults:
        found.fault(0, "", "表里没有任务。从第 2 行起一行写一项。")
    elif len(found.drafts) > MOST_TASKS:
        found.fault(
            found.last_row, "", f"最多 {MOST_TASKS} 项任务，现在是 {len(found.drafts)} 项。相近的可以并成一项。"
        )


# --- between preview and confirmation ---------------------------------------------------------------------------------


def sealed(drafts: Iterable[TaskDraft], plan: AnnualPlan) -> str:
    """What was read, for the form that confirms it: it can be carried round, but not changed."""
    told = [[draft.group.code, draft.content, draft.measure, draft.targets] for draft in drafts]
    return signing.dumps({"plan": plan.pk, "version": plan.version, "tasks": told}, salt=SALT, compress=True)


def unsealed(sealed: str, plan: AnnualPlan) -> list[TaskDraft] | None:
    """The tasks that were shown, with the version of the plan they were shown for put on `plan`; None if too old."""
    try:
        told = signing.loads(sealed, salt=SALT, max_age=KEPT_FOR_SECONDS)
    except signing.BadSignature:
        return None
    groups = {group.code: group for group in groups_with_board()}
    if told["plan"] != plan.pk or any(code not in groups for code, *_ in told["tasks"]):
        return None
    plan.version = told["version"]
    return [
        TaskDraft(groups[code], content, measure, {int(month): target for month, target in targets.items()})
        for code, content, measure, targets in told["tasks"]
    ]
