from datetime import date, timedelta

import pytest

from common.errors import DomainError
from complaints.models import Channel, Complaint, ProblemGroup
from complaints.workflow import State
from notifications.models import Notice
from tests.factories.accounts import UserFactory
from tests.factories.complaints import case_in, clean_photo, filed
from tests.factories.grids import CENTRE
from tests.factories.volunteers import HALF_AN_HOUR, NINE, assigned, patrolled
from volunteers import actions
from volunteers.actions import AlreadyPatrolled, AlreadyReported, Choice, KeyReused
from volunteers.models import Finding, PatrolLog

DAY = timedelta(days=1)


def found(log, by, *, at=NINE, **changes):
    told = {"group": ProblemGroup.GARBAGE, "text": "垃圾箱满溢，箱外堆了 5 袋", "key": "finding-1"}
    return actions.add_finding(log, by=by, at=at, **(told | changes))


def test_a_patrol_without_a_problem_is_logged_for_its_day(grid, unit, liaison):
    log = patrolled(grid, unit, by=liaison)

    assert (log.on, log.result, log.by) == (date(2026, 11, 23), PatrolLog.Result.NO_PROBLEM, liaison)


def test_a_patrol_counts_for_the_day_it_began_in_the_citys_time(grid, unit):
    half_past_midnight = NINE.replace(hour=0, minute=20)

    assert patrolled(grid, unit, at=half_past_midnight).on == date(2026, 11, 22)


def test_sent_twice_it_is_one_patrol(grid, unit, liaison):
    first = patrolled(grid, unit, by=liaison, key="same")

    assert patrolled(grid, unit, by=liaison, key="same", at=NINE, received_at=NINE + DAY) == first
    assert PatrolLog.objects.count() == 1


def test_a_key_that_comes_with_another_patrol_is_refused(grid, unit, liaison):
    patrolled(grid, unit, by=liaison, key="same")

    with pytest.raises(KeyReused):
        patrolled(grid, unit, by=liaison, key="same", checks={"snow": "fine"})


def test_the_keys_of_two_people_do_not_meet(grid, unit, liaison, stranger):
    other = assigned(stranger.unit)
    patrolled(grid, unit, by=liaison, key="same")

    assert patrolled(other, stranger.unit, by=stranger, key="same").grid == other


def test_a_second_patrol_of_the_day_names_who_was_there_and_joins_if_asked(grid, unit, liaison, colleague):
    first = patrolled(grid, unit, by=liaison)

    with pytest.raises(AlreadyPatrolled) as refused:
        patrolled(grid, unit, by=colleague, at=NINE + HALF_AN_HOUR)
    assert refused.value.message == "示例人员甲 11 月 23 日 09:00 已经巡过这个网格。请选：并到那一次，或者不要这一次。"
    assert patrolled(grid, unit, by=colleague, at=NINE + HALF_AN_HOUR, join=True) == first
    assert list(first.joined_by.all()) == [colleague]


REFUSED = {
    "ends before it starts": ({"started_at": NINE + HALF_AN_HOUR}, "结束时间早于开始时间"),
    "lies in the future": ({"finished_at": NINE + DAY / 4, "received_at": NINE}, "比现在还晚"),
    "takes a day": ({"started_at": NINE - DAY}, "不会超过 12 小时"),
    "is a month old": ({"received_at": NINE + 31 * DAY}, "已经过去 30 天"),
    "has a check nobody knows": ({"checks": {"moon": "fine"}}, "检查项"),
    "calls a problem none": ({"checks": {"snow": "problem"}}, "有一项选了“有问题”"),
}


@pytest.mark.parametrize(("changes", "words"), REFUSED.values(), ids=REFUSED)
def test_a_patrol_that_cannot_be_is_refused_in_words(changes, words, grid, unit):
    with pytest.raises(DomainError, match=words):
        patrolled(grid, unit, **changes)
    assert not PatrolLog.objects.exists()


def test_a_grid_is_patrolled_by_the_units_that_answered_for_it_on_that_day(grid, stranger):
    with pytest.raises(DomainError, match="不由示例单位 33包保"):
        patrolled(grid, stranger.unit, by=stranger)


