"""Volunteers, teams, activities and hours, by their actions."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.clock import CITY_TIME
from common.errors import DomainError, TooMany
from common.months import Month
from notifications.models import NoticeDelivery
from tests.factories import crew
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.crew import HOUR, MONDAY, SATURDAY_NINE
from volunteers import actions, stats
from volunteers.actions import Repeat
from volunteers.models import Certificate, ServiceRecord, SignUp, Volunteer
from volunteers.models.service import as_hours

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def messages(to):
    return [message.text for message in to.messages.order_by("pk")]


# --- phones ---


@pytest.fixture
def texts(settings, tmp_path):
    settings.NOTICE_BACKEND = "file"
    settings.NOTICE_FILE = tmp_path / "notices.jsonl"


def sent_code(phone="13800007777", **more):
    """Ask for a code and read it where only the receiver reads it."""
    from notifications.delivery import _unsealed  # noqa: PLC0415 -- a test's own look behind the seal

    actions.send_code(phone, client="10.0.0.0/24", at=MONDAY, **more)
    words = _unsealed(NoticeDelivery.objects.latest("pk"))["words"]
    return words[4:10]


def test_a_code_opens_once_and_only_for_its_phone(texts):
    code = sent_code()

    assert not actions.is_code_of("13800008888", code, at=MONDAY)
    assert actions.is_code_of("13800007777", code, at=MONDAY)
    assert not actions.is_code_of("13800007777", code, at=MONDAY)


def test_a_code_ends_after_ten_minutes_after_five_wrong_ones_and_with_the_next_one(texts):
    code = sent_code()
    assert not actions.is_code_of("13800007777", code, at=MONDAY + 10 * MINUTE)

    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert [actions.is_code_of("13800007777", wrong, at=MONDAY) for _ in range(5)] == [False] * 5
    assert not actions.is_code_of("13800007777", code, at=MONDAY)

    older, newer = sent_code(), sent_code()
    assert (older == newer) or not actions.is_code_of("13800007777", older, at=MONDAY)
    assert actions.is_code_of("13800007777", newer, at=MONDAY)


def test_a_phone_is_not_rung_without_end(texts):
    for _ in range(5):
        sent_code()
    with pytest.raises(TooMany, match="一小时"):
        sent_code()


def test_neither_phone_nor_code_stands_readable_in_the_database(texts):
    code = sent_code()
    row = NoticeDelivery.objects.select_related("notice").latest("pk")

    assert code not in row.sealed + row.notice.title + row.notice.body + row.key
    assert "13800007777" not in row.sealed + row.notice.title + row.notice.body + row.key


def test_where_nothing_can_be_sent_it_says_whom_to_ask():
    with pytest.raises(DomainError, match="短信还没有开通"):
        actions.send_code("13800007777", client="c", at=MONDAY)


# --- registering ---


def test_whoever_registers_twice_is_one(texts):
    first = crew.volunteer("示例志愿者甲", phone="13800001234")

    assert crew.volunteer("示例志愿者乙", phone="13800001234") == first
    assert (first.phone, first.masked_phone, first.consent_version) == ("13800001234", "138****1234", "2026-11")


@pytest.mark.parametrize(("born", "may"), [(2013, False), (2012, True), (1950, True)])
def test_a_child_is_not_registered_and_is_told_whom_to_ask(born, may):
    try:
        crew.volunteer(born_year=born)
        assert may
    except actions.TooYoung as refused:
        assert not may and "请家长带孩子到所在社区登记" in refused.message


def test_erased_a_person_is_nobody_and_their_hours_stay():
    unit = UnitFactory()
    own = crew.team(unit)
    who = crew.member(own)
    done = crew.activity(own)
    crew.served(done, who)
    crew.confirmed(done)
    certificate = actions.issue_certificate(who, at=SATURDAY_NINE + 5 * HOUR)
    coming = crew.activity(own, starts_at=SATURDAY_NINE + timedelta(days=7))
    actions.sign_up(coming, volunteer=who, at=SATURDAY_NINE + 6 * HOUR)
    before = stats.month_figures(Month(2026, 11)).total

    actions.erase(who, at=SATURDAY_NINE + 6 * HOUR)

    gone = Volunteer.objects.get(pk=who.pk)
    assert (gone.name, gone.phone, gone.phone_digest, gone.born_year, gone.shown_name) == (
        "",
        "",
        "",
        None,
        "已注销的志愿者",
    )
    coming.refresh_from_db()
    certificate.refresh_from_db()
    assert (coming.taken, certificate.name, certificate.revoke_reason) == (0, "", "本人已注销")
    assert stats.month_figures(Month(2026, 11)).total == before
    assert stats.registration_rates()[0].registered.count == 0
    # The phone is free again, for a new person with no past.
    assert stats.standing(crew.volunteer(phone="13800009999")).minutes == 0


# --- teams ---


def test_nobody_is_in_a_team_who_did_not_ask_and_whom_nobody_let_in():
    own, who = crew.team(UnitFactory()), crew.volunteer()
    asked = actions.ask_to_join(own, volunteer=who, at=MONDAY)
    assert actions.ask_to_join(own, volunteer=who, at=MONDAY) == asked
    assert not own.memberships.members().exists()

    actions.decide(asked, accept=True, by=UserFactory(), at=MONDAY)
    assert [one.volunteer for one in own.memberships.members()] == [who]
    with pytest.raises(DomainError, match="已经办过"):
        actions.decide(asked, accept=False, by=UserFactory(), reason="满员", at=MONDAY)

    actions.leave_team(asked, at=MONDAY)
    assert not own.memberships.members().exists()
    assert messages(who) == [f"{own}同意您入队了。"]


def test_the_liaison_of_the_units_team_is_told_and_the_leader_of_any():
    unit = UnitFactory()
    liaison = UserFactory(liaison=True, unit=unit)
    UserFactory(liaison=True)
    own = crew.team(unit)
    leader = crew.member(own)
    facts = actions.TeamFacts(own.code, own.name, unit)
    actions.save_team(own, facts=facts, leader=leader, by=UserFactory(), at=MONDAY)
    own.refresh_from_db()

    actions.ask_to_join(own, volunteer=crew.volunteer(), at=MONDAY)
    assert [notice.recipient for notice in own.unit.members.get().notices.all()][-1:] == [liaison]
    assert messages(leader)[-1] == f"有人申请加入{own}，请在“我的志愿服务”里办。"


def test_a_leader_is_one_of_the_members():
    own = crew.team()
    with pytest.raises(DomainError, match="从队员里选"):
        facts = actions.TeamFacts(own.code, own.name, None)
        actions.save_team(own, facts=facts, leader=crew.volunteer(), by=UserFactory(), at=MONDAY)


def test_the_rate_of_a_unit_counts_different_people_of_its_headcount():
    unit = UnitFactory(headcount=10)
    first, second = crew.team(unit), crew.team(unit)
    both = crew.member(first)
    crew.member(second, both)
    for _ in range(8):
        crew.member(first)
    actions.ask_to_join(first, volunteer=crew.volunteer(), at=MONDAY)

    rate = stats.registration_rates()[0]
    assert (rate.registered.count, rate.registered.total, rate.reaches_target) == (9, 10, True)


# --- activities ---


def test_weekly_and_monthly_dates():
    day = datetime(2026, 12, 31, 9, tzinfo=CITY_TIME)

    weekly = actions.planning.dates(day, Repeat.WEEKLY, date(2027, 1, 15))
    assert [f"{one:%m-%d %H}" for one in weekly] == ["12-31 09", "01-07 09", "01-14 09"]
    monthly = actions.planning.dates(day, Repeat.MONTHLY, date(2027, 3, 31))
    assert [f"{one:%Y-%m-%d}" for one in monthly] == ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"]
    with pytest.raises(DomainError, match="最多排 53 次"):
        actions.planning.dates(day, Repeat.WEEKLY, date(2029, 1, 1))


def test_a_risky_activity_is_published_only_with_a_note_and_insurance():
    risky = {"type": "snow", "title": "雪后清雪"}
    by = UserFactory()
    planned = actions.plan_activity(crew.plan(**risky), by=by, at=MONDAY)[0]
    assert planned.is_risky
    with pytest.raises(DomainError, match="安全提醒"):
        actions.publish(planned, by=by, at=MONDAY)

    safe = crew.plan(planned.team, **risky, risk_note="冰面滑，穿防滑鞋。", is_insured=True)
    actions.change_activity(planned, plan=safe, by=by, at=MONDAY)
    actions.publish(planned, by=by, at=MONDAY)
    assert planned.published_at == MONDAY


def test_who_waits_moves_up_in_order_and_is_told():
    small = crew.activity(capacity=1)
    people = [crew.volunteer() for _ in range(3)]
    places = [actions.sign_up(small, volunteer=one, at=MONDAY) for one in people]
    assert [place.state for place in places] == ["going", "waiting", "waiting"]
    assert actions.sign_up(small, volunteer=people[1], at=MONDAY) == places[1]

    actions.withdraw(places[0], at=MONDAY)
    actions.withdraw(places[0], at=MONDAY)

    assert [SignUp.objects.get(pk=place.pk).state for place in places] == ["withdrawn", "going", "waiting"]
    assert messages(people[1]) == [
        "“看望独居老人”（11 月 28 日 09:00）有了空位，您已经从候补转为报上。来不了请尽早取消。"
    ]
    assert messages(people[2]) == []
    small.refresh_from_db()
    assert small.taken == 1


def test_more_places_let_those_in_who_wait():
    small = crew.activity(capacity=1)
    people = [crew.volunteer() for _ in range(3)]
    places = [actions.sign_up(small, volunteer=one, at=MONDAY) for one in people]
    small.refresh_from_db()
    actions.change_activity(small, plan=crew.plan(small.team, capacity=2), by=UserFactory(), at=MONDAY)

    assert [SignUp.objects.get(pk=place.pk).state for place in places] == ["going", "going", "waiting"]


OVERLAPS = {"apart": (2, None), "an hour": (1, actions.SmallClash), "over an hour": (0.98, actions.Clash)}


@pytest.mark.parametrize(("hours_later", "refusal"), OVERLAPS.values(), ids=OVERLAPS)
def test_overlaps_of_an_hour_warn_and_longer_ones_are_refused(hours_later, refusal):
    who = crew.volunteer()
    actions.sign_up(crew.activity(), volunteer=who, at=MONDAY)
    other = crew.activity(starts_at=SATURDAY_NINE + HOUR * hours_later)

    if refusal:
        with pytest.raises(refusal):
            actions.sign_up(other, volunteer=who, at=MONDAY)
    if refusal is not actions.Clash:
        assert actions.sign_up(other, volunteer=who, at=MONDAY, accept_overlap=True).state == "going"
    else:
        with pytest.raises(actions.Clash):
            actions.sign_up(other, volunteer=who, at=MONDAY, accept_overlap=True)


def test_a_volunteer_cancels_until_the_start_and_the_organiser_tells_everybody():
    held = crew.activity(capacity=1)
    going, waiting, gone = (crew.volunteer() for _ in range(3))
    places = [actions.sign_up(held, volunteer=one, at=MONDAY) for one in (going, waiting, gone)]
    actions.withdraw(places[2], at=MONDAY)
    with pytest.raises(DomainError, match="已经开始"):
        actions.withdraw(places[0], at=SATURDAY_NINE)

    held.refresh_from_db()
    with pytest.raises(DomainError, match="要写原因"):
        actions.cancel(held, reason=" ", by=UserFactory(), at=MONDAY)
    actions.cancel(held, reason="大风蓝色预警", by=UserFactory(), at=MONDAY)
    assert [messages(one) for one in (going, waiting)] == [["“看望独居老人”活动取消了：大风蓝色预警"]] * 2
    assert messages(gone) == []
    with pytest.raises(actions.NotOpen):
        actions.sign_up(held, volunteer=gone, at=MONDAY)


def test_the_day_before_everybody_with_a_place_is_reminded_once():
    held = crew.activity(capacity=1, bring="手套")
    going, waiting = crew.volunteer(), crew.volunteer()
    for one in (going, waiting):
        actions.sign_up(held, volunteer=one, at=MONDAY)
    friday = SATURDAY_NINE - timedelta(hours=17)

    assert [actions.remind_of_activities(at=friday) for _ in range(2)] == [1, 1]
    assert actions.remind_of_activities(at=friday - timedelta(days=1)) == 0
    assert messages(going) == ["明天 09:00 “看望独居老人”，在示例小区南门集合，请带手套。来不了请尽早取消。"]
    assert messages(waiting) == []


# --- attendance and hours ---


def test_near_one_can_check_in_and_far_away_not_and_no_position_is_kept():
    who = crew.volunteer()
    held = crew.activity(point=(122.5292, 52.9705))
    place = actions.sign_up(held, volunteer=who, at=MONDAY)
    with pytest.raises(actions.TooFar, match="大约 1110 米"):
        actions.check_in_here(held, volunteer=who, point=(122.5292, 52.9805), is_leaving=False, at=SATURDAY_NINE)
    with pytest.raises(DomainError, match="现在不能签到"):
        actions.check_in_here(held, volunteer=who, point=(122.5292, 52.9705), is_leaving=False, at=MONDAY)

    actions.check_in_here(held, volunteer=who, point=(122.5293, 52.9706), is_leaving=False, at=SATURDAY_NINE)
    place.refresh_from_db()
    assert (place.checked_in_at, place.checked_in_how) == (SATURDAY_NINE, "position")
    assert not {"longitude", "latitude"} & {field.name for field in SignUp._meta.fields}


def test_pressing_twice_changes_nothing_and_who_did_not_sign_up_takes_a_free_place():
    held = crew.activity(capacity=1)
    who = crew.volunteer()
    here = {"volunteer": who, "how": SignUp.How.QR}
    actions.attend(held, **here, is_leaving=False, at=SATURDAY_NINE)
    mine = actions.attend(held, **here, is_leaving=False, at=SATURDAY_NINE + 5 * MINUTE)
    assert (mine.checked_in_at, mine.checked_out_at) == (SATURDAY_NINE, None)

    with pytest.raises(DomainError, match="名额已满"):
        actions.attend(held, volunteer=crew.volunteer(), how=SignUp.How.QR, is_leaving=False, at=SATURDAY_NINE)
    assert SignUp.objects.count() == 1


SPANS = {
    "a quarter of an hour": ("01:45", "02:00", "0.25"),
    "over midnight": ("22:00", "01:00", "3"),
    "to the minute": ("09:00", "09:50", "0.83"),
    "a day but a minute": ("00:00", "23:59", "23.98"),
}


@pytest.mark.parametrize(("came", "went", "hours"), SPANS.values(), ids=SPANS)
def test_hours_are_what_the_clock_says(came, went, hours):
    came_at = datetime.combine(date(2026, 11, 28), time.fromisoformat(came), CITY_TIME)
    went_at = datetime.combine(date(2026, 11, 28), time.fromisoformat(went), CITY_TIME)
    went_at += timedelta(days=went_at < came_at)
    held = crew.activity(starts_at=came_at, hours=24)
    crew.served(held, crew.volunteer(), came=came_at, went=went_at)

    assert [record.hours for record in crew.confirmed(held)] == [hours]


def test_early_is_not_counted_and_who_forgot_to_check_out_served_to_the_end():
    held = crew.activity()
    early, forgot, absent = (crew.volunteer() for _ in range(3))
    for who in (early, forgot, absent):
        actions.sign_up(held, volunteer=who, at=MONDAY)
    for who in (early, forgot):
        half_past = SATURDAY_NINE - 20 * MINUTE
        actions.attend(held, volunteer=who, how=SignUp.How.QR, is_leaving=False, at=half_past)
    actions.attend(held, volunteer=early, how=SignUp.How.QR, is_leaving=True, at=SATURDAY_NINE + HOUR)

    assert [record.minutes for record in crew.confirmed(held)] == [60, 120, 0]


def test_what_runs_over_the_end_of_a_month_counts_where_it_began():
    late = crew.activity(starts_at=datetime(2026, 11, 30, 22, tzinfo=CITY_TIME), hours=3)
    crew.served(late, crew.volunteer())
    crew.confirmed(late)

    assert stats.month_figures(Month(2026, 11)).total.minutes == 180
    assert stats.month_figures(Month(2026, 12)).total == stats.Figures()


def test_edited_hours_replace_and_leave_a_trace_and_end_the_certificate():
    held, who, by = crew.activity(), crew.volunteer(), UserFactory()
    crew.served(held, who)
    record = crew.confirmed(held)[0]
    certificate = actions.issue_certificate(who, at=SATURDAY_NINE + 4 * HOUR)
    stale = ServiceRecord.objects.get(pk=record.pk)

    actions.correct_hours(record, minutes=90, reason="提前半小时走", by=by, at=SATURDAY_NINE + 5 * HOUR)

    assert (stats.standing(who).hours, stats.month_figures(Month(2026, 11)).total.hours) == ("1.5", "1.5")
    trace = record.corrections.get()
    assert (trace.from_minutes, trace.to_minutes, trace.reason, trace.by) == (120, 90, "提前半小时走", by)
    with pytest.raises(actions.StaleRecordOfHours):
        actions.correct_hours(stale, minutes=60, reason="看错", by=by, at=SATURDAY_NINE + 5 * HOUR)
    certificate.refresh_from_db()
    assert certificate.revoke_reason == "其中的服务时长后来有更正"
    assert messages(who)[1] == "“看望独居老人”的服务时长更正为 1.5 小时：提前半小时走"


def test_hours_are_confirmed_after_the_end_and_once():
    held = crew.activity()
    with pytest.raises(DomainError, match="还没有结束"):
        actions.confirm_hours(held, by=UserFactory(), at=SATURDAY_NINE)
    crew.confirmed(held)
    with pytest.raises(DomainError, match="不能确认时长"):
        crew.confirmed(held)


@pytest.mark.once
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spans=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 600), st.booleans()), min_size=1, max_size=5),
    fixes=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 600)), max_size=4),
)
def test_the_sum_of_a_person_of_a_team_of_a_month_and_of_the_export_are_one(spans, fixes):
    """Whatever is served and corrected: a team of its own, three people, so many minutes each."""
    own, by = crew.team(UnitFactory()), UserFactory()
    people = [crew.volunteer() for _ in range(3)]
    for number, (person, minutes, in_december) in enumerate(spans):
        day = SATURDAY_NINE + timedelta(days=31 + number if in_december else 0, hours=0 if in_december else number * 24)
        held = crew.activity(own, starts_at=day, hours=12)
        crew.served(held, people[person], went=day + minutes * MINUTE)
        crew.confirmed(held)
    records = list(ServiceRecord.objects.filter(team=own).order_by("pk"))
    for which, minutes in fixes:
        record = records[which % len(records)]
        if minutes != record.minutes:
            actions.correct_hours(record, minutes=minutes, reason="更正", by=by, at=day + 24 * HOUR)

    of_people = sum(stats.standing(one).minutes for one in people)
    of_exports = sum(row["分钟"] for one in people for row in stats.own_data(one)["服务记录"])
    of_totals = sum(stats.own_data(one)["合计分钟"] for one in people)
    of_team = ServiceRecord.objects.filter(team=own).minutes()
    of_months = sum(
        row.figures.minutes
        for month in {Month(record.year, record.month) for record in records}
        for row in stats.month_figures(month).by_unit
        if row.unit == own.unit
    )
    assert of_people == of_exports == of_totals == of_team == of_months


@pytest.mark.once
@pytest.mark.parametrize(
    ("minutes", "hours"), [(0, "0"), (15, "0.25"), (20, "0.33"), (50, "0.83"), (600, "10"), (90, "1.5")]
)
def test_minutes_as_hours(minutes, hours):
    assert as_hours(minutes) == hours


# --- certificates, stars, figures ---


def test_a_certificate_states_what_was_done_and_is_the_same_until_there_is_more():
    who = crew.volunteer("示例志愿者甲")
    with pytest.raises(DomainError, match="还没有确认过"):
        actions.issue_certificate(who, at=MONDAY)
    for days in (0, 7):
        held = crew.activity(starts_at=SATURDAY_NINE + timedelta(days=days))
        crew.served(held, who)
        crew.confirmed(held)
    first = actions.issue_certificate(who, at=SATURDAY_NINE + timedelta(days=8))

    assert first.content == [{"label": "扶残助老", "times": 2, "minutes": 240}]
    assert (first.hours, first.masked_name, first.number[:10]) == ("4", "示*****", "2026000001")
    assert actions.issue_certificate(who, at=SATURDAY_NINE + timedelta(days=9)) == first
    actions.revoke_certificate(first, reason="姓名有误", by=UserFactory(), at=SATURDAY_NINE + timedelta(days=9))
    again = actions.issue_certificate(who, at=SATURDAY_NINE + timedelta(days=9))
    assert (again.number[:10], Certificate.objects.filter(revoked_at=None).get()) == ("2026000002", again)


def test_stars_and_points_follow_the_rows_of_their_tables(stars_and_points):
    who, held = crew.volunteer(), crew.activity(hours=10)
    crew.served(held, who)
    record = crew.confirmed(held)[0]
    ServiceRecord.objects.filter(pk=record.pk).update(minutes=299 * 60)

    standing = stats.standing(who)
    assert (f"{standing.level}", standing.stars, f"{standing.following}", standing.hours_missing) == (
        "一星志愿者", 1, "二星志愿者", "1",
    )  # fmt: skip
    assert (standing.points, standing.percent) == (2990, 99)


def test_figures_of_a_month_count_each_scope_by_itself():
    unit = UnitFactory(name="示例单位 07")
    own, public = crew.team(unit), crew.team()
    who = crew.volunteer()
    for of, hours, type_ in ((own, 2, "care"), (own, 1, "stairs"), (public, 3, "care")):
        held = crew.activity(of, starts_at=SATURDAY_NINE + timedelta(days=len(type_) % 2), hours=hours, type=type_)
        crew.served(held, who)
        crew.confirmed(held)
    crew.activity(own)

    month = stats.month_figures(Month(2026, 11))
    assert month.total == stats.Figures(activities=3, people=1, minutes=360, teams=2)
    assert month.by_type == [("楼道卫生整治", stats.Figures(1, 1, 60, 1)), ("扶残助老", stats.Figures(2, 1, 300, 2))]
    assert [(row.name, row.figures) for row in month.by_unit] == [
        ("示例单位 07", stats.Figures(2, 1, 180, 1)),
        ("公开队伍", stats.Figures(1, 1, 180, 1)),
    ]
    assert (month.teams.count, month.teams.total, month.units.count, month.units.total) == (2, 2, 1, 1)


def test_upcoming_activities_are_the_published_ones_soonest_first():
    later, sooner = crew.activity(starts_at=SATURDAY_NINE + HOUR), crew.activity()
    actions.plan_activity(crew.plan(), by=UserFactory(), at=MONDAY)
    over = crew.activity(starts_at=MONDAY + HOUR)

    assert stats.upcoming_activities(5, at=SATURDAY_NINE - HOUR) == [sooner, later]
    assert over not in stats.upcoming_activities(5, at=SATURDAY_NINE - HOUR)
