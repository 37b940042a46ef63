"""The six figures at the top: what it is, of how many, and how it stands against the other month."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from complaints.figures import Rate
from reports.cockpit.board import Cockpit


@dataclass(frozen=True)
class Kpi:
    """`base` is what the figure is made of, `diff` how it compares; `alert` marks the part of the base that is late."""

    title: str
    value: str
    unit: str
    base: str
    diff: str
    url: str
    alert: str = ""


def exact(rate: Rate) -> str:
    """A percentage with one decimal, cut off, so that 100.0 means all of them; a dash of nothing."""
    if not rate.denominator:
        return "—"
    tenths = rate.numerator * 1000 // rate.denominator
    return f"{tenths // 10}.{tenths % 10}"


def kpis(shown: Cockpit) -> list[Kpi]:
    makers: list[Callable[[Cockpit], Kpi]] = [_flags, _open, _on_time, _satisfaction, _patrols, _service]
    return [make(shown) for make in makers]


def _flags(shown: Cockpit) -> Kpi:
    choice, counts = shown.choice, shown.counts
    other = shown.flags.of_month(choice.other)
    whole = "去年同月" if choice.compare == "year" else "上月"
    diff = f"{whole}红旗 {other.red}，蓝旗 {other.blue}" if other.total else f"{whole}没有旗"
    base = f"蓝旗 {counts.blue}，未标 {counts.unmarked}"
    return Kpi(f"{choice.month.month} 月红旗", str(counts.red), "面", base, diff, choice.flags_url(choice.month))


def _open(shown: Cockpit) -> Kpi:
    choice = shown.choice
    number, before = shown.open_at_end, shown.open_after(choice.other)
    whole = "去年同月底" if choice.compare == "year" else "上月底"
    url = reverse("reports:figures") + choice.link(sort="open")
    if not choice.is_running:
        return Kpi("月底在办", f"{number:,}", "件", "这个月最后一天", _more(number, before, whole), url)
    now = shown.now.total
    late = f"超时 {now.overdue:,}"
    return Kpi("在办案件", f"{number:,}", "件", f"快到期 {now.soon:,}", _more(number, before, whole), url, alert=late)


def _on_time(shown: Cockpit) -> Kpi:
    rate = shown.this.cases.on_time
    url = reverse("reports:figures") + shown.choice.link(sort="late")
    return _rate("按期结案率", rate, shown.other.cases.on_time, "", shown.choice.other_words, url)


def _satisfaction(shown: Cockpit) -> Kpi:
    rate = shown.this.cases.satisfaction
    url = reverse("reports:figures") + shown.choice.link(sort="satisfaction")
    return _rate("满意率", rate, shown.other.cases.satisfaction, " 人评价", shown.choice.other_words, url)


def _patrols(shown: Cockpit) -> Kpi:
    choice, patrolled = shown.choice, shown.patrolled
    unit = choice.area.unit
    page = "volunteers:patrol_calendar" if unit else "volunteers:patrol_coverage"
    url = f"{reverse(page)}?{f'unit={unit.code}&' if unit else ''}month={choice.month}"
    made_of = f"{patrolled.covered.numerator:,}／{patrolled.covered.denominator:,} 格次"
    if not choice.is_running and not patrolled.covered.numerator:
        return Kpi("巡查覆盖", "—", "", "没有巡查记录", "", url)
    if not choice.is_running:
        return Kpi("巡查覆盖", exact(patrolled.covered), _percent(patrolled.covered), made_of, "", url)
    today = f"今日 {patrolled.today.numerator}／{patrolled.today.denominator} 格"
    return Kpi("巡查覆盖", exact(patrolled.covered), _percent(patrolled.covered), made_of, today, url)


def _service(shown: Cockpit) -> Kpi:
    service, words = shown.service, shown.choice.other_words
    hours, before = service.minutes // 60, service.other_minutes // 60
    base = f"{service.activities} 场活动"
    url = f"{reverse('volunteers:figures')}?month={shown.choice.month}"
    return Kpi("志愿时长", f"{hours:,}", "小时", base, _more(hours, before, words), url)


def _rate(title: str, rate: Rate, other: Rate, suffix: str, other_words: str, url: str) -> Kpi:
    base = f"{rate.numerator:,}／{rate.denominator:,}{suffix}"
    return Kpi(title, exact(rate), _percent(rate), base, _points(rate, other, other_words), url)


def _percent(rate: Rate) -> str:
    return "%" if rate.denominator else ""


def _points(rate: Rate, other: Rate, words: str) -> str:
    if not rate.denominator or not other.denominator:
        return f"{words}没有可比的"
    tenths = rate.numerator * 1000 // rate.denominator - other.numerator * 1000 // other.denominator
    if not tenths:
        return f"与{words}持平"
    return f"比{words}{'高' if tenths > 0 else '低'} {abs(tenths) / 10:.1f} 点"


def _more(number: int, other: int, words: str) -> str:
    if number == other:
        return f"与{words}持平"
    return f"比{words}{'多' if number > other else '少'} {abs(number - other):,}"