def test_what_was_found_becomes_a_case_with_its_photos(grid, unit, liaison):
    log = patrolled(grid, unit, by=liaison)
    finding = found(log, liaison, place="3 号楼东侧", point=CENTRE, photos=[clean_photo("red"), clean_photo("blue")])

    case = finding.complaint
    assert (case.channel, case.state, case.grid, case.filed_by) == (Channel.PATROL, State.RECEIVED, grid, liaison)
    assert (case.text, case.place, case.photos.count()) == ("垃圾箱满溢，箱外堆了 5 袋", "3 号楼东侧", 2)
    log.refresh_from_db()
    assert log.result == PatrolLog.Result.FINDINGS
    assert finding.photos.count() == 0


def test_without_a_point_the_case_lies_in_the_grid_that_was_walked(grid, unit, liaison):
    assert found(patrolled(grid, unit, by=liaison), liaison).complaint.grid == grid


def test_what_was_settled_on_the_spot_is_kept_with_its_photo_and_is_no_case(grid, unit, liaison):
    finding = found(patrolled(grid, unit, by=liaison), liaison, is_settled=True, photos=[clean_photo()])

    assert (finding.complaint, finding.photos.count(), Complaint.objects.count()) == (None, 1, 0)


def test_a_finding_sent_twice_is_one_finding_and_one_case(grid, unit, liaison):
    log = patrolled(grid, unit, by=liaison)
    first = found(log, liaison, photos=[clean_photo()])

    assert found(log, liaison, at=NINE + DAY, photos=[clean_photo()]) == first
    assert (Finding.objects.count(), Complaint.objects.count()) == (1, 1)
    with pytest.raises(KeyReused):
        found(log, liaison, text="别的事情")


def test_the_same_thing_reported_nearby_is_asked_about_and_nothing_is_stored_meanwhile(grid, unit, liaison):
    known = filed(group=ProblemGroup.GARBAGE, point=CENTRE, at=NINE - HALF_AN_HOUR).complaint
    log = patrolled(grid, unit, by=liaison)

    with pytest.raises(AlreadyReported) as refused:
        found(log, liaison, point=(CENTRE[0] + 0.0001, CENTRE[1]))
    assert (refused.value.complaint, refused.value.metres) == (known, 7)
    log.refresh_from_db()
    assert (Finding.objects.count(), log.result) == (0, PatrolLog.Result.NO_PROBLEM)


@pytest.mark.parametrize(("choice", "cases"), [(Choice.SAME, 1), (Choice.NEW, 2)])
def test_the_patroller_decides_whether_it_is_the_same(choice, cases, grid, unit, liaison):
    filed(group=ProblemGroup.GARBAGE, point=CENTRE, at=NINE - HALF_AN_HOUR)
    finding = found(patrolled(grid, unit, by=liaison), liaison, point=CENTRE, choice=choice, photos=[clean_photo()])

    assert (Complaint.objects.count(), finding.is_same) == (cases, choice == Choice.SAME)
    assert finding.photos.count() == (choice == Choice.SAME)


NOT_THE_SAME = {
    "of another kind": {"group": ProblemGroup.LIGHTS},
    "51 m away": {"point": (CENTRE[0], CENTRE[1] + 0.00046)},
    "filed two days before": {"at": NINE - 2 * DAY},
    "confidential": {"is_confidential": True},
}


@pytest.mark.parametrize("changes", NOT_THE_SAME.values(), ids=NOT_THE_SAME)
def test_a_case_is_not_taken_for_the_same(changes, grid, unit, liaison):
    filed(**({"group": ProblemGroup.GARBAGE, "point": CENTRE, "at": NINE - HALF_AN_HOUR} | changes))

    assert not found(patrolled(grid, unit, by=liaison), liaison, point=CENTRE).is_same


def test_a_closed_case_is_not_taken_for_the_same(grid, unit, liaison):
    case_in(State.CLOSED, unit=unit, group=ProblemGroup.GARBAGE, point=CENTRE, at=NINE - DAY / 2)

    assert not found(patrolled(grid, unit, by=liaison), liaison, point=CENTRE).is_same


def test_units_whose_grid_nobody_walked_are_reminded_once_a_day(grid, unit, liaison, stranger):
    walked = assigned(stranger.unit)
    patrolled(walked, stranger.unit, by=stranger)
    retired = UserFactory(liaison=True, unit=unit, is_active=False)
    evening = NINE.replace(hour=20)

    assert [actions.remind_missing_patrols(at=evening) for _ in range(2)] == [1, 1]
    notice = Notice.objects.get()
    assert (notice.recipient, notice.title) == (liaison, f"今天还没有巡查：{grid}")
    assert not Notice.objects.filter(recipient=retired).exists()
    actions.remind_missing_patrols(at=evening + DAY)
    assert Notice.objects.filter(recipient=liaison).count() == 2
