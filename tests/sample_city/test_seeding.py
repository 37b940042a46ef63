"""The seeded city as the database holds it. It is seeded once for the whole module and rolled back at its end."""

import hashlib
import re
from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.hashers import is_password_usable
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, Q
from PIL import Image

from accounts.models import Leader, Role, SpecialGroup, Unit, User
from common.clock import CITY_TIME
from common.models import Fact
from common.months import Month
from complaints import actions
from complaints.models import Category, Channel, Complaint, Event, NumberSeries, Photo, ProblemGroup, Reporter
from complaints.models.complaint import Satisfaction
from complaints.workflow import PATHS, Move, State, destination
from grids.models import Community, Grid, GridAssignment, Landmark, Town
from progress.models import Amendment, AnnualPlan, Flag, Marking, MonthTask, Objection, PlanMonth
from supervision import chains
from supervision.models import Inspection, Referral
from volunteers import stats
from volunteers.actions import counted_span, whole_minutes
from volunteers.models import Activity, Finding, PatrolLog, SignUp, Team, Volunteer

pytestmark = [pytest.mark.django_db, pytest.mark.once]
UNTIL = date(2026, 11, 20)  # a Friday
NOW = datetime(2026, 11, 20, 17, tzinfo=CITY_TIME)
CASES = 240
MONTHS = 3


@pytest.fixture(scope="module", autouse=True)
def _city(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_sample_city", until=UNTIL, cases=CASES, months=MONTHS, verbosity=0)
        yield
        transaction.set_rollback(True)


# --- people and places ---


def test_the_city_has_its_towns_communities_grids_units_groups_and_leaders():
    counted = {model: model.objects.count() for model in (Town, Community, Grid, Unit, SpecialGroup, Leader)}
    assert counted == {Town: 6, Community: 4, Grid: 101, Unit: 122, SpecialGroup: 10, Leader: 12}
    assert SpecialGroup.objects.filter(has_board=True).count() == 9


def test_each_grid_has_exactly_one_lead_now():
    current = Q(assignments__kind="lead", assignments__ended_on=None)
    leads = Grid.objects.annotate(leads=Count("assignments", filter=current)).values_list("leads", flat=True)
    assert set(leads) == {1}


def test_some_grids_changed_their_lead_from_one_day_to_the_next():
    changed = Grid.objects.filter(assignments__ended_on__isnull=False).distinct()
    assert changed.count() == 14
    for grid in changed:
        earlier, later = grid.assignments.filter(kind="lead").order_by("started_on")
        assert (earlier.started_on, earlier.ended_on, later.ended_on) == (grid.started_on, later.started_on, None)
        assert earlier.unit != later.unit


def test_each_unit_answers_for_at_least_one_grid():
    busy = GridAssignment.objects.filter(ended_on=None).values("unit")
    assert not Unit.objects.exclude(pk__in=busy).exists()


def test_each_town_and_community_has_a_leader():
    assert not Town.objects.filter(leader_assignments=None).exists()
    assert not Community.objects.filter(leader_assignments=None).exists()


def test_a_case_lies_in_the_grid_that_it_names():
    for case in Complaint.objects.exclude(longitude=None)[:20]:
        assert Grid.locate(case.longitude, case.latitude).grid == case.grid


def test_the_map_shows_the_river_and_the_streets():
    kinds = Counter(Landmark.objects.values_list("kind", "shape__type"))
    assert kinds[("river", "Polygon")] == 1
    assert kinds[("street", "LineString")] == Landmark.objects.count() - 1 > 10


def test_all_invented_names_say_that_they_are_samples():
    named = (Unit, User, Leader, SpecialGroup, Grid)
    names = [name for model in named for name in model.objects.values_list("name", flat=True)]
    assert [name for name in names if "示例" not in name] == []


def test_the_portal_knows_that_it_shows_sample_data():
    assert Fact.read("sample_data") is True


def test_just_one_person_of_each_role_can_sign_in():
    able = [user for user in User.objects.all() if is_password_usable(user.password)]
    assert sorted(user.role for user in able) == sorted(Role.values)
    assert not User.objects.filter(must_change_password=True).exists()


def test_each_unit_has_a_liaison():
    assert not Unit.objects.exclude(members__role=Role.LIAISON).exists()


# --- categories ---


def test_the_190_categories_are_spread_over_all_groups_that_residents_choose_from():
    assert Counter(Category.objects.values_list("kind", flat=True)) == {"component": 92, "event": 98}
    assert set(Category.objects.values_list("group", flat=True)) == set(ProblemGroup.values)


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("道路积雪、积冰", ProblemGroup.CLEANING),
        ("垃圾满溢", ProblemGroup.GARBAGE),
        ("路灯", ProblemGroup.LIGHTS),
        ("污水井盖", ProblemGroup.LIGHTS),
        ("占用消防通道", ProblemGroup.ROADS),
        ("热力管道破裂", ProblemGroup.UTILITIES),
        ("乱堆物堆料", ProblemGroup.HOUSING),
        ("占道经营", ProblemGroup.MARKET),
        ("工地扬尘", ProblemGroup.BUILDING),
        ("行道树", ProblemGroup.GREEN),
        ("报刊亭", ProblemGroup.OTHER),
    ],
)
def test_residents_find_a_category_in_its_plain_group(name, group):
    assert Category.objects.get(name=name).group == group


