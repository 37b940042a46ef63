"""Periodic work: slots by the city's clock, each done once, whatever happens to those who ask."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from threading import Barrier

import pytest
from django.db import connection

from common import periodic
from common.clock import CITY_TIME
from common.errors import DomainError
from common.models import Outcome, PeriodicRun
from common.periodic import CatchUp, Daily, Every, Job, Monthly, next_slot, slots_between

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
NIGHTLY = Daily(time(3, 5))
MONTH_END = Monthly(31, time(23, 30))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY_TIME)


class Work:
    """A job's work that remembers the slots it was asked for, and fails as often as it is told to."""

    def __init__(self, *, failures=0):
        self.slots = []
        self.failures = failures

    def __call__(self, *, slot, at):
        self.slots.append(slot.astimezone(CITY_TIME))
        if self.failures:
            self.failures -= 1
            raise ZeroDivisionError("the text of an error may hold somebody's phone 13800001234")
        return len(self.slots)


def nightly(work, **changes):
    return Job("nightly", "每晚的事", **({"cadence": NIGHTLY, "work": work} | changes))


def tick(job, moment):
    return periodic.run_due([job], now=lambda: moment)


# --- cadences ---


@pytest.mark.once
@pytest.mark.parametrize(
    ("cadence", "moment", "expected"),
    [
        pytest.param(NIGHTLY, "2026-11-23 03:05", "2026-11-24 03:05", id="a slot is over the moment it comes"),
        pytest.param(NIGHTLY, "2026-11-23 03:04", "2026-11-23 03:05", id="the day's slot is still to come"),
        pytest.param(NIGHTLY, "2026-12-31 12:00", "2027-01-01 03:05", id="the year turns"),
        pytest.param(MONTH_END, "2026-11-23 00:00", "2026-11-30 23:30", id="November has 30 days"),
        pytest.param(MONTH_END, "2028-02-01 00:00", "2028-02-29 23:30", id="a leap year's February has 29"),
        pytest.param(MONTH_END, "2027-02-28 23:29", "2027-02-28 23:30", id="another has 28"),
        pytest.param(MONTH_END, "2026-12-31 23:30", "2027-01-31 23:30", id="the last month of the year"),
        pytest.param(Every(timedelta(minutes=5)), "2026-11-23 09:02", "2026-11-23 09:05", id="every five minutes"),
        pytest.param(Every(timedelta(hours=2)), "2026-11-23 23:59", "2026-11-24 00:00", id="counted from midnight"),
    ],
)
def test_the_next_slot(cadence, moment, expected):
    assert next_slot(cadence, at(moment)) == at(expected)


@pytest.mark.once
def test_the_leap_day_has_its_slot():
    slots = slots_between(NIGHTLY, at("2028-02-28 12:00"), at("2028-03-01 12:00"))

    assert [f"{slot:%m-%d}" for slot in slots] == ["02-29", "03-01"]


@pytest.mark.once
@pytest.mark.parametrize("cadence", [NIGHTLY, MONTH_END, Every(timedelta(minutes=5))])
def test_stretches_that_meet_share_no_slot_and_miss_none(cadence):
    start, middle, end = at("2026-01-31 23:30"), at("2026-03-31 23:30"), at("2026-07-01 03:05")

    whole = slots_between(cadence, start, end)
    halves = slots_between(cadence, start, middle) + slots_between(cadence, middle, end)

    assert whole == halves
    assert len(set(whole)) == len(whole) > 0


@pytest.mark.once
def test_slots_are_of_the_citys_clock_whatever_the_clock_asked_with():
    as_utc = at("2026-11-23 02:00").astimezone(tz=None)

    assert next_slot(NIGHTLY, as_utc) == at("2026-11-23 03:05")


# --- what is due, with real rows ---


