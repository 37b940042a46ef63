"""What the guidance group wrote down on site: cases that it filed, remarks on month tasks, days without a problem."""

from datetime import date, datetime, time, timedelta

from accounts.models import Role, User
from common.clock import CITY_TIME
from common.months import Month
from complaints.models import Channel, Complaint
from mohe_portal.sample_city.dice import Dice, dice
from mohe_portal.sample_city.lives import World
from progress.models import MonthTask
from supervision.actions import Facts, Told, begin_finding, keep_draft, keep_finding, move_referral, refer
from supervision.models import Finding, Inspection, Matter, Measure, Outcome, Source
from supervision.workflow import Move

QUIET_DAYS = 60
LOOKED_AT = (
    "看了门前三包、垃圾箱和人行道积雪（示例）。",
    "看了楼道、单元门口和消防通道（示例）。",
    "看了公益广告、路灯和井盖（示例）。",
)
REMARKS = (
    "楼道堆物只清了一半，二、三单元还有（示例）。",
    "点位清单和现场对不上，差两处（示例）。",
    "照片是上个月的，现场还没动工（示例）。",
)
FOUND = (Move.SUBSTANTIATE, "到现场看过，也和社区核对过，情况属实（示例）。")
TALKED = (Move.HANDLE, "约谈了主要负责同志，限期整改（示例）。")
REFERRED: tuple[tuple[int, Matter, str, tuple[tuple[Move, str], ...]], ...] = (
    (
        7, Matter.NOT_DONE, "三次通知清雪，包保网格主路仍没有清（示例）。",
        ((Move.VERIFY, ""), FOUND, TALKED, (Move.CLOSE, "情况属实，已约谈；主路已清，社区验过（示例）。")),
    ),
    (
        23, Matter.SHIFTED, "案件两次退单，理由和派遣依据对不上（示例）。",
        ((Move.VERIFY, ""), (Move.DISMISS, "派遣依据有误，退单有理（示例）。"), (Move.CLOSE, "不属实（示例）。")),
    ),
    (41, Matter.FALSIFIED, "月报告的照片是去年的（示例）。", ((Move.VERIFY, ""), FOUND, TALKED)),
    (58, Matter.NOT_SERIOUS, "连续两次会议没有派人（示例）。", ((Move.VERIFY, ""), FOUND)),
    (66, Matter.NOT_DONE, "楼道堆物承诺的日期过了一个月（示例）。", ((Move.VERIFY, ""),)),
    (90, Matter.OTHER, "群众反映巡查记录和实际不符（示例）。", ()),
)  # fmt: skip
Written = tuple[Inspection, list[Finding]]


def inspect(seed: int, world: World) -> None:
    """Each case of the channel belongs to an inspection of its day and grid; units hear remarks on their tasks."""
    chance = dice(seed, "inspections")
    written = [*_with_cases(world, chance), *_without_problem(world, chance), *_with_remarks(world, chance)]
    Inspection.objects.bulk_create((inspection for inspection, _ in written), batch_size=500)
    for inspection, findings in written:
        for finding in findings:
            finding.inspection = inspection
    Finding.objects.bulk_create((finding for _, findings in written for finding in findings), batch_size=500)
    _begin_one(world)


def _with_cases(world: World, chance: Dice) -> list[Written]:
    written = []
    for case in Complaint.objects.filter(channel=Channel.INSPECTION).select_related("filed_by").order_by("filed_at"):
        began = case.filed_at.astimezone(CITY_TIME)
        inspection = _inspection(world, began.date(), case.filed_at, chance, key=case.number)
        inspection.by = case.filed_by or world.cast.guidance[0]
        inspection.grid_id, inspection.place = case.grid_id, case.place
        inspection.longitude, inspection.latitude = case.longitude, case.latitude
        if not (case.grid_id or case.place):
            inspection.place = "示例路段"
        finding = Finding(
            text=case.text, outcome=Outcome.CASE, group=case.group, place=case.place, complaint=case,
            added_at=case.filed_at,
        )  # fmt: skip
        written.append((inspection, [finding]))
    return written


def _without_problem(world: World, chance: Dice) -> list[Written]:
    """Two on each working day of the last two months."""
    today, written = world.until.astimezone(CITY_TIME).date(), list[Written]()
    for day in (today - timedelta(days=back) for back in range(1, QUIET_DAYS)):
        if not world.calendar.is_working(day):
            continue
        for number in range(2):
            at = datetime.combine(day, time(9 + 5 * number, chance.randint(0, 59)), CITY_TIME)
            inspection = _inspection(world, day, at, chance, key=f"quiet:{day}:{number}")
            inspection.grid = chance.choice(world.places.grids)
            inspection.unit = world.places.lead_on(inspection.grid, day) if chance.random() < 0.4 else None
            written.append((inspection, []))
    return written


def _with_remarks(world: World, chance: Dice) -> list[Written]:
    """On some tasks of this month and the last; always on one of the unit that signs in."""
    today, written = world.until.astimezone(CITY_TIME).date(), list[Written]()
    for back in (1, 0):
        month = Month.of(today).shifted(-back)
        tasks = list(MonthTask.objects.of_month(month).order_by("pk").select_related("unit"))
        own = [task for task in tasks if task.unit == world.cast.unit(7)][:1]
        others = [task for task in tasks if task not in own]
        for task in [*own, *chance.sample(others, min(6, len(others)))]:
            day = min(month.first_day + timedelta(days=chance.randint(0, 20)), today)
            at = min(datetime.combine(day, time(10, chance.randint(0, 59)), CITY_TIME), world.until)
            inspection = _inspection(world, day, at, chance, key=f"remark:{month}:{task.pk}")
            inspection.unit = task.unit
            said = Finding(text=chance.choice(REMARKS), outcome=Outcome.REMARK, task=task, added_at=at)
            written.append((inspection, [said]))
    return written


def _inspection(world: World, day: date, at: datetime, chance: Dice, *, key: str) -> Inspection:
    return Inspection(
        on=day, looked_at=chance.choice(LOOKED_AT), by=chance.choice(world.cast.guidance), saved_at=at,
        submitted_at=at, version=1, key=f"sample:{key}",
    )  # fmt: skip


def refer_some(world: World) -> None:
    """One referral in each state, as far as they go; the unit that signs in has one that is concluded."""
    office, group = world.cast.office[0], User.objects.get(role=Role.SUPERVISION)
    for number, (unit, matter, text, moves) in enumerate(REFERRED):
        at = world.until - timedelta(days=20 - number)
        told = Told(world.cast.unit(unit), matter, text)
        made = refer(told, source=Source.OFFICE, by=office, at=at)
        for step, (move, reason) in enumerate(moves, start=1):
            measure = Measure.TALK if move == Move.HANDLE else ""
            move_referral(made, move, reason=reason, measure=measure, by=group, at=at + timedelta(days=step))


def _begin_one(world: World) -> None:
    """A draft of the one who signs in, half written down this morning."""
    at = world.until - timedelta(hours=1)
    facts = Facts(
        on=at.astimezone(CITY_TIME).date(), unit=world.cast.unit(7), place="示例小区北门", looked_at=LOOKED_AT[0]
    )
    begun = keep_draft(facts, key="sample-draft", by=world.cast.guidance[0], at=at)
    keep_finding(begin_finding(begun, at=at), text="北门两侧积雪没有清（示例）。", at=at)