def test_some_groups_of_problems_have_a_competent_unit_and_the_others_go_to_the_lead_of_the_grid():
    with_unit = set(Category.objects.exclude(unit=None).values_list("group", flat=True))
    assert with_unit == {"lights", "utilities", "market", "building", "green"}


# --- cases ---


def test_every_state_that_a_move_leads_to_is_there():
    reachable = {State.RECEIVED, *(after for _, after in PATHS.values() if after)}
    assert set(Complaint.objects.values_list("state", flat=True)) == reachable


def test_every_channel_is_there_and_the_residents_are_of_different_minds():
    assert set(Complaint.objects.values_list("channel", flat=True)) == set(Channel.values)
    grades = {rating.split("，")[0] for rating in Event.objects.filter(move=Move.RATE).values_list("note", flat=True)}
    assert grades >= {"非常满意", "满意", "一般", "不满意"}


def test_some_open_cases_are_late_some_nearly_and_most_in_time():
    lights = Counter(case.light(at=NOW).value for case in Complaint.objects.open())
    assert lights["overdue"] >= 3 and lights["soon"] >= 3
    assert lights["in_time"] > lights["overdue"] + lights["soon"]


def test_backward_moves_happened():
    moves = Counter(Event.objects.values_list("move", flat=True))
    assert moves[Move.RETURN] and moves[Move.REWORK] and moves[Move.REJECT]
    backward = Event.objects.filter(move__in=[Move.RETURN, Move.REWORK, Move.REJECT])
    assert not backward.filter(note="").exists()


def test_each_chain_of_events_is_legal_whole_and_ends_where_the_case_stands():
    for case in Complaint.objects.prefetch_related("events"):
        first, *others = case.events.all()
        assert (first.move, first.from_state, first.to_state, first.at) == ("file", "", "received", case.filed_at)
        assert [event.version for event in case.events.all()] == list(range(case.version + 1))
        for before, event in pairwise(case.events.all()):
            assert event.from_state == before.to_state
            assert event.to_state == destination(Move(event.move), State(event.from_state))
            assert before.at <= event.at <= NOW
        assert (others[-1].to_state if others else "received") == case.state
        # What leaves a case in its stage uses none of its time.
        steps = [first, *(event for event in others if PATHS[Move(event.move)][1])]
        for before, event in pairwise(steps):
            assert event.seconds_used == int((event.at - before.at).total_seconds())


