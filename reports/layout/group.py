"""One special group's page for its meeting, cut out of the same frozen content."""

from typing import Any

from complaints.figures import CaseFigures, Rate
from reports.content.cases import figures_of
from reports.content.summary import share
from reports.layout import tables
from reports.layout.parts import Document, Section, dated, month_of, standing

Content = dict[str, Any]


def group_document(content: Content, code: str, name: str) -> Document:
    month = month_of(content)
    return Document(
        month=month,
        title_lines=(name, f"{month.year}年{month.month}月情况{'' if content['is_whole_month'] else '（预览）'}"),
        standing=standing(content),
        issuer=content["issuer"],
        dated=dated(content),
        is_sample=content["is_sample"],
        sections=[Section("本月小结", _summary(content, code)), *_sections(_cut(content, code))],
    )


def _cut(content: Content, code: str) -> Content:
    """What concerns the group: its tasks, the cases and patrols of the units that have tasks of it, its items."""
    flags = content["flags"]
    units = {row["key"] for row in flags["group_units"] if row["group"] == code}
    return {
        "units": [row for row in flags["group_units"] if row["group"] == code],
        "blue": [row for row in flags["blue"] if row["group"] == code],
        "made_good": [row for row in flags["made_good"] if row["group"] == code],
        "corrections": [row for row in flags["corrections"] if row["group"] == code],
        "cases": [row for row in content["cases"]["units"] if row["key"] in units],
        "late": [row for row in content["cases"]["open_late_units"] if row["key"] in units],
        "patrols": [row for row in content["patrols"]["units"] if row["key"] in units],
        "items": [row for row in content["items"]["rows"] if row["group"] == code],
    }


def _summary(content: Content, code: str) -> list[str]:
    cut = _cut(content, code)
    red, blue, unmarked = (sum(row[kind] for row in cut["units"]) for kind in ("red", "blue", "unmarked"))
    cases = sum((figures_of(row) for row in cut["cases"]), CaseFigures())
    late = sum(row["late"] for row in cut["late"])
    if not cut["units"]:
        return ["这个组本月没有月任务。"]
    told = f"本组 {len(cut['units'])} 个单位共有月任务 {red + blue + unmarked} 项，红旗 {red} 面、蓝旗 {blue} 面"
    told += f"、未标 {unmarked} 项" if unmarked else ""
    return [
        f"{told}，红旗率 {share(Rate(red, red + blue))}。",
        f"这些单位本月办结案件 {cases.closed} 件，按期结案率 {share(cases.on_time)}，"
        f"满意率 {share(cases.satisfaction)}，超期没有办结 {late} 件。",
    ]


def _sections(cut: Content) -> list[Section]:
    flags = [
        tables.flags(cut["units"], name="单位-红蓝旗", title="各单位的旗", of="单位"),
        tables.blue(cut["blue"], with_group=False),
        tables.made_good(cut["made_good"]),
    ]
    if cut["corrections"]:
        flags.append(tables.corrections(cut["corrections"]))
    return [
        Section("红旗和蓝旗", tables=flags),
        Section(
            "本组单位的案件",
            tables=[
                tables.cases(cut["cases"], name="单位-办理", title="各单位：办理", of="单位"),
                tables.quality(cut["cases"], name="单位-质量", title="各单位：质量", of="单位"),
            ],
        ),
        Section(
            "本组单位的巡查",
            tables=[tables.patrols(cut["patrols"], name="单位-巡查", title="各单位巡查覆盖", of="单位")],
        ),
        Section("本组会议交办事项", tables=[tables.items(cut["items"])]),
    ]
