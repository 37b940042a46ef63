"""The classes of case that come with the portal (案件类别), from one city's published table, and the plain-language
group in which residents find each."""

import csv
from pathlib import Path

from common.clock import Clock
from complaints.models import Category, ProblemGroup

TABLE = Path(__file__).parent / "data" / "case_categories.csv"
_G = ProblemGroup

# By major class; what differs stands below.
_USUAL_GROUPS = {
    ("component", "公用设施"): _G.OTHER,
    ("component", "道路交通设施"): _G.ROADS,
    ("component", "市容环境设施"): _G.GARBAGE,
    ("component", "园林绿化设施"): _G.GREEN,
    ("component", "其他部件"): _G.OTHER,
    ("event", "市容环境"): _G.HOUSING,
    ("event", "宣传广告"): _G.MARKET,
    ("event", "施工管理"): _G.BUILDING,
    ("event", "街面秩序"): _G.MARKET,
    ("event", "突发事件"): _G.UTILITIES,
    ("event", "其他事件"): _G.OTHER,
}
_UNUSUAL_GROUPS = {
    _G.CLEANING: "道路不洁 道路遗撒 临街建筑物外立面不洁 作业车辆管理 道路积雪、积冰 门前四包（五包）",
    _G.GARBAGE: "暴露生活垃圾 积存垃圾渣土 焚烧垃圾、树叶 餐厨垃圾遗撒和污染 非正规垃圾填埋场 乱丢弃医疗废物 动物尸体 "
    "垃圾未分类 垃圾满溢",
    _G.LIGHTS: "上水井盖 污水井盖 雨水井盖 雨水箅子 路灯井盖 热力井盖 燃气井盖 园林井盖 化粪池井盖 不明井盖 沟槽盖板 "
    "路灯 地灯 景观灯 桥体、楼体亮化",
    _G.ROADS: "边坡、挡土墙 台阶 无障碍坡道及盲道 其他指示牌、标识牌 违章接坡 道路破损 违章开设道口 "
    "私设地桩、地锁、停车杆 非机动车乱停放 占用消防通道 共享单车管理 路面塌陷 道路积水 桥下空间管理",
    _G.UTILITIES: "供水器 燃气调压站（箱） 露天燃气管道 供水压力柜 露天供热管道 液化气站 乱倒乱排污水、废水",
    _G.HOUSING: "宣传栏 非法小广告 架空线缆脱落 高空坠物",
    _G.MARKET: "自动售货机 遮阳篷（伞） 户外广告 牌匾标识 店面无证装修 擅自在临街建筑物上挂彩旗 露天烧烤 临街屠宰",
    _G.BUILDING: "施工公示牌 商业噪音 光污染",
    _G.GREEN: "户外健身设施 休息亭 水域附属设施 水域护栏 绿地脏乱 绿化弃料 病虫害 非法伐树 水域不洁 河道污染 "
    "非法占绿毁绿 藤蔓类覆盖 河道违采、乱堆 河道违建 园路破损",
    _G.OTHER: "公益性宣传品 突发事件",
}
_GROUP_BY_NAME = {name: group for group, names in _UNUSUAL_GROUPS.items() for name in names.split()}


def standard_categories() -> list[Category]:
    """The 92 component and 98 event classes, not yet stored, none with a competent unit."""
    with TABLE.open(encoding="utf-8-sig", newline="") as table:
        return [_category(row) for row in csv.DictReader(table)]


def _category(row: dict[str, str]) -> Category:
    return Category(
        kind=row["kind"],
        major_code=row["major_code"],
        major_name=row["major_name"],
        minor_code=row["minor_code"],
        name=row["minor_name"],
        group=_GROUP_BY_NAME.get(row["minor_name"]) or _USUAL_GROUPS[row["kind"], row["major_name"]],
        clock=Clock(row["clock"]),
        limit=int(row["limit"]),
        urgent_clock=Clock(row["strictest_clock"]),
        urgent_limit=int(row["strictest_limit"]),
    )
