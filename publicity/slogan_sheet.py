"""The slogans of a collection for the jury: without who sent them."""

import io
from collections.abc import Iterable

import xlsxwriter

from common.clock import CITY_TIME
from common.sheets import guarded
from publicity.models import Entry

COLUMNS = (("编号", 10), ("口号", 40), ("说明", 60), ("状态", 10), ("送来日期", 14), ("评分", 10), ("评语", 30))


def workbook(entries: Iterable[Entry]) -> bytes:
    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(written, options) as book:
        plain = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        head = book.add_format({"bold": True, "bg_color": "#e9eff0"})
        sheet = book.add_worksheet("应征口号")
        for column, (title, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width, plain)
            sheet.write_string(0, column, title, head)
        for number, entry in enumerate(entries, start=1):
            for column, cell in enumerate(_cells(entry)):
                sheet.write_string(number, column, guarded(cell), plain)
        sheet.freeze_panes(1, 1)
    return written.getvalue()


def _cells(entry: Entry) -> tuple[str, ...]:
    sent_on = entry.sent_at.astimezone(CITY_TIME).date().isoformat()
    return (str(entry.pk), entry.text, entry.explanation, str(entry.get_state_display()), sent_on)
