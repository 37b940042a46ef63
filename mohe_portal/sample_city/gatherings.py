"""Meetings of the leading group and the special groups, with minutes, and what they gave the units to do."""

from datetime import date, datetime, time, timedelta

from accounts.models import Role, SpecialGroup, Unit, User
from common.clock import CITY_TIME
from common.months import Month
from complaints.models import Complaint
from meetings.actions import About, instruct, report_done
from meetings.models import ActionItem, Meeting, Step
from meetings.workflow import ItemState, Move
from mohe_portal.sample_city.cast import Cast
from mohe_portal.sample_city.dice import Dice, dice
from progress.models import Flag, MonthTask

ITEMS_PER_MEETING = 3
TASKS = (
    "补齐包保网格内不亮的楼道灯",
    "清完本单位门前和包保网格的积雪",
    "把超时的案件逐件办结，报创城办",
    "补写上月蓝旗的未完成情况说明",
    "和社区一起清走楼道堆物",
    "把日巡查排到人、排到天",
)
FOLLOW_UPS = ("已经排了人，本周开始。", "办了一半，材料到了接着办。", "和社区对过清单，按清单办。")
ENDINGS = ("已全部办完，照片附在案件里。", "已办完，社区验过。")
POINTS = "一、本月红蓝旗情况\n二、超时案件逐件过\n三、下月重点：冬季清雪和楼道整治"
MINUTES = (
    "会议听取了本月红蓝旗情况和超时案件情况（示例）。\n"
    "会议认为，多数任务按月完成，少数单位连续出现蓝旗，要说明原因、定下新的日期。\n"
    "会议议定的事项已逐条交给责任单位，办结情况下次会议通报。"
)


def hold_meetings(seed: int, cast: Cast, *, until: datetime, months: int) -> None:
    """The leading group's meeting of each month's last third, and one of each of three special groups."""
    current = Month.of(until)
    for back in range(min(months, 6), -1, -1):
        month = current.shifted(-back)
        chance = dice(seed, "meetings", month)
        _hold(cast, None, month.first_day.replace(day=26), until, chance)
        for group in cast.groups[:3] if back < 2 else ():
            _hold(cast, group, month.first_day.replace(day=chance.randint(8, 18)), until, chance)


def write_instructions(cast: Cast, *, until: datetime) -> None:
    """What the leader who signs in wrote: on a case that is late, on a blue task, and on a figure; one is answered."""
    leader = User.objects.get(role=Role.LEADER)
    late = Complaint.objects.overdue(at=until).filter(unit__isnull=False, is_confidential=False).order_by("due_at")
    blue = MonthTask.objects.of_month(Month.of(until).shifted(-1)).filter(flag=Flag.BLUE).order_by("pk")
    written = [
        (About(case=case), case.unit, "请主要负责同志到现场看，本周内办完（示例）。")
        for case in late.select_related("unit")[:2]
    ]
    written += [
        (About(task=task), task.unit, "说明原因，拿出补成的办法和日期（示例）。")
        for task in blue.select_related("unit")[:1]
    ]
    written.append(
        (
            About(figure="今天还没巡的网格", value="3 个", page="/workbench/patrols/coverage/"),
            cast.unit(7),
            "查明漏巡的原因（示例）。",
        )
    )
    at = until - timedelta(days=2)
    for number, (about, unit, content) in enumerate(written):
        if unit is None:
            continue
        item = instruct(about, unit=unit, content=content, due_on=at.date() + timedelta(days=7), by=leader, at=at)
        if number == 0:
            report_done(item, text="已到现场，当天办完，照片附在案件里（示例）。", by=cast.liaisons[unit.pk], at=until)


def _hold(cast: Cast, group: SpecialGroup | None, day: date, until: datetime, chance: Dice) -> None:
    held_at, office = datetime.combine(day, time(9), CITY_TIME), cast.office[0]
    minutes_at = held_at + timedelta(hours=4)
    was_held = minutes_at < until
    meeting = Meeting.objects.create(
        group=group,
        held_at=held_at,
        place="示例会议室",
        agenda=POINTS,
        called_by=office,
        minutes=MINUTES if was_held else "",
        minutes_at=minutes_at if was_held else None,
        minutes_by=office if was_held else None,
        version=int(was_held),
    )
    if was_held:
        # The unit that signs in always has something of its own to do.
        units = [cast.unit(7), *chance.sample(cast.units, ITEMS_PER_MEETING - 1)]
        for unit, content in zip(units, chance.sample(TASKS, ITEMS_PER_MEETING), strict=True):
            _give(meeting, unit, content, cast.liaisons[unit.pk], office, until, chance)


def _give(
    meeting: Meeting, unit: Unit, content: str, liaison: User, office: User, until: datetime, chance: Dice
) -> None:
    given_at = meeting.held_at + timedelta(hours=5)
    due_on = given_at.date() + timedelta(days=chance.randint(10, 24))
    steps = [Step(move=Move.ASSIGN, due_on=due_on, by=office, at=given_at)]
    follows_at = given_at + timedelta(days=chance.randint(2, 5))
    if follows_at < until:
        steps.append(Step(move=Move.FOLLOW_UP, text=chance.choice(FOLLOW_UPS), by=liaison, at=follows_at))
    ends_at = datetime.combine(due_on, time(15), CITY_TIME) - timedelta(days=chance.randint(0, 3))
    is_reported = ends_at < until and chance.random() < 0.93
    is_done = is_reported and ends_at + timedelta(days=chance.randint(1, 9)) < until
    if is_reported:
        steps.append(Step(move=Move.REPORT, text=chance.choice(ENDINGS), by=liaison, at=ends_at))
    closed_at = ends_at + timedelta(hours=20) if is_done else None
    if closed_at:
        steps.append(Step(move=Move.CONFIRM, text="现场看过，办结。", by=office, at=closed_at))
    item = ActionItem.objects.create(
        meeting=meeting,
        unit=unit,
        content=content,
        due_on=due_on,
        created_at=given_at,
        created_by=office,
        state=ItemState.DONE if is_done else ItemState.OPEN,
        is_reported=is_reported and not is_done,
        closed_at=closed_at,
        version=len(steps) - 1,
    )
    for version, step in enumerate(steps):
        step.item, step.version = item, version
    Step.objects.bulk_create(steps)
