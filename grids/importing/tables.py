"""The files of a city: which tables, which columns, how a cell is read and written."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import Unit
from grids.models import GridAssignment, Landmark

Parse = Callable[[str], Any]


class BadCell(ValueError):
    """What is wrong with a cell and what to write instead."""


@dataclass(frozen=True)
class Column:
    """`default` is what an empty cell means; with `keeps`, an empty cell leaves what is stored."""

    field: str
    title: str
    parse: Parse
    example: str
    note: str
    required: bool = False
    default: Any = ""
    keeps: bool = False


@dataclass(frozen=True)
class Table:
    """`key`: the fields that tell its rows apart. `shape`: the field that a GeoJSON file of this name fills."""

    name: str
    title: str
    key: tuple[str, ...]
    columns: tuple[Column, ...] = ()
    shape: str = ""

    def column(self, field: str) -> Column | None:
        return next((column for column in self.columns if column.field == field), None)


def text(most: int) -> Parse:
    def parse(cell: str) -> str:
        if len(cell) > most:
            raise BadCell(f"太长了，有 {len(cell)} 个字，最多 {most} 个。请写短些。")
        if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in cell):
            raise BadCell("里面有看不见的字符（如换行）。请重新打一遍这个格子。")
        return cell

    return parse


def digits(count: int) -> Parse:
    def parse(cell: str) -> str:
        if not (cell.isascii() and cell.isdigit()):
            raise BadCell(f"应是 {count} 位数字，现在是“{cell[:20]}”。")
        if len(cell) != count:
            raise BadCell(f"应是 {count} 位数字，现在是 {len(cell)} 位。")
        return cell

    return parse


def area_code(cell: str) -> str:
    if not (cell.isascii() and cell.isdigit() and len(cell) in {9, 12}):
        raise BadCell(f"应是 9 位镇编码或 12 位社区编码，现在是“{cell[:20]}”。")
    return cell


def slug(cell: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,30}", cell):
        raise BadCell("只能用字母、数字、- 和 _，最多 30 个。")
    return cell


def whole(most: int) -> Parse:
    def parse(cell: str) -> int:
        if not (cell.isascii() and cell.isdigit()) or int(cell[:12]) > most:
            raise BadCell(f"应是 0 到 {most} 的整数，现在是“{cell[:20]}”。")
        return int(cell)

    return parse


def choice(words: dict[str, Any]) -> Parse:
    def parse(cell: str) -> Any:
        if cell not in words:
            raise BadCell(f"应是{'、'.join(words)}之一，现在是“{cell[:20]}”。")
        return words[cell]

    return parse


def day(cell: str) -> date:
    match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?", cell)
    try:
        found = date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2999:
        raise BadCell(f"应是日期，写成 2026-11-24 这样，现在是“{cell[:20]}”。")
    return found


YES_NO = {"是": True, "否": False}
KINDS_OF_UNIT = {label: value for value, label in Unit.Kind.choices}
KINDS_OF_ASSIGNMENT = {label: value for value, label in GridAssignment.Kind.choices}
KINDS_OF_LANDMARK = {label: value for value, label in Landmark.Kind.choices}
A_DAY = "日期，如 2026-11-24"

_started_on = Column(
    "started_on", "开始日期", day, "2026-01-01", f"{A_DAY}。新主责从这天起，原来的主责到这天止", required=True
)
_ended_on = Column("ended_on", "结束日期", day, "", f"{A_DAY}，这天不再算。空着表示没有结束", default=None, keeps=True)

TABLES = (
    Table("towns", "镇", ("code",), (
        Column("code", "镇编码", digits(9), "232701100", "9 位数字", required=True),
        Column("name", "镇名", text(40), "西林吉镇", "最多 40 个字", required=True),
    )),
    Table("communities", "社区和村", ("code",), (
        Column("code", "社区编码", digits(12), "232701100002", "12 位数字，前 9 位是镇编码", required=True),
        Column("name", "社区名", text(40), "阳光社区", "最多 40 个字", required=True),
        Column("town", "镇编码", digits(9), "232701100", "9 位数字，要在镇表或系统里", required=True),
    ), shape="boundary"),
    Table("units", "责任单位", ("code",), (
        Column("code", "单位编号", text(20), "U007", "自己定，不重复，以后不改", required=True),
        Column("name", "单位名称", text(60), "示例单位 07", "不重复", required=True),
        Column("kind", "单位性质", choice(KINDS_OF_UNIT), "党政机关", "、".join(KINDS_OF_UNIT) + "之一", required=True),
        Column("headcount", "在职人数", whole(1_000_000), "20", "整数，空着是 0", default=0),
        Column("contact_name", "联络员", text(40), "示例人员甲", "可空"),
        Column("contact_phone", "联络电话", text(20), "13800000007", "可空"),
        Column("is_active", "在用", choice(YES_NO), "是", "是或否，空着是“是”", default=True),
    )),
    Table("groups", "专项推进组", ("code",), (
        Column("code", "编号", slug, "sanitation", "字母、数字、- 和 _", required=True),
        Column("name", "名称", text(40), "环境卫生组（示例）", "不重复", required=True),
        Column("has_board", "有图版", choice(YES_NO), "是", "是或否，空着是“是”", default=True),
        Column("position", "次序", whole(9999), "1", "整数，图版按它排", default=0),
    )),
    Table("leaders", "处级领导", ("code",), (
        Column("code", "编号", text(20), "L01", "自己定，不重复，以后不改", required=True),
        Column("name", "姓名", text(40), "示例领导甲", "最多 40 个字", required=True),
        Column("title", "职务", text(60), "处级领导（示例）", "可空"),
        Column("is_active", "在任", choice(YES_NO), "是", "是或否，空着是“是”", default=True),
    )),
    Table("grids", "网格", ("code",), (
        Column("code", "网格编码", digits(15), "232701100002012", "15 位数字，前 12 位是社区编码", required=True),
        Column("name", "网格名", text(60), "示例小区", "一般是小区名", required=True),
        Column("community", "社区编码", digits(12), "232701100002", "12 位数字，要在社区表或系统里", required=True),
        Column("started_on", "启用日期", day, "2026-01-01", f"{A_DAY}，不晚于今天", required=True),
        Column("ended_on", "停用日期", day, "", f"{A_DAY}，不晚于今天。空着表示在用", default=None, keeps=True),
    ), shape="boundary"),
    Table("assignments", "网格包保", ("grid", "unit", "kind", "started_on"), (
        Column("grid", "网格编码", digits(15), "232701100002012", "15 位数字，要在网格表或系统里", required=True),
        Column("unit", "单位编号", text(20), "U007", "要在单位表或系统里", required=True),
        Column("kind", "包保方式", choice(KINDS_OF_ASSIGNMENT), "主责", "主责或协助，同时只有一个主责", required=True),
        _started_on,
        _ended_on,
    )),
    Table("leader_assignments", "领导包保", ("leader", "area", "started_on"), (
        Column("leader", "领导编号", text(20), "L01", "要在领导表或系统里", required=True),
        Column("area", "镇或社区编码", area_code, "232701100002", "9 位镇编码或 12 位社区编码", required=True),
        Column("started_on", "开始日期", day, "2026-01-01", A_DAY, required=True),
        _ended_on,
    )),
    Table("landmarks", "河流和街道", ("kind", "name"), shape="shape"),
)  # fmt: skip
BY_NAME = {table.name: table for table in TABLES}
SHEETS = tuple(table for table in TABLES if table.columns)
LAYERS = tuple(table for table in TABLES if table.shape)
# Files may also be named in Chinese.
ALIASES = {
    "镇": "towns", "社区": "communities", "单位": "units", "专项组": "groups", "领导": "leaders",
    "网格": "grids", "包保": "assignments", "领导包保": "leader_assignments", "地物": "landmarks",
}  # fmt: skip


def cell_of(column: Column, value: Any) -> str:
    """The value as it stands in a file: the reverse of `parse`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    words = {"kind": KINDS_OF_UNIT | KINDS_OF_ASSIGNMENT}.get(column.field, {})
    return next((word for word, meaning in words.items() if meaning == value), str(value))