def test_numbers_run_without_a_gap_in_the_order_of_filing():
    for year in NumberSeries.objects.all():
        filed = Complaint.objects.filter(number__startswith=f"{year.year}-").order_by("filed_at", "number")
        assert list(filed.values_list("number", flat=True)) == [f"{year.year}-{n:06}" for n in range(1, year.last + 1)]
    assert sum(NumberSeries.objects.values_list("last", flat=True)) == CASES


def test_the_real_actions_would_have_written_the_same():
    """Every third case is lived through once more, by the actions themselves; they make the rarer moves anyway."""
    usual = Complaint.objects.exclude(events__move__in=set(Move) - USUAL_MOVES)
    some = list(usual.values_list("pk", flat=True))[::3]
    for case in Complaint.objects.filter(pk__in=some).select_related("category", "grid"):
        again = _file_again(case)
        for event in case.events.select_related("actor", "unit")[1:]:
            _move_again(again, event, case)
        assert _facts(again) == _facts(case)
        assert _chain(again) == _chain(case)


USUAL_MOVES = {
    Move.FILE, Move.ACCEPT, Move.REJECT, Move.DISPATCH, Move.SIGN, Move.RETURN, Move.SUBMIT, Move.PASS, Move.REWORK,
    Move.RATE, Move.REOPEN,
}  # fmt: skip


def _file_again(case):
    contact = actions.Contact(phone="13800000000")
    point = (case.longitude, case.latitude) if case.longitude else None
    return actions.file(
        text=case.text, group=case.group, channel=case.channel, contact=contact, key=f"again:{case.number}",
        at=case.filed_at, place=case.place, point=point, grid=case.grid, by=case.filed_by,
        is_confidential=case.is_confidential,
    ).complaint  # fmt: skip


def _move_again(again, event, case):
    known = {"by": event.actor, "at": event.at}
    note = event.note
    real = {
        Move.ACCEPT: lambda: actions.accept(
            again, category=case.category, is_urgent=case.is_urgent, note=note, **known
        ),
        Move.REJECT: lambda: actions.reject(again, reason=note, **known),
        Move.DISPATCH: lambda: actions.dispatch(again, to=event.unit, note=note, **known),
        Move.SIGN: lambda: actions.sign(again, note=note, **known),
        Move.RETURN: lambda: actions.return_to_office(again, reason=note, **known),
        Move.SUBMIT: lambda: actions.submit_result(again, result=note, **known),
        Move.PASS: lambda: actions.pass_verification(again, note=note, **known),
        Move.REWORK: lambda: actions.rework(again, reason=note, **known),
        Move.RATE: lambda: _rate_again(again, event),
        Move.REOPEN: lambda: None,  # rating it "not solved" has reopened it
    }
    real[event.move]()


def _rate_again(again, event):
    said, _, comment = event.note.removeprefix("电话回访：").partition("。")
    grade, _, solved = said.partition("，")
    satisfaction = next(one for one in Satisfaction if one.label == grade)
    actions.rate(
        again, satisfaction=satisfaction, is_solved=solved == "解决了", comment=comment, by=event.actor, at=event.at
    )


def _facts(case):
    own = {"id", "number", "intake_key"}
    return {f.attname: getattr(case, f.attname) for f in Complaint._meta.concrete_fields if f.attname not in own}


def _chain(case):
    own = {"id", "complaint_id"}
    names = [f.attname for f in Event._meta.concrete_fields if f.attname not in own]
    return list(case.events.values(*names))


def test_who_filed_is_kept_apart_and_forgotten_in_time():
    assert Reporter.objects.filter(is_follower=False).count() == CASES
    phones = {reporter.phone for reporter in Reporter.objects.exclude(phone_encrypted="")}
    assert all(phone.startswith("1380000") and len(phone) == 11 for phone in phones)
    assert actions.erase_expired_contacts(at=NOW) == 0


