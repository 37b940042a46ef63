"""Put the whole sample city into an empty portal, in one transaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Unit
from common.calendar import working_calendar
from common.clock import CITY_TIME
from common.crypto import grouped, tracking_code
from common.errors import DomainError
from common.models import SAMPLE_DATA, Fact
from common.months import Month
from complaints.models import Channel, Complaint
from complaints.workflow import State
from mohe_portal.sample_city import board, cases, cast, patrols, places
from mohe_portal.sample_city.cast import SignIn
from mohe_portal.sample_city.closings import close_past_months, report_month_ends
from mohe_portal.sample_city.gatherings import hold_meetings, write_instructions
from mohe_portal.sample_city.inspecting import inspect, refer_some
from mohe_portal.sample_city.late import carry_up
from mohe_portal.sample_city.ledger import publicize
from mohe_portal.sample_city.livelihood import start_projects
from mohe_portal.sample_city.lives import World
from mohe_portal.sample_city.news import publish_news
from mohe_portal.sample_city.plans import plan_years
from mohe_portal.sample_city.published import publish_some
from mohe_portal.sample_city.rare import make_rare_moves
from mohe_portal.sample_city.reports import report_months
from mohe_portal.sample_city.residents import let_residents_act
from mohe_portal.sample_city.routing import rule_dispatching
from mohe_portal.sample_city.rules import shelve
from mohe_portal.sample_city.service import serve
from mohe_portal.sample_city.taking_part import invite
from reports import rollups

# The campaign, its units and its map are older than the first case that is shown.
CAMPAIGN_BEFORE_FIRST_MONTH = timedelta(days=60)
SHORTEST_HISTORY = timedelta(days=14)


class NotEmpty(DomainError):
    code = "not_empty"


@dataclass(frozen=True)
class Sizes:
    """How much there shall be: cases in all, months before the current one."""

    cases: int
    months: int


@dataclass(frozen=True)
class Followed:
    """A case that can be looked up as a resident would: its tracking code and the phone's last four digits."""

    state: str
    code: str
    phone_tail: str


@dataclass(frozen=True)
class Seeded:
    sign_ins: list[SignIn]
    followed: list[Followed]


class Report:
    """Hears how far the seeding is; the command draws it."""

    def step(self, name: str) -> None:
        pass

    def share(self, done: int, of: int) -> None:
        pass


def seed_city(*, seed: int, until: datetime, sizes: Sizes, report: Report) -> Seeded:
    """Fill an empty portal with the sample city as it stands at `until`. Raises NotEmpty where there are units."""
    photo_files: list[str] = []
    try:
        with transaction.atomic():
            return _seed(seed, until, sizes, report, photo_files)
    except BaseException:
        cases.delete_files(photo_files)
        raise


def _seed(seed: int, until: datetime, sizes: Sizes, report: Report, photo_files: list[str]) -> Seeded:
    if Unit.objects.exists():
        raise NotEmpty(
            "这个数据库里已经有单位。示例城市只能放进空的门户：请换一个空数据库（DATABASE_URL），再运行一次。"
        )
    today = until.astimezone(CITY_TIME).date()
    # On the first of a month there must be some days for cases to be filed on.
    first_day = min(Month.of(until).shifted(-sizes.months).first_day, today - SHORTEST_HISTORY)
    since = first_day - CAMPAIGN_BEFORE_FIRST_MONTH
    report.step("单位和人员")
    company = cast.bring_in(seed, since=since)
    report.step("网格和包保")
    ground = places.settle(seed, company, since=since, until=today)
    world = World(company, ground, working_calendar(), until)
    report.step(f"{sizes.months} 个月的月任务和红蓝旗")
    board.fill_boards(seed, company, until=until, months=sizes.months)
    report_months(seed, company, until=until, photo_files=photo_files)
    plan_years(seed, company, until=until)
    close_past_months(company, until=until, months=sizes.months)
    report.step(f"{sizes.cases:,} 件案件")
    cases.file_cases(seed, world, count=sizes.cases, since=first_day, photo_files=photo_files, progress=report.share)
    make_rare_moves(company, until=until)
    carry_up(until=until)
    publish_some()
    let_residents_act(until=until)
    rule_dispatching(company, until=until)
    report.step("30 天的日巡查")
    patrols.walk_grids(seed, world)
    report.step("指导推进和督导移交")
    inspect(seed, world)
    refer_some(world)
    report.step("志愿服务")
    serve(seed, world, since=since)
    report.step("会议和交办事项")
    hold_meetings(seed, company, until=until, months=sizes.months)
    write_instructions(company, until=until)
    start_projects(seed, company, until=until)
    shelve(company, until=until, files=photo_files)
    publish_news(company, until=until, files=photo_files)
    invite(seed, company, until=until)
    publicize(seed, company, until=until, files=photo_files)
    report.step("统计数字")
    rollups.rebuild(at=until)
    Fact.write(SAMPLE_DATA, True)
    report_month_ends(until=until, months=sizes.months)
    return Seeded(company.sign_ins, list(_followed()))


def _followed() -> Iterator[Followed]:
    """Yield a case of each state that a resident comes to see, filed on the web."""
    for state in (State.HANDLING, State.CLOSED):
        on_web = Complaint.objects.filter(state=state, channel=Channel.WEB, rated_at=None)
        case = on_web.exclude(reporters__phone_digest="").order_by("-filed_at").first()
        if case:
            code = grouped(tracking_code(case.intake_key))
            yield Followed(str(state.label), code, case.reporters.get(is_follower=False).phone[-4:])
