"""Volunteering in the sample city: 134 teams, volunteers with visibly invented names, activities of half a year."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from common.clock import CITY_TIME
from common.months import Month
from mohe_portal.sample_city import words
from mohe_portal.sample_city.dice import Dice, dice
from mohe_portal.sample_city.lives import World
from volunteers import actions
from volunteers.consent import CONSENT_VERSION
from volunteers.models import Activity, Membership, ServiceRecord, SignUp, Team, Volunteer
from volunteers.models.activity import RISKY_TYPES
from volunteers.workflow import ActivityState

TEAMS, VOLUNTEERS, PAST, COMING = 134, 700, 46, 12
MOST_DAYS = 270
UNCONFIRMED = 3
# Who comes nearly every time, so that there are stars to see.
CORE = 12
FIRST_PHONE = 4000
PUBLIC_TEAMS = (
    "松苑社区志愿队", "阳光社区志愿队", "桥北社区志愿队", "明苑社区志愿队", "红领巾小先锋家长队", "极光摄影志愿队",
    "老党员志愿队", "青年志愿者突击队", "助残志愿队", "应急救援志愿队", "文明交通志愿队", "银龄志愿队",
)  # fmt: skip
KINDS = (
    ("snow", "雪后清雪", "清人行道和单元门口的积雪", "手套、防滑鞋", "冰面滑，穿防滑鞋；不上车行道。", 2.5),
    ("stairs", "楼道卫生整治", "清楼道堆物，擦扶手，撕小广告", "手套、抹布", "", 2),
    ("care", "看望独居老人", "陪老人说话，打扫屋子，查水电", "", "", 2),
    ("traffic", "路口文明劝导", "早高峰在路口劝导行人走斑马线", "反光背心由队里发", "站在人行道上，不下车行道。", 1.5),
    ("labour", "清河岸垃圾", "沿大林河岸捡拾垃圾", "手套、垃圾夹", "", 3),
    ("publicity", "入户发创城手册", "一家一户发手册，听意见", "", "", 2),
)  # fmt: skip
SKILLS = ("会开铲车", "会修水管", "会手语", "会急救", "会摄影", "会理发", "", "", "", "", "")
REPORT = "来了{people}人，一共做了{hours}小时。居民说干净多了，下周还来（示例）。"


@dataclass
class _Book:
    """What is made before it is stored."""

    world: World
    teams: list[Team] = field(default_factory=list)
    people: list[Volunteer] = field(default_factory=list)
    of_team: dict[int, list[Volunteer]] = field(default_factory=lambda: defaultdict(list))
    sign_ups: list[SignUp] = field(default_factory=list)
    records: list[ServiceRecord] = field(default_factory=list)


def serve(seed: int, world: World, *, since: date) -> None:
    """Store teams, volunteers and activities up to `world.until` and two weeks on."""
    book = _Book(world)
    founded_at = datetime.combine(since, time(9), CITY_TIME)
    _found_teams(book, founded_at)
    _register(book, dice(seed, "volunteers"), founded_at)
    _hold(book, dice(seed, "activities"), since)
    for person in book.people[:2]:
        actions.issue_certificate(person, at=world.until)


def _found_teams(book: _Book, at: datetime) -> None:
    names = [(f"{unit.name}志愿服务队", unit) for unit in book.world.cast.units]
    public = [(f"{name}（示例）", None) for name in PUBLIC_TEAMS]
    named = [*names, *public][:TEAMS]
    book.teams = Team.objects.bulk_create(
        Team(code=f"T{number:03}", name=name, unit=unit, created_at=at)
        for number, (name, unit) in enumerate(named, start=1)
    )


def _register(book: _Book, chance: Dice, at: datetime) -> None:
    people = []
    for number in range(1, VOLUNTEERS + 1):
        person = Volunteer(
            name=f"示例志愿者{number:03}", born_year=chance.randint(1952, 2008), skills=chance.choice(SKILLS),
            is_listed=chance.random() < 0.4, consent_version=CONSENT_VERSION,
            registered_at=at + timedelta(days=chance.randint(0, 30), minutes=number),
        )  # fmt: skip
        person.phone = words.phone(FIRST_PHONE + number)
        people.append(person)
    book.people = Volunteer.objects.bulk_create(people, batch_size=500)
    Membership.objects.bulk_create(_memberships(book), batch_size=500)
    for team in book.teams:
        if book.of_team[team.pk]:
            team.leader = book.of_team[team.pk][0]
    Team.objects.bulk_update(book.teams, ["leader"])


def _memberships(book: _Book) -> list[Membership]:
    """Unit by unit, until nobody is left: the first units reach their target, the last ones have hardly anybody.

    The unit that signs in has three who wait to be let in.
    """
    shown = book.world.cast.unit(7)
    waiting = iter(book.people[-3:])
    free = iter(book.people[:-3])
    rows = [Membership(team=_team_of(book, shown.pk), volunteer=one, asked_at=book.world.until) for one in waiting]
    public = [team for team in book.teams if team.unit_id is None]
    units = sorted((team for team in book.teams if team.unit), key=lambda team: (team.unit_id != shown.pk, team.code))
    wanted = [(team, 8) for team in public] + [(team, _wanted(team, rank)) for rank, team in enumerate(units)]
    for team, count in wanted:
        for person in (one for one, _ in zip(free, range(count), strict=False)):
            book.of_team[team.pk].append(person)
            at = person.registered_at
            office = book.world.cast.office[0]
            rows.append(
                Membership(
                    team=team,
                    volunteer=person,
                    state=Membership.State.MEMBER,
                    asked_at=at,
                    decided_at=at + timedelta(hours=5),
                    decided_by=office,
                )  # fmt: skip
            )
    return rows


def _wanted(team: Team, rank: int) -> int:
    headcount = team.unit.headcount if team.unit else 0
    return max(headcount * 95 // 100, 1) if rank % 5 == 0 else max(headcount // 9, 1)


def _team_of(book: _Book, unit_id: int) -> Team:
    return next(team for team in book.teams if team.unit_id == unit_id)


def _hold(book: _Book, chance: Dice, since: date) -> None:
    until = book.world.until
    # Denser towards today.
    days = max((until.date() - since).days - 30, PAST)
    activities = []
    for number in range(PAST + COMING):
        is_past = number < PAST
        back = 1 + int(min(days, MOST_DAYS) * ((PAST - number) / PAST) ** 2)
        ahead = timedelta(days=-back if is_past else number - PAST + 1)
        activities.append(_activity(book, number, (until + ahead).date(), chance))
    Activity.objects.bulk_create(activities)
    for number, activity in enumerate(activities):
        _fill(book, activity, chance, is_confirmed=number < PAST - UNCONFIRMED)
    SignUp.objects.bulk_create(book.sign_ups, batch_size=500)
    ServiceRecord.objects.bulk_create(book.records, batch_size=500)
    Activity.objects.bulk_update(activities, ["taken", "last_turn", "report", "reported_at"])


def _activity(book: _Book, number: int, on: date, chance: Dice) -> Activity:
    type_, title, about, bring, risk, hours = KINDS[number % len(KINDS)]
    world = book.world
    public = [team for team in book.teams if team.unit_id is None]
    # The unit that signs in has something in each stage.
    own = _team_of(book, world.cast.unit(7).pk)
    staffed = [team for team in book.teams if team.unit_id and len(book.of_team[team.pk]) > 6]
    team = own if number % 7 == 4 or number == PAST - 1 else chance.choice(public if number % 2 else staffed)
    grid = chance.choice(world.places.led_by(team.unit) or world.places.grids if team.unit else world.places.grids)
    starts_at = datetime.combine(on, time(chance.choice((8, 9, 13, 14)), chance.choice((0, 30))), CITY_TIME)
    planned_at = min(starts_at, world.until) - timedelta(days=6)
    longitude, latitude = world.places.spots[grid.pk][0]
    state = ActivityState.PUBLISHED
    if number < PAST - UNCONFIRMED:
        state = ActivityState.CONFIRMED
    elif number == PAST + COMING - 1:
        state = ActivityState.DRAFT
    elif number == PAST + COMING - 2:
        state = ActivityState.CANCELLED
    return Activity(
        team=team, unit=team.unit, type=type_, title=title, about=about, bring=bring, is_risky=type_ in RISKY_TYPES,
        risk_note=risk, is_insured=bool(risk), campaign="lei_feng" if (on.month, on.day // 8) == (3, 0) else "",
        grid=grid, place=f"{grid.name}南门", longitude=longitude, latitude=latitude, starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours), capacity=chance.choice((10, 15, 20, 30)), state=state,
        created_by=world.cast.liaisons[team.unit_id] if team.unit_id else world.cast.office[0], created_at=planned_at,
        published_at=None if state == ActivityState.DRAFT else planned_at,
        ended_reason="大风蓝色预警，改期再办（示例）" if state == ActivityState.CANCELLED else "",
    )  # fmt: skip


def _fill(book: _Book, activity: Activity, chance: Dice, *, is_confirmed: bool) -> None:
    """Who signed up, who came, and their hours where those are confirmed."""
    if activity.state == ActivityState.DRAFT:
        return
    is_over = activity.ends_at < book.world.until
    # Most of what is coming has free places.
    most = activity.capacity if is_over or chance.random() < 0.2 else activity.capacity // 2
    others = chance.sample(book.people[CORE:], chance.randint(3, most))
    crowd = dict.fromkeys(
        [*(book.people[:CORE] if is_over else []), *book.of_team[activity.team_id][: 6 if is_over else 2], *others]
    )
    minutes, people = 0, 0
    for turn, person in enumerate(list(crowd)[: activity.capacity + (0 if is_over else 2)], start=1):
        has_place = turn <= activity.capacity
        one = SignUp(
            activity=activity, volunteer=person, turn=turn, signed_up_at=activity.created_at + timedelta(hours=turn),
            state=SignUp.State.GOING if has_place else SignUp.State.WAITING,
        )  # fmt: skip
        if is_over and has_place and chance.random() < 0.93:
            one.checked_in_at = activity.starts_at + timedelta(minutes=chance.choice((-12, -5, -2, 3, 8)))
            one.checked_out_at = activity.ends_at + timedelta(minutes=chance.choice((-25, -10, 0, 0, 6)))
            one.checked_in_how = one.checked_out_how = chance.choice((SignUp.How.QR, SignUp.How.QR, SignUp.How.LIST))
        book.sign_ups.append(one)
        activity.taken, activity.last_turn = activity.taken + has_place, turn
        if is_confirmed and has_place:
            book.records.append(_record(one))
            minutes, people = minutes + book.records[-1].minutes, people + (book.records[-1].minutes > 0)
    if is_confirmed and chance.random() < 0.6:
        activity.report = REPORT.format(people=people, hours=minutes // 60)
        activity.reported_at = activity.ends_at + timedelta(hours=26)


def _record(one: SignUp) -> ServiceRecord:
    activity = one.activity
    began, ended = actions.counted_span(one, activity)
    month = Month.of(activity.starts_at)
    return ServiceRecord(
        volunteer=one.volunteer, activity=activity, team_id=activity.team_id, unit_id=activity.unit_id,
        type=activity.type, started_at=began, ended_at=ended, served_on=began.astimezone(CITY_TIME).date(),
        year=month.year, month=month.month, minutes=actions.whole_minutes(began, ended),
        confirmed_by=activity.created_by, confirmed_at=activity.ends_at + timedelta(hours=20),
    )  # fmt: skip
