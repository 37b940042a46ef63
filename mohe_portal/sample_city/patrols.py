"""Thirty days of daily patrols: most grids walked most days, some units less careful, some phones out of reach."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from common.clock import CITY_TIME
from complaints.models import Channel, Complaint, ProblemGroup
from grids.models import Grid
from mohe_portal.sample_city.dice import Dice, dice
from mohe_portal.sample_city.lives import World
from volunteers.checklist import FINE, ITEMS, PROBLEM
from volunteers.models import Finding, Guide, PatrolLog

DAYS = 30
CARE = (0.99, 0.98, 0.97, 0.95, 0.92, 0.88, 0.74)
SETTLED = (
    (ProblemGroup.CLEANING, "单元门口有薄冰，已撒防滑料"),
    (ProblemGroup.GARBAGE, "垃圾桶旁有散落垃圾，已捡干净"),
    (ProblemGroup.HOUSING, "楼道口堆了纸箱，住户当场搬走"),
    (ProblemGroup.HOUSING, "单元门上贴了小广告，已清除"),
    (ProblemGroup.ROADS, "自行车挡住消防通道，已挪开"),
)

GUIDES = (
    (
        "住宅小区",
        "单元门口和台阶有没有冰",
        "垃圾箱满没满，周围有没有散落",
        "楼道有没有堆物、小广告",
        "消防通道有没有车和杂物",
    ),
    ("主街", "路面积雪清没清，雪堆有没有占道", "井盖松不松，路灯亮不亮", "店铺有没有占道经营", "公益广告破没破"),
    ("学校门口", "上下学有没有人疏导", "斑马线和标志看不看得清", "门口有没有乱停的车"),
    ("市场", "地面滑不滑、脏不脏", "通道堵没堵", "垃圾有没有分类"),
)


@dataclass
class _Walks:
    """The logs and findings of all days, not yet stored."""

    seed: int
    world: World
    logs: list[PatrolLog] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def walk_grids(seed: int, world: World) -> None:
    """Store the patrols up to `world.until`; each case of the channel patrol belongs to one of them."""
    walks = _Walks(seed, world)
    today = world.until.astimezone(CITY_TIME).date()
    first = today - timedelta(days=DAYS)
    reported = _reported(first)
    chance = dice(seed, "patrols")
    care = {grid.pk: chance.choice(CARE) for grid in world.places.grids}
    for day in (first + timedelta(days=n) for n in range(DAYS + 1)):
        for grid in world.places.grids:
            if day >= grid.started_on:
                _walk(walks, grid, day, reported.get((grid.pk, day), []), care[grid.pk])
    PatrolLog.objects.bulk_create(walks.logs, batch_size=500)
    for finding in walks.findings:
        finding.log_id = finding.log.pk
    Finding.objects.bulk_create(walks.findings, batch_size=500)
    Guide.objects.bulk_create(
        Guide(place=place, lines="\n".join(lines), position=position)
        for position, (place, *lines) in enumerate(GUIDES, start=1)
    )


def _reported(first: date) -> dict[tuple[int, date], list[Complaint]]:
    """The cases that patrols filed since then, by grid and day."""
    found: dict[tuple[int, date], list[Complaint]] = {}
    since = datetime.combine(first, time(), CITY_TIME)
    cases = Complaint.objects.filter(channel=Channel.PATROL, filed_at__gte=since).exclude(grid=None)
    for case in cases.order_by("filed_at"):
        day = case.filed_at.astimezone(CITY_TIME).date()
        found.setdefault((case.grid_id or 0, day), []).append(case)
    return found


def _walk(walks: _Walks, grid: Grid, day: date, cases: list[Complaint], care: float) -> None:
    chance, world = dice(walks.seed, "patrol", grid.code, day), walks.world
    began = datetime.combine(day, time(chance.randint(7, 16), chance.randint(0, 59)), CITY_TIME)
    if cases:
        began = min(began, cases[0].filed_at - timedelta(minutes=8))
    ended = max([began + timedelta(minutes=chance.randint(14, 48)), *(case.filed_at for case in cases)])
    if ended > world.until or not (cases or chance.random() < care):
        return
    unit = world.places.lead_on(grid, day)
    settled = chance.choice(SETTLED) if chance.random() < 0.06 else None
    late = day < world.until.astimezone(CITY_TIME).date() - timedelta(days=1) and chance.random() < 0.02
    has_findings = bool(cases or settled)
    key = f"sample:{grid.code}:{day}"
    log = PatrolLog(
        unit=unit, grid=grid, on=day, started_at=began, finished_at=ended, by=world.cast.liaisons[unit.pk],
        result=PatrolLog.Result.FINDINGS if has_findings else PatrolLog.Result.NO_PROBLEM,
        checks=_checks([ProblemGroup(case.group) for case in cases], chance), key=key, fingerprint="",
        received_at=ended + timedelta(days=1) if late else ended,
    )  # fmt: skip
    walks.logs.append(log)
    for number, case in enumerate(cases):
        walks.findings.append(_finding(log, f"{key}:{number}", case.group, case.text, case.filed_at, case))
    if settled:
        walks.findings.append(_finding(log, f"{key}:settled", settled[0], settled[1], began, None))


def _checks(groups: list[ProblemGroup], chance: Dice) -> dict[str, str]:
    looked_at = [item for item in ITEMS if item.group in groups or chance.random() < 0.96]
    return {item.code: PROBLEM if item.group in groups else FINE for item in looked_at}


def _finding(log: PatrolLog, key: str, group: str, text: str, at: datetime, case: Complaint | None) -> Finding:
    return Finding(
        log=log, key=key, fingerprint="", group=group, text=text, found_at=at, by=log.by, received_at=log.received_at,
        is_settled=case is None, complaint=case, place=case.place if case else "",
        longitude=case.longitude if case else None, latitude=case.latitude if case else None,
    )  # fmt: skip
