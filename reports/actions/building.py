"""Work on reports that somebody asked for: one row each, taken up by whichever worker comes first."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F

from accounts.models import User
from common.errors import DomainError
from common.months import Month
from reports.actions.month_end import build_month_end
from reports.content import STEPS, as_of, collect
from reports.models import BuildState, MonthEndReport, ReportBuild, ReportBuildQuerySet, canonical

logger = logging.getLogger(__name__)

Now = Callable[[], datetime]
# Longer than one part of the report takes; renewed with each.
LEASE = timedelta(minutes=6)
MOST_TRIES = 3
PREVIEWS_KEPT = timedelta(days=7)


@transaction.atomic
def ask_for_report(month: Month, *, kind: ReportBuild.Kind, reason: str = "", by: User, at: datetime) -> ReportBuild:
    """Put the work on for the background. While the same is under way, that is given back."""
    if kind != ReportBuild.Kind.PREVIEW and at < month.ends_at:
        raise DomainError("这个月还没有过完，只能看预览。")
    if kind == ReportBuild.Kind.AGAIN and not reason.strip():
        raise DomainError("写明为什么重出，比如更正了哪一项。")
    if kind == ReportBuild.Kind.AGAIN and not MonthEndReport.objects.of_month(month).exists():
        raise DomainError("这个月还没有月末报告，直接生成就行。")
    asked = ReportBuild(
        kind=kind, year=month.year, month=month.month, reason=reason.strip(), asked_by=by, asked_at=at, steps=STEPS
    )
    try:
        with transaction.atomic():
            asked.save()
    except IntegrityError:
        return ReportBuild.objects.unfinished().get(kind=kind, year=month.year, month=month.month)
    return asked


def build_waiting(*, now: Now) -> int:
    """Do all that was asked for and is in nobody's hands; returns how many there were."""
    waiting = list(ReportBuild.objects.available(at=now()).order_by("pk"))
    return sum(build_asked(build, now=now) for build in waiting)


def build_asked(build: ReportBuild, *, now: Now) -> bool:
    """Do one piece of work if it is still free; False if another has it."""
    if not _claim(build, at=now()):
        return False
    if build.tries > MOST_TRIES:
        _settle(build, state=BuildState.FAILED, error="每次生成都中断，没有结果。请告诉系统管理员。", finished_at=now())
        return True
    try:
        result = _built(build, now=now)
    except DatabaseError:
        raise  # the lease runs out, and somebody tries again
    except Exception as error:
        logger.exception("report build %s failed", build.pk)
        told = error.message if isinstance(error, DomainError) else f"内部错误（{type(error).__name__}）。"
        _settle(build, state=BuildState.FAILED, error=told[:200], finished_at=now())
    else:
        _settle(build, state=BuildState.DONE, done=build.steps, finished_at=now(), **result)
    return True


def _built(build: ReportBuild, *, now: Now) -> dict[str, object]:
    def heard(step: str, done: int, steps: int) -> None:
        _held(build).update(step=step, done=done, steps=steps, lease_until=now() + LEASE)

    at = now()
    if build.kind == ReportBuild.Kind.PREVIEW:
        content = collect(build.of, as_of=as_of(build.of, at=at), heard=heard)
        return {"content": canonical(content)}
    report = build_month_end(
        build.of, by=build.asked_by, at=at, reason=build.reason, heard=heard
    )  # fmt: skip
    return {"report": report}


def _claim(build: ReportBuild, *, at: datetime) -> bool:
    free = ReportBuild.objects.available(at=at).filter(pk=build.pk, tries=build.tries)
    build.tries += 1
    return bool(
        free.update(state=BuildState.RUNNING, tries=F("tries") + 1, started_at=at, lease_until=at + LEASE)
    )  # fmt: skip


def _held(build: ReportBuild) -> ReportBuildQuerySet:
    return ReportBuild.objects.filter(pk=build.pk, tries=build.tries, state=BuildState.RUNNING)


def _settle(build: ReportBuild, **facts: object) -> None:
    """Only the try that still holds the work may say how it ended."""
    _held(build).update(lease_until=None, step="", **facts)


def forget_previews(*, at: datetime) -> int:
    """Previews are looked at and thrown away; so are the rows of work done. Frozen reports stay."""
    old = ReportBuild.objects.filter(asked_at__lt=at - PREVIEWS_KEPT)
    return old.exclude(pk__in=ReportBuild.objects.unfinished().values("pk")).delete()[0]