def test_photos_lie_on_the_disk_as_their_rows_say():
    assert Photo.objects.filter(kind="before").exists() and Photo.objects.filter(kind="after").exists()
    for photo in Photo.objects.select_related("event"):
        with default_storage.open(photo.file.name) as file:
            content = file.read()
        assert hashlib.sha256(content).hexdigest() == photo.sha256
        assert photo.event.complaint_id == photo.complaint_id
        assert photo.event.move == {"before": Move.FILE, "after": Move.SUBMIT}[photo.kind]
    with default_storage.open(photo.file.name) as file, Image.open(file) as picture:
        assert picture.size == (photo.width, photo.height)


def test_the_unit_that_signs_in_has_something_in_each_stage():
    states = set(Complaint.objects.filter(unit__name="示例单位 07").values_list("state", flat=True))
    assert states >= {State.HANDLING, State.CLOSED}


# --- flags ---


def test_each_unit_has_tasks_on_one_or_two_boards():
    boards = Counter()
    for unit, group in set(MonthTask.objects.values_list("unit", "group")):
        boards[unit] += 1
        assert SpecialGroup.objects.get(pk=group).has_board
    assert set(boards.values()) == {1, 2} and len(boards) == 122


def test_the_months_are_there_up_to_the_years_last():
    months = {Month(*pair) for pair in MonthTask.objects.values_list("year", "month")}
    assert months == {Month(2026, 12).shifted(-back) for back in range(MONTHS + 2)}


def test_each_unit_has_an_approved_plan_behind_its_months_and_some_hand_in_the_next():
    this, following = AnnualPlan.objects.filter(year=2026), AnnualPlan.objects.filter(year=2027)
    assert (this.count(), set(this.values_list("state", flat=True))) == (122, {"approved"})
    assert Counter(following.values_list("state", flat=True)) == {"submitted": 24, "draft": 11, "returned": 4}
    for planned in PlanMonth.objects.filter(task__plan__year=2026, dropped_on=None).select_related("month_task"):
        assert (planned.month_task.month, planned.month_task.content) == (planned.month, planned.target)
    assert Counter(Amendment.objects.values_list("state", flat=True)) == {"proposed": 2, "approved": 1}
    assert Counter(Objection.objects.values_list("outcome", flat=True)) == {"pending": 2, "upheld": 1}


def test_past_months_are_marked_whole_and_the_current_one_in_part():
    unmarked = MonthTask.objects.filter(flag=Flag.UNMARKED)
    assert {Month(*pair) for pair in unmarked.values_list("year", "month")} == {
        Month(2026, 11),
        Month(2026, 12),
    }
    assert MonthTask.objects.filter(year=2026, month=11).exclude(flag=Flag.UNMARKED).exists()


def test_the_flags_of_a_month_add_up_to_its_tasks():
    for back in range(MONTHS + 1):
        tasks = MonthTask.objects.of_month(Month(2026, 11).shifted(-back))
        by_flag = Counter(tasks.values_list("flag", flat=True))
        assert by_flag[Flag.RED] + by_flag[Flag.BLUE] + by_flag[Flag.UNMARKED] == tasks.count()
        assert by_flag[Flag.RED] > 3 * by_flag[Flag.BLUE] > 0


def test_some_blue_flags_were_made_good_and_only_after_their_month():
    made_good = MonthTask.objects.exclude(made_good_on=None)
    assert made_good.exists()
    assert all(Month(task.year, task.month).last_day < task.made_good_on <= UNTIL for task in made_good)


def test_each_flag_has_the_markings_that_led_to_it():
    # A plan of December was amended: that counts as a version, but is no marking.
    for task in MonthTask.objects.exclude(month=12).prefetch_related("markings"):
        markings = list(task.markings.all())
        assert [marking.version for marking in markings] == list(range(1, task.version + 1))
        assert [marking.from_flag for marking in markings] == ["unmarked", *(m.to_flag for m in markings)][
            : len(markings)
        ]
        if not markings:
            assert task.flag == Flag.UNMARKED
            continue
        last = markings[-1]
        assert (last.to_flag, last.at, last.by_id) == (task.flag, task.marked_at, task.marked_by_id)
        assert (last.reason, last.plan, last.new_date) == (task.reason, task.plan, task.new_date)
        assert last.at <= NOW


