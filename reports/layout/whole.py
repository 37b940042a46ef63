"""The report of the whole city."""

from typing import Any

from common.months import Month
from complaints.figures import Rate
from reports.content.cases import figures_of
from reports.layout import tables
from reports.layout.parts import Chart, Document, Section, dated, month_of, standing

Content = dict[str, Any]
DEFINITIONS = [
    "结案率＝办结数÷应结案数；按期结案率＝按期办结数÷应结案数。应结案数是本月办结的案件，加上期限在本月、到截止时间还没有"
    "办结的案件。单位在期限内提交结果、正在等核查的，不算超期。",
    "返工率＝返工过的案件÷办结数；退单率＝被退回的派单÷派单数；响应率＝在受理时限内受理或答复不予受理的案件÷收到后应答复的案件。",
    "满意率＝评价“满意”和“非常满意”的÷评价数；解决率＝评价“解决了”的÷评价数。评价算在评价的那个月，二次办理后可以再评。",
    "一个月从当月 1 日 0 时到下月 1 日 0 时（北京时间）。分母是 0 的写“—”。按单位统计的，算给当时承办的单位。",
]


def document(content: Content) -> Document:
    month = month_of(content)
    named = f"{month.year}年{month.month}月"
    return Document(
        month=month,
        title_lines=(
            "漠河市创建全国文明城市工作",
            f"{named}{'月末报告' if content['is_whole_month'] else '情况（预览）'}",
        ),
        standing=standing(content),
        issuer=content["issuer"],
        dated=dated(content),
        is_sample=content["is_sample"],
        sections=[
            Section("本月小结", content["summary"]),
            _flags(content),
            _cases(content, month),
            _patrols(content),
            _volunteers(content),
            _items(content),
            _rankings(content),
            _trend(content),
            Section("指标怎么算", DEFINITIONS),
        ],
        annexes=_annexes(content),
    )


def _flags(content: Content) -> Section:
    flags = content["flags"]
    found = [
        tables.flags(flags["groups"], name="各组红蓝旗", title="各专项推进组的旗", of="专项推进组"),
        tables.blue(flags["blue"], with_group=True),
        tables.made_good(flags["made_good"]),
    ]
    if flags["corrections"]:
        found.append(tables.corrections(flags["corrections"]))
    return Section("红旗和蓝旗", tables=found)


def _cases(content: Content, month: Month) -> Section:
    found = []
    for key, of in (("channels", "来源"), ("communities", "社区"), ("categories", "类别")):
        rows = content["cases"][key]
        found.append(tables.cases(rows, name=f"{of}-办理", title=f"按{of}：办理", of=of))
        found.append(tables.quality(rows, name=f"{of}-质量", title=f"按{of}：质量", of=of))
    found.append(tables.late(content["cases"]["open_late_units"], of_month=f"{month.month} 月"))
    return Section("案件办理", tables=found)


def _patrols(content: Content) -> Section:
    rows = content["patrols"]["communities"]
    return Section("网格日巡查", tables=[tables.patrols(rows, name="社区-巡查", title="各社区巡查覆盖", of="社区")])


def _volunteers(content: Content) -> Section:
    found = content["volunteers"]
    teams, units = found["teams"], found["holding_units"]
    told = f"举办活动的队伍 {teams['count']}／{teams['of']} 支，单位 {units['count']}／{units['of']} 个。"
    told += f"另有 {found['unconfirmed']} 场活动的时长还没有确认，没有算在内。" if found["unconfirmed"] else ""
    shown = [
        tables.volunteers(found["types"], name="志愿-类型", title="按活动类型", of="类型"),
        tables.volunteers(found["communities"], name="志愿-社区", title="按社区", of="社区"),
    ]
    return Section("志愿服务", [told], shown)


def _items(content: Content) -> Section:
    return Section("会议交办事项", tables=[tables.items(content["items"]["rows"])])


RANKINGS = (
    ("flags", "红旗率排名", "专项推进组", "红旗率", "面"),
    ("on_time", "按期结案率排名", "单位", "按期结案率", "件"),
    ("satisfaction", "满意率排名", "单位", "满意率", "次评价"),
    ("patrols", "巡查覆盖率排名", "单位", "覆盖率", "格天"),
)


def _rankings(content: Content) -> Section:
    """In the body the first places; the annex has them all."""
    found = []
    for key, title, of, what, unit in RANKINGS:
        first = tables.FIRST_PLACES if of == "单位" else 0
        shown = f"{title}（前 {first} 名）" if first else title
        ranked = content["rankings"][key]
        name = f"{title}前列" if first else title
        found.append(tables.ranking(ranked, name=name, title=shown, of=of, what=what, unit=unit, first=first))
    return Section("排名", tables=found)


def _trend(content: Content) -> Section:
    table = tables.trend(content["trend"])
    return Section("十二个月走势", tables=[table], charts=_charts(content["trend"], table.name))


def _charts(rows: list[Content], table: str) -> list[Chart]:
    labels = [f"{int(row['month'][-2:])}月" for row in rows]
    figures = [figures_of(row) for row in rows]
    return [
        Chart(
            "收到和办结的案件",
            "件",
            labels,
            [one.closed for one in figures],
            table,
            compared=[one.filed for one in figures],
            names=("办结", "收到"),
        ),
        Chart("按期结案率", "%", labels, [_percent(one.on_time) for one in figures], table),
        Chart("红旗率", "%", labels, [_percent(Rate(row["red"], row["marked"])) for row in rows], table),
        Chart("巡查覆盖率", "%", labels, [_percent(Rate(row["walked"], row["expected"])) for row in rows], table),
    ]


def _percent(rate: Rate) -> float | None:
    return 100 * rate.numerator / rate.denominator if rate.denominator else None


def _annexes(content: Content) -> list[Section]:
    units = content["cases"]["units"]
    flags = tables.flags(content["flags"]["units"], name="单位-红蓝旗", title="各单位的旗", of="单位")
    return [
        Section("各单位红旗和蓝旗", tables=[flags]),
        Section(
            "各单位案件办理",
            tables=[
                tables.cases(units, name="单位-办理", title="各单位：办理", of="单位"),
                tables.quality(units, name="单位-质量", title="各单位：质量", of="单位"),
            ],
        ),
        Section(
            "各单位巡查覆盖",
            tables=[tables.patrols(content["patrols"]["units"], name="单位-巡查", title="各单位巡查覆盖", of="单位")],
        ),
        Section(
            "各单位志愿服务",
            tables=[
                tables.volunteers(content["volunteers"]["units"], name="志愿-单位", title="各单位活动", of="单位"),
                tables.registration(content["volunteers"]["rates"], target=content["volunteers"]["target"]),
            ],
        ),
        Section(
            "单位排名",
            tables=[
                tables.ranking(content["rankings"][key], name=title, title=title, of=of, what=what, unit=unit)
                for key, title, of, what, unit in RANKINGS
                if of == "单位"
            ],
        ),
    ]
