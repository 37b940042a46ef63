"""The tables of a report, each from its part of the content."""

from collections.abc import Iterable
from typing import Any

from complaints.figures import CaseFigures, Rate
from reports.content.cases import figures_of
from reports.layout.parts import Cell, Column, Kind, Table

Row = dict[str, Any]
TEXT, NUMBER, RATE, DATE = Kind.TEXT, Kind.NUMBER, Kind.RATE, Kind.DATE
FIRST_PLACES = 10


def flags(rows: list[Row], *, name: str, title: str, of: str) -> Table:
    columns = [
        Column(of, TEXT, 9),
        Column("月任务"),
        Column("红旗"),
        Column("蓝旗"),
        Column("其中补成"),
        Column("未标"),
        Column("红旗率", RATE, 6),
    ]
    sums = {kind: sum(row[kind] for row in rows) for kind in ("red", "blue", "good", "unmarked")}
    told = [_flag_cells(row["name"], row) for row in rows]
    return Table(name, title, columns, told, _flag_cells("合计", sums) if rows else None, empty="这个月没有月任务。")


def _flag_cells(name: str, row: Row) -> list[Cell]:
    red, blue = row["red"], row["blue"]
    return [name, red + blue + row["unmarked"], red, blue, row["good"], row["unmarked"], Rate(red, red + blue)]


def blue(rows: list[Row], *, with_group: bool) -> Table:
    columns = [
        *([Column("专项推进组", TEXT, 6)] if with_group else []),
        Column("单位", TEXT, 5),
        Column("任务", TEXT, 8),
        Column("未完成原因", TEXT, 8),
        Column("下一步", TEXT, 9),
        Column("新的日期", DATE, 8),
        Column("补成日期", DATE, 8),
    ]
    told: list[list[Cell]] = [
        [
            *([row["group_name"]] if with_group else []),
            *(row[key] for key in ("unit", "content", "reason", "plan", "new_date", "made_good_on")),
        ]
        for row in rows
    ]
    return Table("蓝旗说明", "蓝旗和未完成情况说明", columns, told, empty="这个月没有蓝旗。")


def made_good(rows: list[Row]) -> Table:
    columns = [
        Column("任务月份", TEXT, 5),
        Column("单位", TEXT, 7),
        Column("任务", TEXT, 11),
        Column("补成日期", DATE, 7),
        Column("怎么补成的", TEXT, 11),
    ]
    told: list[list[Cell]] = [[row[key] for key in ("month", "unit", "content", "on", "note")] for row in rows]
    return Table("补成", "本月补成的蓝旗", columns, told, empty="本月没有补成的蓝旗。")


def corrections(rows: list[Row]) -> Table:
    columns = [
        Column("单位", TEXT, 7),
        Column("任务", TEXT, 11),
        Column("锁定时", TEXT, 4),
        Column("更正为", TEXT, 4),
        Column("更正理由", TEXT, 13),
    ]
    told: list[list[Cell]] = [[row[key] for key in ("unit", "content", "before", "after", "why")] for row in rows]
    return Table("更正", "锁定后的更正", columns, told, note="更正记在旁边，上面各表仍按锁定时的旗统计。")


def cases(rows: list[Row], *, name: str, title: str, of: str, total: CaseFigures | None = None) -> Table:
    """How much came and went. The desk's 响应率 says nothing of a unit, so units have their dispatches there."""
    is_unit = of == "单位"
    columns = [
        Column(of, TEXT, 8),
        Column("收到"),
        Column("派单") if is_unit else Column("响应率", RATE, 6),
        Column("办结"),
        Column("超期未办结", width=5),
        Column("结案率", RATE, 6),
        Column("按期结案率", RATE, 6),
    ]

    def cells(label: str, one: CaseFigures) -> list[Cell]:
        second: Cell = one.dispatched if is_unit else one.response
        return [label, one.filed, second, one.closed, one.overdue, one.closing, one.on_time]

    return _case_table(rows, name, title, columns, cells, total)


def quality(rows: list[Row], *, name: str, title: str, of: str, total: CaseFigures | None = None) -> Table:
    columns = [
        Column(of, TEXT, 8),
        Column("返工率", RATE, 6),
        Column("退单率", RATE, 6),
        Column("满意率", RATE, 6),
        Column("解决率", RATE, 6),
    ]

    def cells(label: str, one: CaseFigures) -> list[Cell]:
        return [label, one.rework, one.returning, one.satisfaction, one.solution]

    return _case_table(rows, name, title, columns, cells, total)


def _case_table(
    rows: list[Row], name: str, title: str, columns: list[Column], cells: Any, total: CaseFigures | None
) -> Table:
    told = [cells(row["name"], figures_of(row)) for row in rows]
    last = cells("合计", total or sum((figures_of(row) for row in rows), CaseFigures())) if rows else None
    return Table(name, title, columns, told, last, empty="这个月没有案件。")


