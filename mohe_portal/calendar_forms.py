"""What the page of the working calendar (工作日历) sends, and how it reads a file of days."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from django import forms

from common.sheets import MEGABYTE, Unreadable
from grids.importing.reading import Source, lines_of
from mohe_portal.year_calendar import Arranged

MOST_BYTES = MEGABYTE
TITLES = ("日期", "安排", "说明")
WORDS = {"上班": True, "休息": False, "放假": False}
_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": f"请选{label}。", "invalid": f"{label}写成 2027-02-15 这样。"},
    )


def _time(label: str, initial: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        initial=initial,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": f"请填{label}。", "invalid": f"{label}写成 08:30 这样。"},
    )


class ArrangeForm(forms.Form):
    """Some days in a row of the year shown."""

    use_required_attribute = False
    first = _day("从哪天")
    last = _day("到哪天")
    is_working = forms.TypedChoiceField(
        label="安排",
        choices=[("no", "休息"), ("yes", "上班")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect(attrs={"class": "opts-row"}),
        error_messages={"required": "请选休息还是上班。"},
    )
    note = forms.CharField(
        label="说明（可不填）",
        max_length=60,
        required=False,
        help_text="如 春节、国庆节调休上班。",
        error_messages={"max_length": "说明最多 60 个字。"},
    )

    def __init__(self, data: Any = None, *, year: int, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="id_days_%s")
        self.year = year

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, last = given.get("first"), given.get("last")
        for name in ("first", "last"):
            if given.get(name) and given[name].year != self.year:
                self.add_error(name, f"{self.fields[name].label}要在 {self.year} 年里。")
        if first and last and last < first:
            self.add_error("last", "到哪天不能早于从哪天。")
        elif first and last and (last - first).days > 30:
            self.add_error("last", "一次最多改 31 天，请分几次改。")
        return given


class HoursForm(forms.Form):
    use_required_attribute = False
    started_on = _day("从哪天起")
    morning_from = _time("上午上班", "08:00")
    morning_to = _time("上午下班", "12:00")
    afternoon_from = _time("下午上班", "14:00")
    afternoon_to = _time("下午下班", "18:00")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_hours_%s")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        names = ("morning_from", "morning_to", "afternoon_from", "afternoon_to")
        times = [given.get(name) for name in names]
        if all(times) and not times[0] < times[1] <= times[2] < times[3]:  # type: ignore[operator]  # none is None here
            self.add_error("afternoon_to", "上班时间要从早到晚排：上午上班、上午下班、下午上班、下午下班。")
        return given


@dataclass(frozen=True)
class RowError:
    """What is wrong in a line of the file; `row` counts as Excel does, 0: the whole file."""

    row: int
    message: str


class ImportForm(forms.Form):
    """A file of the year's days; `days` or `row_errors` after `is_valid`."""

    use_required_attribute = False
    file = forms.FileField(
        label="表格文件",
        help_text="csv 或 xlsx，三列：日期、安排（上班或休息）、说明。",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"required": "选一个文件。", "empty": "这个文件是空的。换一个再传。"},
    )

    def __init__(self, data: Any = None, files: Any = None, *, year: int) -> None:
        super().__init__(data, files, auto_id="id_import_%s")
        self.year = year
        self.days: list[Arranged] = []
        self.row_errors: list[RowError] = []

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        ending = PurePosixPath(sent.name).suffix.lower()
        if ending not in {".csv", ".xlsx"}:
            raise forms.ValidationError("只能导入 csv 和 xlsx 文件。请另存为其中一种再传。")
        if sent.size > MOST_BYTES:
            raise forms.ValidationError("文件太大，最大 1 MB。请只留这一年的放假安排。")
        try:
            lines = lines_of(Source(sent.name, sent.read()), ending)
        except Unreadable as reason:
            raise forms.ValidationError(str(reason)) from None
        self._read(lines)
        if self.row_errors:
            raise forms.ValidationError(f"有 {len(self.row_errors)} 处要改，一天也没有导入。")
        return sent

    def _read(self, lines: list[list[str]]) -> None:
        titles = lines[0] if lines else []
        missing = [title for title in TITLES[:2] if title not in titles]
        if missing:
            self.row_errors.append(RowError(1, f"第一行要有列名“{'”“'.join(missing)}”。"))
            return
        places = [titles.index(title) if title in titles else -1 for title in TITLES]
        seen: dict[date, int] = {}
        for number, line in enumerate(lines[1:], start=2):
            if any(line):
                self._read_line(number, [line[at] if 0 <= at < len(line) else "" for at in places], seen)
        if not self.days and not self.row_errors:
            self.row_errors.append(RowError(0, "除了列名，一天也没有写。"))

    def _read_line(self, number: int, cells: list[str], seen: dict[date, int]) -> None:
        day, is_working = _date_in(cells[0]), WORDS.get(cells[1])
        complaints = [
            (day is None, f"日期“{cells[0]}”看不懂，写成 {self.year}-02-15 这样。"),
            (day is not None and day.year != self.year, f"日期“{cells[0]}”不在 {self.year} 年里。"),
            (day in seen, f"日期“{cells[0]}”和第 {seen.get(day) if day else ''} 行重复了，只留一行。"),
            (is_working is None, f"安排“{cells[1]}”看不懂，写“上班”或“休息”。"),
            (len(cells[2]) > 60, "说明最多 60 个字。"),
        ]
        wrong = [RowError(number, message) for holds, message in complaints if holds]
        self.row_errors += wrong
        if day is not None:
            seen.setdefault(day, number)
            if not wrong and is_working is not None:
                self.days.append(Arranged(day, is_working, cells[2]))


def _date_in(written: str) -> date | None:
    found = _DATE.match(written.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
