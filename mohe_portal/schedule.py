"""Everything the portal does by the clock. One line per job; docs/adr/0008 says why they are not Celery's."""

from datetime import datetime, time, timedelta
from typing import Any, Protocol

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from audit import log
from common import budgets, periodic
from common.clock import CITY_TIME
from common.models import CalendarYear, Outcome, PeriodicRun
from common.months import Month
from common.periodic import CatchUp, Daily, Every, Job, Monthly, Now, Work
from complaints import actions as complaints
from meetings import reminders as meetings
from mohe_portal.audit_chain import check_audit_chain
from notifications.digest import send_digests
from notifications.models import Kind
from notifications.outbox import notify
from progress import reminders as progress
from publicity.actions.slogans import erase_expired_senders
from reports import actions as reports
from reports import rollups
from reports.stats import first_month
from volunteers import actions as volunteers

RUNS_KEPT = timedelta(days=30)
BUDGETS_KEPT = timedelta(days=7)
FIRST_CALENDAR_MONTH = 11


class Action(Protocol):
    def __call__(self, *, at: datetime) -> int | str: ...


def moment(action: Action) -> Work:
    """A job of an action that asks only for the present moment, not which slot it is run for."""

    def work(*, slot: datetime, at: datetime) -> int | str:
        return action(at=at)

    return work


def forget_old_runs(*, at: datetime) -> int:
    return periodic.forget_runs_before(at - RUNS_KEPT) + budgets.forget_before(at - BUDGETS_KEPT)


def forget_ended_sessions(*, at: datetime) -> int:
    return Session.objects.filter(expire_date__lt=at).delete()[0]


def remind_of_patrols(*, slot: datetime, at: datetime) -> int:
    """Remind while the day can still be saved; a slot made up for on a later day would speak of another day."""
    is_same_day = slot.astimezone(CITY_TIME).date() == at.astimezone(CITY_TIME).date()
    return volunteers.remind_missing_patrols(at=at) if is_same_day else 0


def remind_of_activities(*, slot: datetime, at: datetime) -> int:
    """Of tomorrow's activities, on the day of the slot: made up for later it would speak of another day."""
    is_same_day = slot.astimezone(CITY_TIME).date() == at.astimezone(CITY_TIME).date()
    return volunteers.remind_of_activities(at=at) if is_same_day else 0


def build_month_end(*, slot: datetime, at: datetime) -> str:
    """The report of the month that ended before the slot; each slot that was missed is made up for."""
    month, first = Month.of(slot).shifted(-1), first_month()
    if first is None or month < first:
        return f"{month} 还没有开始用，不用报告"
    return f"{reports.build_month_end(month, by=None, at=at)}"


def build_asked_reports(*, at: datetime) -> int:
    """What nobody took up when it was asked for, or what took its worker with it."""
    return reports.build_waiting(now=timezone.now)


def remind_of_calendar(*, at: datetime) -> int:
    """From November on, once a week: next year's holidays are not known, so deadlines would count Monday to Friday."""
    today = at.astimezone(CITY_TIME).date()
    if today.month < FIRST_CALENDAR_MONTH or CalendarYear.objects.filter(year=today.year + 1).exists():
        return 0
    people = User.objects.filter(role__in=[Role.ADMINISTRATOR, Role.OFFICE], is_active=True)
    notify(
        people,
        reason=f"calendar:{today.year + 1}:{today.isocalendar().week}",
        title=f"{today.year + 1} 年的节假日和调休还没有录入，明年的期限先按周一到周五算",
        url=reverse("calendar_year", args=[today.year + 1]),
        kind=Kind.REMINDER,
        at=at,
    )
    return 1


def send_daily_digests(*, at: datetime) -> int:
    return send_digests(url=reverse("notifications:inbox"), at=at)


