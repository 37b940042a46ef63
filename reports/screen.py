"""What the big screen shows. Nothing on it says who filed, who works on it, or where exactly."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from common.clock import CITY_TIME
from common.months import Month
from common.revisions import remembered
from complaints.models import Event, ProblemGroup
from complaints.public_stats import recently_published
from complaints.workflow import Move
from reports.cockpit.board import cockpit
from reports.cockpit.choice import LAST_MONTH, WHOLE, Area, Choice
from reports.cockpit.kpis import kpis
from reports.cockpit.levels import scale_of
from reports.directory import Directory, directory
from reports.models import RollupState
from reports.rollups import reading
from reports.rollups.reading import CITY, OpenNow, Standing

# Told from a short time back, so that no step of a case can be tied to somebody seen at a counter.
TOLD_AFTER = timedelta(minutes=10)
LINES = 10
_TOLD = {Move.FILE: "收到", Move.DISPATCH: "已派给单位", Move.SUBMIT: "单位办完，待核查", Move.PASS: "已办结"}


@dataclass(frozen=True)
class CommunityLine:
    name: str
    standing: Standing


@dataclass(frozen=True)
class Screen:
    """The scenes, most of them kept; the lines are what happened lately."""

    counted_at: datetime | None
    figures: SafeString
    fixed: SafeString
    lines: list[str]


def screen(*, at: datetime) -> Screen:
    """In two questions while nothing else has changed: what is open, and what happened lately."""
    figures = _figures(at.astimezone(CITY_TIME).date(), reading.open_now(at=at))
    return Screen(RollupState.freshness(), figures, _fixed(), _lines(at))


@remembered("figures", "boards", "volunteers", "reference", most=2)
def _figures(today: date, now: OpenNow) -> SafeString:
    """The scenes of figures, boards and map."""
    names = directory(today)
    shown = cockpit(Choice(Area(WHOLE, "全市", CITY, {}), Month.of(today), LAST_MONTH, today), names, now)
    numbers = {pk: now.by_grid.get(pk, Standing()).open for pk in names.grids}
    scale = scale_of(numbers.values())
    context = {
        "shown": shown,
        "kpis": kpis(shown),
        "boards": sorted(shown.boards, key=lambda line: line.group.pk),
        "grids": [(grid, numbers[pk], scale.level(numbers[pk])) for pk, grid in names.grids.items() if grid.path],
        "legend": scale.legend("件"),
        "communities": _communities(names, now.by_grid),
    }
    return render_to_string("reports/_screen_figures.html", context)


@remembered("published", "reference", most=1)
def _fixed() -> SafeString:
    """The scene of what was done lately; empty where nothing is published."""
    return render_to_string("reports/_screen_fixed.html", {"published": recently_published(limit=3)})


def _communities(names: Directory, by_grid: dict[int | None, Standing]) -> list[CommunityLine]:
    found = {pk: Standing() for pk in names.communities}
    for pk, grid in names.grids.items():
        found[grid.community_id] += by_grid.get(pk, Standing())
    lines = [CommunityLine(names.communities[pk].name, standing) for pk, standing in found.items()]
    return sorted(lines, key=lambda line: -line.standing.open)


def _lines(at: datetime) -> list[str]:
    """What happened lately, as 10:20 阳光社区 清扫和积雪：已办结."""
    events = Event.objects.filter(move__in=_TOLD, at__lte=at - TOLD_AFTER, complaint__is_confidential=False)
    columns = ("at", "move", "complaint__group", "complaint__grid__community__name")
    rows = events.order_by("-pk").values_list(*columns)[:LINES]
    return [_line(*row) for row in rows]


def _line(moment: datetime, move: str, group: str, community: str | None) -> str:
    when = f"{moment.astimezone(CITY_TIME):%m-%d %H:%M}"
    return f"{when}　{community or '全市'}　{ProblemGroup(group).label}：{_TOLD[Move(move)]}"
