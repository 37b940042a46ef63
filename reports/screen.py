"""What the big screen shows. Nothing on it says who filed, who works on it, or where exactly."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from common.clock import CITY_TIME
from common.months import Month
from complaints.figures import Rate
from complaints.models import Event, ProblemGroup, PublicVersion
from complaints.public_stats import recently_published
from complaints.workflow import Move
from reports.cockpit.board import BoardLine, Cockpit, cockpit
from reports.cockpit.choice import LAST_MONTH, WHOLE, Area, Choice
from reports.cockpit.kpis import Kpi, kpis
from reports.cockpit.levels import scale_of
from reports.directory import Directory, GridEntry
from reports.models import RollupState
from reports.rollups import reading
from reports.rollups.reading import CITY, Standing

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
    shown: Cockpit
    kpis: list[Kpi]
    boards: list[BoardLine]
    grids: list[tuple[GridEntry, int, int]]
    legend: list[tuple[int, str]]
    communities: list[CommunityLine]
    published: list[PublicVersion]
    lines: list[str]

    @property
    def counted_at(self) -> datetime | None:
        return RollupState.freshness()

    @property
    def on_time(self) -> Rate:
        return self.shown.this.cases.on_time


def screen(names: Directory, *, at: datetime) -> Screen:
    choice = Choice(Area(WHOLE, "全市", CITY, {}), Month.of(at), LAST_MONTH, at.astimezone(CITY_TIME).date())
    shown = cockpit(choice, names, reading.open_now(at=at))
    by_grid = shown.now.by_grid
    numbers = {pk: by_grid.get(pk, Standing()).open for pk in names.grids}
    scale = scale_of(numbers.values())
    return Screen(
        shown=shown,
        kpis=kpis(shown),
        boards=sorted(shown.boards, key=lambda line: line.group.pk),
        grids=[(grid, numbers[pk], scale.level(numbers[pk])) for pk, grid in names.grids.items() if grid.path],
        legend=scale.legend("件"),
        communities=_communities(names, by_grid),
        published=recently_published(limit=3),
        lines=_lines(at),
    )


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
