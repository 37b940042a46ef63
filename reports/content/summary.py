"""The month in a few sentences, as an official would read it out. Frozen with the figures they are made of."""

from typing import Any

from common.months import Month
from complaints.figures import Rate
from reports.content.cases import figures_of


def of(content: dict[str, Any]) -> list[str]:
    month = Month(*map(int, content["month"].split("-"))).month
    sentences = [
        _flags(content, month),
        _cases(content, month),
        _quality(content),
        _patrols(content),
        _volunteers(content),
        _items(content, month),
    ]
    return [sentence for sentence in sentences if sentence]


def share(rate: Rate) -> str:
    """94.2%（175／186）, or a dash where there is nothing to share."""
    if not rate.denominator:
        return "—"
    return f"{100 * rate.numerator / rate.denominator:.1f}%（{rate.numerator}／{rate.denominator}）"


def _flags(content: dict[str, Any], month: int) -> str:
    city = content["flags"]["city"]
    total = city["red"] + city["blue"] + city["unmarked"]
    if not total:
        return f"{month} 月各图版没有月任务。"
    before = content["trend"][-2]
    told = f"{month} 月 {len(content['flags']['groups'])} 个图版共有月任务 {total} 项，"
    told += f"红旗 {city['red']} 面、蓝旗 {city['blue']} 面"
    told += f"、未标 {city['unmarked']} 项" if city["unmarked"] else ""
    rate = Rate(city["red"], city["red"] + city["blue"])
    told += f"，红旗率 {share(rate)}{_compared(rate, Rate(before['red'], before['marked']))}"
    good = len(content["flags"]["made_good"])
    return f"{told}。" + (f"以前月份的蓝旗补成 {good} 项。" if good else "")


def _cases(content: dict[str, Any], month: int) -> str:
    now, before = figures_of(content["cases"]["city"]), figures_of(content["trend"][-2])
    told = f"全月收到案件 {now.filed} 件（上月 {before.filed} 件），办结 {now.closed} 件（上月 {before.closed} 件），"
    told += f"按期结案率 {share(now.on_time)}{_compared(now.on_time, before.on_time)}"
    late = content["cases"]["open_late"]
    return f"{told}。截至{'月末' if content['is_whole_month'] else '现在'}，" + (
        f"超期没有办结的案件 {late} 件，涉及 {len(content['cases']['open_late_units'])} 个单位。"
        if late
        else "没有超期未办结的案件。"
    )


def _quality(content: dict[str, Any]) -> str:
    now, before = figures_of(content["cases"]["city"]), figures_of(content["trend"][-2])
    return (
        f"响应率 {share(now.response)}，返工率 {share(now.rework)}，退单率 {share(now.returning)}。"
        f"居民评价 {now.rated} 次，满意率 {share(now.satisfaction)}"
        f"{_compared(now.satisfaction, before.satisfaction)}，解决率 {share(now.solution)}。"
    )


def _patrols(content: dict[str, Any]) -> str:
    city, before = content["patrols"]["city"], content["trend"][-2]
    rate = Rate(city["walked"], city["expected"])
    if not rate.denominator:
        return ""
    return f"网格日巡查覆盖率 {share(rate)}{_compared(rate, Rate(before['walked'], before['expected']))}。"


def _volunteers(content: dict[str, Any]) -> str:
    found = content["volunteers"]
    city = found["city"]
    told = f"志愿服务活动 {city['activities']} 场，参加 {city['people']} 人，服务 {city['minutes'] / 60:.1f} 小时"
    reaching = sum(rate["reaches_target"] for rate in found["rates"])
    told += f"；登记志愿者 {found['registered']} 人，注册率达到 {found['target']}% 的单位 {reaching} 个"
    return f"{told}，共 {len(found['rates'])} 个。" if found["rates"] else f"{told}。"


def _items(content: dict[str, Any], month: int) -> str:
    items = content["items"]
    told = f"会议交办事项本月新增 {items['given']} 项、办结 {items['done']} 项，在办 {items['open']} 项"
    return f"{told}，其中过期 {items['late']} 项。" if items["late"] else f"{told}。"


def _compared(now: Rate, before: Rate) -> str:
    """In points with the month before, where both have a share."""
    if not (now.denominator and before.denominator):
        return ""
    points = 100 * now.numerator / now.denominator - 100 * before.numerator / before.denominator
    if abs(points) < 0.05:
        return "，与上月持平"
    return f"，比上月{'高' if points > 0 else '低'} {abs(points):.1f} 个百分点"