def test_one_unit_has_no_task_twice_in_a_month():
    twice = (
        MonthTask.objects.values("unit", "group", "year", "month", "content").annotate(n=Count("pk")).filter(n__gt=1)
    )
    assert not twice.exists()
    assert Marking.objects.count() > MonthTask.objects.exclude(flag=Flag.UNMARKED).count()  # corrections too


# --- patrols ---


def test_most_grids_were_walked_on_most_of_the_last_thirty_days():
    coverage = stats.patrol_coverage(UNTIL - timedelta(days=30), UNTIL, today=UNTIL)
    assert coverage.covered.total == 30 * 101
    assert 85 <= coverage.covered.percent <= 97
    assert 0 < coverage.today.count < coverage.today.total == 101


def test_each_case_of_a_patrol_belongs_to_one_log_of_its_grid_and_day():
    since = datetime.combine(UNTIL - timedelta(days=30), time(), CITY_TIME)
    cases = Complaint.objects.filter(channel=Channel.PATROL, filed_at__gte=since).exclude(grid=None)
    findings = Finding.objects.exclude(complaint=None).select_related("log", "complaint")
    assert sorted(cases.values_list("pk", flat=True)) == sorted(one.complaint_id for one in findings)
    for one in findings:
        log = one.log
        assert (log.grid_id, log.result) == (one.complaint.grid_id, PatrolLog.Result.FINDINGS)
        assert log.started_at <= one.complaint.filed_at <= log.finished_at <= NOW


# --- volunteers ---


def test_the_teams_and_volunteers_of_the_city_are_there_and_nobody_is_real():
    assert (Team.objects.count(), Volunteer.objects.count(), Activity.objects.count()) == (134, 700, 58)
    assert all(re.fullmatch(r"示例志愿者\d{3}", name) for name in Volunteer.objects.values_list("name", flat=True))
    assert {person.phone[:7] for person in Volunteer.objects.all()[:50]} == {"1380000"}
    assert set(Activity.objects.values_list("state", flat=True)) == {"draft", "published", "confirmed", "cancelled"}
    assert Activity.objects.upcoming(at=NOW).count() >= 8


def test_places_taken_are_those_who_go_and_hours_are_those_of_who_came():
    for activity in Activity.objects.prefetch_related("sign_ups", "service"):
        going = [one for one in activity.sign_ups.all() if one.state == SignUp.State.GOING]
        assert activity.taken == len(going) <= activity.capacity
        if activity.state == "confirmed":
            served = {record.volunteer_id: record.minutes for record in activity.service.all()}
            spans = {one.volunteer_id: counted_span(one, activity) for one in going}
            assert served == {person: whole_minutes(*span) for person, span in spans.items()}


# --- inspections ---


def test_each_case_of_an_inspection_belongs_to_one_of_its_grid_and_day():
    cases = Complaint.objects.filter(channel=Channel.INSPECTION)
    for case in cases.select_related("inspection_finding__inspection"):
        inspection = case.inspection_finding.inspection
        assert (inspection.grid_id, inspection.on) == (case.grid_id, case.filed_at.astimezone(CITY_TIME).date())
    assert cases.exists()


def test_the_unit_that_signs_in_was_remarked_on_and_the_guidance_group_has_a_draft():
    assert Inspection.objects.submitted().filter(unit__code="U007", findings__task__unit__code="U007").exists()
    assert Inspection.objects.filter(submitted_at=None, by__username="guidance").count() == 1


def test_there_is_a_referral_in_each_state_and_what_is_stored_of_them_is_whole():
    states = set(Referral.objects.values_list("state", flat=True)) | {"unsubstantiated"}
    assert states == {"referred", "verifying", "substantiated", "unsubstantiated", "handled", "closed"}
    assert Referral.objects.closed().filter(unit__code="U007").exists()
    assert list(chains.faults()) == []
