"""The month's end with nobody there: two schedulers that come back late freeze each month once."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from audit.models import Entry
from common.models import Outcome, PeriodicRun
from common.months import Month
from mohe_portal import schedule
from reports.models import MonthEndReport
from tests.factories.progress import RedTaskFactory
from tests.faults.servers import FaultyRedis
from tests.harness.processes import database_url, own_environment, running, wait_until
from tests.reports.november import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]
WORKER = ["-m", "celery", "-A", "mohe_portal", "worker", "--beat", "--pool", "threads", "--concurrency", "2"]
WORKER += ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]


@pytest.fixture
def two_schedulers(tmp_path: Path):
    redis = FaultyRedis(tmp_path)
    env = own_environment(DATABASE_URL=database_url(), REDIS_URL=redis.url, VAR_DIR=str(tmp_path / "var"))

    def start(name: str):
        own = ["--schedule", str(tmp_path / f"{name}-beat"), "--hostname", f"{name}@test"]
        return running([*WORKER, *own], tmp_path / f"{name}.log", env)

    yield start
    redis.close()


def test_schedulers_off_over_two_months_ends_build_both_months_once(two_schedulers, measured):
    World()
    job = schedule.job_named("month-end-report")
    latest = job.cadence.index_at(timezone.now())
    slept_after = job.cadence.slot(latest - 2)
    PeriodicRun.objects.create(job=job.name, slot=slept_after, try_at=slept_after, outcome=Outcome.DONE)
    missed = [Month.of(job.cadence.slot(index)).shifted(-1) for index in (latest - 1, latest)]
    # No month is reported before the portal's first.
    RedTaskFactory(year=missed[0].year, month=missed[0].month)

    began = timezone.now()
    with two_schedulers("first"), two_schedulers("second"):
        wait_until(lambda: MonthEndReport.objects.count() == 2, seconds=120)
        measured("both months frozen after", (timezone.now() - began) / timedelta(seconds=1))
        # Settled runs of long ago may be forgotten by now; none may be left to do.
        left = PeriodicRun.objects.unsettled().filter(job=job.name)
        wait_until(lambda: not left.exists(), seconds=60)

    assert [report.of for report in MonthEndReport.objects.order_by("year", "month")] == missed
    assert set(MonthEndReport.objects.values_list("version", flat=True)) == {1}
    assert Entry.objects.filter(verb="生成月末报告").count() == 2
