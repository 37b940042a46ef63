from datetime import date

import pytest

from progress.forms import StatementForm
from tests.factories.progress import MonthTaskFactory


def form(**typed):
    task = MonthTaskFactory.build(pk=12, year=2026, month=11)
    return StatementForm({"reason": "材料未到货", "plan": "等到货", "new_date": "12-03"} | typed, task=task)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-12-03", date(2026, 12, 3)),
        ("20261203", date(2026, 12, 3)),
        ("2026/12/3", date(2026, 12, 3)),
        ("2026年12月3日", date(2026, 12, 3)),
        ("12-03", date(2026, 12, 3)),
        ("1203", date(2026, 12, 3)),
        ("12.3", date(2026, 12, 3)),
        ("12 月 3 日", date(2026, 12, 3)),
        ("１２－０３", date(2026, 12, 3)),
        pytest.param("11-01", date(2026, 11, 1), id="the first day of the task's month"),
        pytest.param("1-15", date(2027, 1, 15), id="without a year, January is next year's"),
    ],
)
def test_a_date_is_read_as_clerks_type_it(typed, meant):
    filled = form(new_date=typed)

    assert filled.is_valid(), filled.errors
    assert filled.statement.new_date == meant


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("reason", "", "写明为什么没完成，一句话就行。"),
        ("reason", "   ", "写明为什么没完成，一句话就行。"),
        ("plan", "", "写明下一步怎么办，一句话就行。"),
        ("new_date", "", "写明新的完成日期，例如 12-03。"),
        ("new_date", "下周", "看不懂这个日期，写成 12-03 或 2026-12-03 这样。"),
        ("new_date", "123", "看不懂这个日期，写成 12-03 或 2026-12-03 这样。"),
        ("new_date", "2-30", "没有 2 月 30 日这一天。"),
        ("new_date", "2027-02-29", "没有 2 月 29 日这一天。"),
        ("new_date", "2026-10-31", "新的完成日期不能早于 2026 年 11 月 1 日。"),
        ("reason", "雪" * 301, "最多 300 字，现在是 301 字。"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_right(field, typed, sentence):
    assert form(**{field: typed}).errors == {field: [sentence]}


def test_a_leap_day_without_a_year_is_the_next_one_or_none():
    typed = {"reason": "材料未到货", "plan": "等到货", "new_date": "2-29"}
    in_time = StatementForm(typed, task=MonthTaskFactory.build(pk=12, year=2027, month=11))
    too_soon = StatementForm(typed, task=MonthTaskFactory.build(pk=12, year=2026, month=11))

    assert in_time.is_valid()
    assert in_time.statement.new_date == date(2028, 2, 29)
    assert too_soon.errors == {"new_date": ["没有 2 月 29 日这一天。"]}
