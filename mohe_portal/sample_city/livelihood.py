"""Livelihood projects of the year: 14 major ones led by leaders, 310 practical ones of units, with their progress."""

from datetime import date, datetime, time, timedelta

from accounts.models import Unit
from common.clock import CITY_TIME
from mohe_portal.sample_city.cast import Cast
from mohe_portal.sample_city.dice import Dice, dice
from projects.models import Kind, Note, Project, ProjectSeries, Stage

MAJOR, PRACTICAL, UNITS_WITH_PRACTICAL = 14, 310, 68
MAJOR_TITLES = (
    "老旧小区供热管网改造", "桥北片区道路和人行道修补", "集中供水二次泵房更新", "背街小巷路灯补齐",
    "社区卫生服务站改造", "农贸市场改造提升", "无物业小区管理全覆盖", "公厕新建和改造", "学校周边交通设施完善",
    "垃圾分类收集点建设", "养老服务驿站建设", "口袋公园建设", "公交候车亭更新", "排水井室清掏和雨水管网修复",
)  # fmt: skip
PRACTICAL_TITLES = (
    "为{n}户老人检修楼道扶手", "帮助{n}户困难家庭入冬取暖", "修补院内路面{n}平方米", "补装楼道灯{n}盏",
    "清理楼道堆物{n}个单元", "为环卫工人设休息点{n}处", "更换单元门{n}樘", "组织免费体检{n}人次", "疏通下水{n}处",
)  # fmt: skip
STAGES = ("方案和准备", "动工办理", "验收交付")
NOTES = ("方案定好，材料到位。", "按计划办理，群众反映好。", "已经办完，社区和居民代表看过。")


def start_projects(seed: int, cast: Cast, *, until: datetime) -> None:
    """A year's projects as they stand at `until`."""
    today, chance = until.astimezone(CITY_TIME).date(), dice(seed, "projects", until.year)
    chosen = chance.sample(cast.units, UNITS_WITH_PRACTICAL - 1)
    owners = [cast.unit(7), *(unit for unit in chosen if unit != cast.unit(7))]
    projects = [
        Project(
            number=f"M{today.year}-{number:03}", year=today.year, kind=Kind.MAJOR,
            title=f"{title}（示例）", goal=f"{title}，年底前完成，居民代表参加验收。",
            unit=chance.choice(cast.units), leader=cast.leaders[number % len(cast.leaders)],
            due_on=date(today.year, chance.choice((9, 10, 11, 12)), 20), created_by=cast.office[0],
        )
        for number, title in enumerate(MAJOR_TITLES, start=1)
    ]  # fmt: skip
    projects += [
        _practical(number, today, owners[number % len(owners)], cast, chance)
        for number in range(MAJOR + 1, MAJOR + PRACTICAL + 1)
    ]
    lives = [_live(project, today, cast, chance) for project in projects]
    Project.objects.bulk_create(projects)
    Stage.objects.bulk_create([stage for stages, _ in lives for stage in stages], batch_size=500)
    Note.objects.bulk_create([note for _, notes in lives for note in notes], batch_size=500)
    ProjectSeries.objects.create(year=today.year, last=len(projects))


def _live(project: Project, today: date, cast: Cast, chance: Dice) -> tuple[list[Stage], list[Note]]:
    """Its three stages up to its due day and a note for each that is done; most keep to their days."""
    late = timedelta(days=chance.choice((-12, -6, -3, 0, 0, 4, 40)))
    stages, notes = [], []
    for position, name in enumerate(STAGES, start=1):
        due_on = project.due_on - timedelta(days=45 * (len(STAGES) - position))
        done_on = due_on + late if due_on + late < today else None
        stage = Stage(project=project, position=position, name=name, due_on=due_on, done_on=done_on)
        stages.append(stage)
        if done_on:
            project.version += 1
            at = datetime.combine(done_on, time(16), CITY_TIME)
            notes.append(
                Note(
                    project=project,
                    version=project.version,
                    what=Note.What.STAGE,
                    stage=stage,
                    text=NOTES[position - 1],
                    by=cast.liaisons[project.unit_id],
                    at=at,
                )
            )
    if stages[-1].done_on:
        project.completed_on = stages[-1].done_on
        project.version += 1
        at = notes[-1].at + timedelta(hours=1)
        done = Note(
            project=project, version=project.version, what=Note.What.COMPLETED, text="各阶段都已核实。",
            by=cast.office[0], at=at,
        )  # fmt: skip
        notes.append(done)
    return stages, notes


def _practical(number: int, today: date, unit: Unit, cast: Cast, chance: Dice) -> Project:
    title = chance.choice(PRACTICAL_TITLES).format(n=chance.randint(6, 60))
    return Project(
        number=f"M{today.year}-{number:03}", year=today.year, kind=Kind.PRACTICAL, title=f"{title}（示例）",
        goal=f"{title}，办完由社区核实。", unit=unit,
        due_on=date(today.year, chance.randint(4, 12), 25), created_by=cast.office[0],
    )  # fmt: skip