# Name, label, when, what. By default only the latest of several missed slots is made up for.
JOBS = (
    Job(
        "remind-deadlines",
        "催办快到期和超时的案件",
        Every(timedelta(minutes=5)),
        moment(complaints.remind_of_deadlines),
    ),
    Job(
        "check-rules",
        "停用不能再用的派遣规则",
        Every(timedelta(minutes=15)),
        moment(complaints.switch_off_broken_rules),
    ),
    Job(
        "remind-overall",
        "提醒总时限快到和已过的案件",
        Every(timedelta(minutes=15)),
        moment(complaints.remind_of_overall),
    ),
    Job("resume-suspended", "恢复挂账到期的案件", Every(timedelta(minutes=5)), moment(complaints.resume_due)),
    Job(
        "escalate-late-cases",
        "超时案件报单位负责人、列入待定督办",
        Every(timedelta(minutes=5)),
        moment(complaints.escalate_late_cases),
    ),
    Job("remind-unmarked", "月底提醒还没标的旗", Daily(time(7, 30)), moment(progress.remind_of_unmarked_flags)),
    Job("remind-blue", "提醒过了新日期的蓝旗", Daily(time(7, 35)), moment(progress.remind_of_passed_dates)),
    Job("remind-reports", "提醒还没有上报的月报告", Daily(time(7, 20)), moment(progress.remind_of_reports)),
    Job("remind-plans", "提醒还没有交的年度计划", Daily(time(7, 25)), moment(progress.remind_of_plans)),
    Job("remind-items", "提醒快到期和过期的交办事项", Daily(time(7, 45)), moment(meetings.remind_of_items)),
    Job("remind-calendar", "十一月起提醒录入明年节假日", Daily(time(7, 40)), moment(remind_of_calendar)),
    Job("daily-digest", "发送每日催办汇总", Daily(time(8, 0)), moment(send_daily_digests)),
    Job("month-end-report", "生成月末报告", Monthly(1, time(0, 20)), build_month_end, CatchUp.EVERY),
    Job("asked-reports", "生成没人接手的报告", Every(timedelta(minutes=2)), moment(build_asked_reports)),
    Job("remind-patrols", "提醒今天还没有巡查的单位", Daily(time(20, 0)), remind_of_patrols),
    Job("roll-up", "更新统计数字", Every(timedelta(minutes=1)), moment(rollups.refresh)),
    Job("rebuild-roll-ups", "从头核对统计数字", Daily(time(3, 45)), moment(rollups.rebuild)),
    Job("remind-activities", "提醒报了明天活动的志愿者", Daily(time(16, 0)), remind_of_activities),
    Job("forget-phone-codes", "清理过期的验证码", Daily(time(3, 10)), moment(volunteers.forget_codes)),
    Job("forget-exports", "删除过期的导出文件", Every(timedelta(minutes=60)), moment(complaints.forget_exports)),
    Job("forget-drafts", "删除没有提交的反映草稿", Daily(time(3, 5)), moment(complaints.forget_abandoned_drafts)),
    Job("erase-contacts", "删除到期的反映人联系方式", Daily(time(3, 15)), moment(complaints.erase_expired_contacts)),
    Job("erase-senders", "删除到期的应征人联系方式", Daily(time(3, 20)), moment(erase_expired_senders)),
    Job("check-audit-chain", "核对审计日志的整条链", Daily(time(4, 5)), moment(check_audit_chain)),
    Job("forget-ended-sessions", "清理过期的登录", Daily(time(3, 25)), moment(forget_ended_sessions)),
    Job("forget-previews", "删除旧的报告预览", Daily(time(3, 30)), moment(reports.forget_previews)),
    Job("forget-old-runs", "清理旧的运行记录和频次", Daily(time(3, 35)), moment(forget_old_runs)),
)


def job_named(name: str) -> Job | None:
    return next((job for job in JOBS if job.name == name), None)


def run_due_jobs(*, now: Now) -> int:
    """Do all that is due; returns how many runs there were. Who keeps the portal hears of a job given up."""
    runs = periodic.run_due(JOBS, now=now)
    for run in runs:
        if run.outcome == Outcome.GIVEN_UP:
            _tell_administrators(run, at=now())
    return len(runs)


@transaction.atomic
def run_now(job: Job, *, by: User, at: datetime) -> PeriodicRun:
    """Put a job on for at once: the next tick takes it up, or the nudge that follows the commit."""
    run = periodic.ask_for(job, at=at)
    log.record("手动运行定时任务", by=by, at=at, target=run, label=job.label)
    return run


def latest_runs() -> dict[str, PeriodicRun]:
    """Each job's run that was planned last, by its name."""
    newest: dict[str, PeriodicRun] = {}
    for run in PeriodicRun.objects.filter(pk__in=_newest_keys()):
        newest[run.job] = run
    return newest


def _newest_keys() -> Any:
    return PeriodicRun.objects.order_by().values("job").annotate(newest=Max("pk")).values("newest")


@transaction.atomic
def _tell_administrators(run: PeriodicRun, *, at: datetime) -> None:
    job = job_named(run.job)
    notify(
        User.objects.filter(role=Role.ADMINISTRATOR, is_active=True),
        reason=f"job-given-up:{run.pk}",
        title=f"定时任务多次失败：{job.label if job else run.job}",
        url=reverse("schedule"),
        at=at,
    )