@pytest.mark.django_db
def test_a_slot_is_done_once_however_often_it_is_asked_for():
    work = Work()
    for minute in range(5):
        tick(nightly(work), at("2026-11-23 03:05") + minute * MINUTE)

    assert work.slots == [at("2026-11-23 03:05")]
    run = PeriodicRun.objects.get()
    assert (run.outcome, run.tries, run.note) == (Outcome.DONE, 1, "处理 1 条")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("catch_up", "days"),
    [
        pytest.param(CatchUp.LATEST, ["11-20", "11-23"], id="a reminder: only the latest"),
        pytest.param(CatchUp.EVERY, ["11-20", "11-21", "11-22", "11-23"], id="a closing: every one, in order"),
    ],
)
def test_a_scheduler_that_was_off_for_days_makes_up(catch_up, days):
    work = Work()
    job = nightly(work, catch_up=catch_up)

    tick(job, at("2026-11-20 04:00"))
    tick(job, at("2026-11-23 04:00"))

    assert [f"{slot:%m-%d}" for slot in work.slots] == days


@pytest.mark.django_db
def test_a_scheduler_that_was_off_over_the_years_end_closes_each_month_once():
    work = Work()
    job = nightly(work, cadence=Monthly(1, time(0, 10)), catch_up=CatchUp.EVERY)

    for moment in ("2026-10-05 09:00", "2027-03-02 09:00", "2027-03-02 09:01"):
        tick(job, at(moment))

    assert [f"{slot:%Y-%m}" for slot in work.slots] == [
        "2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03",
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_clock_set_back_repeats_nothing_and_goes_on_when_its_time_comes():
    work = Work()
    job = nightly(work)

    for moment in ("2026-11-23 04:00", "2026-11-22 23:00", "2026-11-23 03:06", "2026-11-24 03:06"):
        tick(job, at(moment))

    assert [f"{slot:%m-%d}" for slot in work.slots] == ["11-23", "11-22", "11-24"]


@pytest.mark.django_db
def test_a_lease_from_before_the_clock_was_set_back_holds_nobody_up():
    work = Work()
    PeriodicRun.objects.create(
        job="nightly", slot=at("2026-11-23 03:05"), try_at=at("2026-11-23 03:05"), outcome=Outcome.RUNNING, tries=1,
        lease_until=at("2027-11-23 03:05"),
    )  # fmt: skip

    tick(nightly(work), at("2026-11-23 03:06"))

    assert len(work.slots) == 1


# --- failure ---


@pytest.mark.django_db
def test_what_fails_is_tried_again_ever_more_rarely_and_then_given_up_in_sight():
    work, moment, waits = Work(failures=99), at("2026-11-23 03:05"), []
    for _ in range(periodic.MOST_TRIES):
        (run,) = tick(nightly(work), moment)
        waits.append((run.try_at - moment) // MINUTE)
        assert tick(nightly(work), run.try_at - timedelta(seconds=1)) == []
        moment = run.try_at

    assert waits == [1, 2, 4, 8, 16, 32]
    assert (run.outcome, run.tries) == (Outcome.GIVEN_UP, periodic.MOST_TRIES)
    assert run.note.startswith("ZeroDivisionError（test_periodic.py 第")
    assert "13800001234" not in run.note
    assert tick(nightly(work), moment) == []


@pytest.mark.django_db
def test_what_failed_once_and_then_went_well_is_done():
    work = Work(failures=1)

    tick(nightly(work), at("2026-11-23 03:05"))
    tick(nightly(work), at("2026-11-23 03:06"))

    assert PeriodicRun.objects.get().outcome == Outcome.DONE


@pytest.mark.django_db
def test_a_reminder_that_still_fails_when_the_next_is_due_is_left_for_it():
    work = Work(failures=5)
    for moment in ("2026-11-23 03:05", "2026-11-23 03:06", "2026-11-23 03:08"):
        tick(nightly(work), at(moment))
    PeriodicRun.objects.update(try_at=at("2026-11-24 03:30"))

    tick(nightly(work), at("2026-11-24 03:05"))

    outcomes = dict(PeriodicRun.objects.values_list("slot", "outcome"))
    assert outcomes == {at("2026-11-23 03:05"): Outcome.SKIPPED, at("2026-11-24 03:05"): Outcome.FAILED}


@pytest.mark.django_db
def test_one_job_that_fails_does_not_hold_up_the_next():
    bad, good = Work(failures=1), Work()
    jobs = [nightly(bad), Job("other", "另一件", NIGHTLY, good)]

    periodic.run_due(jobs, now=lambda: at("2026-11-23 03:05"))

    assert len(good.slots) == 1


@pytest.mark.django_db
def test_a_run_whose_worker_died_is_free_when_its_lease_ends():
    work = Work()
    begun = at("2026-11-23 03:05")
    PeriodicRun.objects.create(
        job="nightly", slot=begun, try_at=begun, outcome=Outcome.RUNNING, tries=1, lease_until=begun + periodic.LEASE
    )

    tick(nightly(work), begun + periodic.LEASE)
    assert work.slots == []
    tick(nightly(work), begun + periodic.LEASE + timedelta(seconds=1))
    assert work.slots == [begun]


@pytest.mark.django_db
def test_a_run_that_takes_its_worker_with_it_every_time_is_given_up():
    work = Work()
    begun = at("2026-11-23 03:05")
    PeriodicRun.objects.create(
        job="nightly", slot=begun, try_at=begun, outcome=Outcome.RUNNING, tries=periodic.MOST_TRIES, lease_until=begun
    )

    (run,) = tick(nightly(work), begun + MINUTE)

    assert (work.slots, run.outcome) == ([], Outcome.GIVEN_UP)


@pytest.mark.django_db(transaction=True)
def test_a_run_that_takes_longer_than_its_lease_keeps_it(monkeypatch):
    monkeypatch.setattr(periodic, "RENEW_SECONDS", 0.05)
    begun = at("2026-11-23 03:05")
    leases = []

    def slow(*, slot, at):
        deadline = datetime.now(CITY_TIME) + timedelta(seconds=10)
        while len(set(leases)) < 2 and datetime.now(CITY_TIME) < deadline:
            leases.append(PeriodicRun.objects.get().lease_until)

    moments = iter(begun + n * timedelta(seconds=1) for n in range(1000))
    periodic.run_due([nightly(slow)], now=lambda: next(moments))

    assert len(set(leases)) == 2
    assert PeriodicRun.objects.get().outcome == Outcome.DONE


# --- by hand ---


@pytest.mark.django_db
def test_a_run_by_hand_is_done_for_the_latest_slot_and_counts_for_none():
    work = Work()
    job = nightly(work)
    tick(job, at("2026-11-23 03:05"))

    periodic.ask_for(job, at=at("2026-11-23 15:00"))
    tick(job, at("2026-11-23 15:00"))
    tick(job, at("2026-11-24 03:05"))

    assert work.slots == [at("2026-11-23 03:05"), at("2026-11-23 03:05"), at("2026-11-24 03:05")]


@pytest.mark.django_db
def test_who_asks_twice_is_told_that_it_is_on_already():
    job = nightly(Work())
    periodic.ask_for(job, at=at("2026-11-23 15:00"))

    with pytest.raises(DomainError, match="已经排上"):
        periodic.ask_for(job, at=at("2026-11-23 15:00:01"))


@pytest.mark.django_db
def test_old_runs_are_forgotten_but_not_what_tells_where_a_job_stands():
    work = Work()
    for day in range(3):
        tick(nightly(work), at("2026-11-01 04:00") + day * DAY)

    assert periodic.forget_runs_before(at("2026-12-31 00:00")) == 2
    assert [f"{run.slot.astimezone(CITY_TIME):%m-%d}" for run in PeriodicRun.objects.all()] == ["11-03"]


# --- at once ---

CLAIMANTS = 50


def claim_at_once(slot_at):
    work = Work()
    together = Barrier(CLAIMANTS, timeout=60)

    def one(_):
        try:
            together.wait()
            return len(tick(nightly(work), slot_at))
        finally:
            connection.close()

    with ThreadPoolExecutor(CLAIMANTS) as threads:
        ran = sum(threads.map(one, range(CLAIMANTS)))
    return ran, work.slots


@pytest.mark.django_db(transaction=True)
def test_of_fifty_schedulers_at_once_one_runs_the_slot():
    ran, slots = claim_at_once(at("2026-11-23 03:05"))

    assert (ran, slots) == (1, [at("2026-11-23 03:05")])
    assert PeriodicRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_several_would_run_it(monkeypatch):
    """The control: the claim switched off, the race shows."""

    def believe(run, *, at):
        run.outcome = Outcome.RUNNING
        return True

    monkeypatch.setattr(periodic, "_claim", believe)

    ran, _ = claim_at_once(at("2026-11-23 03:05"))

    assert ran > 1
