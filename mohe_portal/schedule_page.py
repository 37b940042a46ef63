"""The administrator's page of periodic jobs: what ran, how it ended, what comes next, and run now."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import only
from accounts.models import Role
from common.http import Request
from common.models import Outcome, PeriodicRun
from common.periodic import Job, next_slot
from mohe_portal import health
from mohe_portal.schedule import JOBS, job_named, latest_runs, run_now
from mohe_portal.tasks import run_due_jobs

UNDER_WAY = frozenset({Outcome.WAITING, Outcome.RUNNING})
# Class of the badge by outcome.
BADGES = {
    Outcome.DONE: "state-ok",
    Outcome.FAILED: "state-warn",
    Outcome.GIVEN_UP: "state-alert",
    Outcome.SKIPPED: "state-line",
}


@dataclass(frozen=True)
class Row:
    job: Job
    run: PeriodicRun | None
    next_at: datetime

    @property
    def badge(self) -> str:
        return BADGES.get(Outcome(self.run.outcome), "") if self.run else "state-line"

    @property
    def took(self) -> str:
        """How long the last run took, in words; empty while it has not ended."""
        if self.run is None or self.run.duration is None:
            return ""
        seconds = self.run.duration.total_seconds()
        if seconds < 1:
            return "不到 1 秒"
        return f"{seconds:.0f} 秒" if seconds < 60 else f"{seconds / 60:.0f} 分钟"

    @property
    def is_under_way(self) -> bool:
        return self.run is not None and self.run.outcome in UNDER_WAY


@only(Role.ADMINISTRATOR)
@require_safe
def schedule(request: Request) -> HttpResponse:
    now = timezone.now()
    runs = latest_runs()
    rows = [Row(job, runs.get(job.name), next_slot(job.cadence, now)) for job in JOBS]
    return render(
        request,
        "notifications/schedule.html",
        {"rows": rows, "under_way": any(row.is_under_way for row in rows), "is_alive": health.is_beating(at=now)},
    )


@only(Role.ADMINISTRATOR)
@require_safe
def schedule_history(request: Request, name: str) -> HttpResponse:
    job = _job(name)
    runs = PeriodicRun.objects.filter(job=name).order_by("-slot")[:50]
    rows = [Row(job, run, next_slot(job.cadence, run.slot)) for run in runs]
    return render(request, "notifications/schedule_history.html", {"job": job, "rows": rows})


@only(Role.ADMINISTRATOR)
@require_POST
def schedule_run(request: Request, name: str) -> HttpResponse:
    job = _job(name)
    with transaction.atomic():
        run_now(job, by=request.user, at=timezone.now())
        transaction.on_commit(run_due_jobs.delay, robust=True)
    messages.success(request, f"“{job.label}”已排上，马上运行。")
    return redirect("schedule")


def _job(name: str) -> Job:
    job = job_named(name)
    if job is None:
        raise Http404
    return job