def late(rows: list[Row], *, of_month: str) -> Table:
    columns = [Column("单位", TEXT, 12), Column("超期没有办结的案件", NUMBER, 8)]
    told: list[list[Cell]] = [[row["name"], row["late"]] for row in rows]
    total: list[Cell] = ["合计", sum(row["late"] for row in rows)]
    note = f"包括期限在 {of_month} 以前的；上面各率只算期限在本月的，每件案件只算在一个月里。"
    return Table("超期未办结", "超期没有办结的案件", columns, told, total if rows else None, note, "没有超期的案件。")


def patrols(rows: list[Row], *, name: str, title: str, of: str) -> Table:
    columns = [
        Column(of, TEXT, 10),
        Column("应巡（格天）", width=6),
        Column("已巡", width=5),
        Column("覆盖率", RATE, 6),
    ]

    def cells(label: str, walked: int, expected: int) -> list[Cell]:
        return [label, expected, walked, Rate(walked, expected)]

    told = [cells(row["name"], row["walked"], row["expected"]) for row in rows]
    total = cells("合计", sum(row["walked"] for row in rows), sum(row["expected"] for row in rows)) if rows else None
    return Table(name, title, columns, told, total, empty="这个月没有要巡查的网格。")


def volunteers(rows: list[Row], *, name: str, title: str, of: str) -> Table:
    """Without a sum: people of two rows may be the same people."""
    columns = [
        Column(of, TEXT, 10),
        Column("活动（场）", width=5),
        Column("参加（人）", width=5),
        Column("时长（小时）", width=6),
        Column("队伍（支）", width=5),
    ]
    told: list[list[Cell]] = [
        [row["name"], row["activities"], row["people"], row["minutes"] / 60, row["teams"]] for row in rows
    ]
    note = "只算时长已确认的活动。同一个人可能在几行里，人数不能相加。"
    return Table(name, title, columns, told, note=note, empty="这个月没有时长已确认的活动。")


def registration(rows: list[Row], *, target: int) -> Table:
    columns = [
        Column("单位", TEXT, 12),
        Column("在职人数", width=6),
        Column("登记志愿者", width=6),
        Column("注册率", RATE, 6),
    ]
    told: list[list[Cell]] = [
        [row["name"], row["headcount"], row["registered"], Rate(row["registered"], row["headcount"])] for row in rows
    ]
    note = f"目标是 {target}%。按生成报告时登记的人数算。"
    return Table("单位-志愿者", "各单位志愿者注册率", columns, told, note=note, empty="没有在用的单位。")


def items(rows: list[Row]) -> Table:
    columns = [
        Column("单位", TEXT, 7),
        Column("要办的事", TEXT, 14),
        Column("会议或批示", TEXT, 8),
        Column("期限", DATE, 7),
        Column("情况", TEXT, 5),
    ]
    told: list[list[Cell]] = [
        [row["unit"], row["content"], row["body"], row["due_on"], _item_state(row)] for row in rows
    ]
    return Table("交办事项", "没有办结的交办事项", columns, told, empty="没有在办的交办事项。")


def _item_state(row: Row) -> str:
    if row["is_reported"]:
        return "已报办完，待确认"
    return "过期" if row["is_late"] else "在办"


def ranking(ranked: Row, *, name: str, title: str, of: str, what: str, unit: str, first: int = 0) -> Table:
    """All places, or those up to `first`; who has too little to be compared is counted below."""
    rows = [row for row in ranked["rows"] if not first or row["place"] <= first]
    columns = [Column("名次", NUMBER, 4), Column(of, TEXT, 12), Column(what, RATE, 8)]
    told: list[list[Cell]] = [[row["place"], row["name"], Rate(row["numerator"], row["denominator"])] for row in rows]
    note = f"{what}相同的名次相同。分母不足 {ranked['enough']} {unit}的不排名，以免一两件就决定名次"
    note += f"（{len(ranked['few'])} 个）。" if ranked["few"] else "。"
    empty = f"没有分母达到 {ranked['enough']} {unit}的。"
    return Table(name, title, columns, told, note=note, empty=empty, is_excerpt=bool(first))


def trend(rows: Iterable[Row]) -> Table:
    columns = [
        Column("月份", TEXT, 5),
        Column("收到"),
        Column("办结"),
        Column("按期结案率", RATE, 6),
        Column("满意率", RATE, 6),
        Column("红旗率", RATE, 6),
        Column("巡查覆盖率", RATE, 6),
    ]
    told: list[list[Cell]] = []
    for row in rows:
        one = figures_of(row)
        flags, walked = Rate(row["red"], row["marked"]), Rate(row["walked"], row["expected"])
        told.append([row["month"], one.filed, one.closed, one.on_time, one.satisfaction, flags, walked])
    note = "各月都按本报告的截止时间重新统计；以前各月报告里的数按当时的情况，不改。"
    return Table("十二个月", "十二个月走势", columns, told, note=note)
