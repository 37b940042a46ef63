"""Tables that every app may lean on and that know nothing of the campaign."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q

from common.revisions import remembered

# The Fact that says whether this is the sample city.
SAMPLE_DATA = "sample_data"


class Fact(models.Model):
    """A single value the portal remembers about itself, by name: is this the sample city, which map is current."""

    name = models.CharField(primary_key=True, max_length=60)
    value = models.JSONField()

    class Meta:
        verbose_name = "系统事实"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def read(cls, name: str, default: Any = None) -> Any:
        return _facts().get(name, default)

    @classmethod
    def write(cls, name: str, value: Any) -> None:
        cls.objects.update_or_create(name=name, defaults={"value": value})


@remembered("facts")
def _facts() -> dict[str, Any]:
    return dict(Fact.objects.values_list("name", "value"))


class Change(models.Model):
    """That something of a topic changed: written by triggers, read by `common.revisions`. No key ever comes twice."""

    id = models.BigIntegerField(primary_key=True)
    topic = models.CharField(max_length=20)

    class Meta:
        verbose_name = "变动"

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"


class CalendarYear(models.Model):
    """A year whose holidays and make-up days (调休) are entered; other years fall back to Monday to Friday."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    source = models.CharField("来源", max_length=100)

    class Meta:
        verbose_name = "已录入年份"

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A day that differs from the Monday-to-Friday rule: a holiday on a weekday, or a worked weekend day."""

    on = models.DateField("日期", primary_key=True)
    is_working = models.BooleanField("上班")
    note = models.CharField("说明", max_length=60, blank=True)

    class Meta:
        verbose_name = "特殊日期"

    def __str__(self) -> str:
        return f"{self.on} {'上班' if self.is_working else '休息'}"

    @classmethod
    def exceptions(cls) -> dict[date, bool]:
        return dict(cls.objects.values_list("on", "is_working"))


class OfficeHours(models.Model):
    """When offices work on a working day (上班时间), from a day on until the next such row."""

    started_on = models.DateField("从哪天起", primary_key=True)
    morning_from = models.TimeField("上午上班")
    morning_to = models.TimeField("上午下班")
    afternoon_from = models.TimeField("下午上班")
    afternoon_to = models.TimeField("下午下班")

    class Meta:
        verbose_name = "上班时间"
        ordering = ["started_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    morning_from__lt=F("morning_to"),
                    morning_to__lte=F("afternoon_from"),
                    afternoon_from__lt=F("afternoon_to"),
                ),
                name="office_hours_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_on:%Y-%m-%d} 起 {self.words}"

    @property
    def stretches(self) -> tuple[tuple[time, time], tuple[time, time]]:
        return (self.morning_from, self.morning_to), (self.afternoon_from, self.afternoon_to)

    @property
    def words(self) -> str:
        return "，".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in self.stretches)


class Budget(models.Model):
    """How often something was done in a window of time: one row per subject and window, counted atomically."""

    subject = models.CharField(max_length=120)
    window_starts_at = models.DateTimeField()
    spent = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "频次"
        constraints = [models.UniqueConstraint(fields=["subject", "window_starts_at"], name="budget_once_per_window")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.spent}"


class Outcome(models.TextChoices):
    """How far a periodic run is. The first three are not settled: it waits, is being done, or is to be tried again."""

    WAITING = "waiting", "等待运行"
    RUNNING = "running", "正在运行"
    FAILED = "failed", "失败，会自动重试"
    DONE = "done", "完成"
    GIVEN_UP = "given_up", "多次失败，已停止"
    SKIPPED = "skipped", "错过，由后一次代替"


class PeriodicRunQuerySet(models.QuerySet["PeriodicRun"]):
    UNSETTLED = (Outcome.WAITING, Outcome.RUNNING, Outcome.FAILED)

    def unsettled(self) -> "PeriodicRunQuerySet":
        return self.filter(outcome__in=self.UNSETTLED)

    def available(self, *, at: datetime) -> "PeriodicRunQuerySet":
        """Unsettled, due for a try, and in nobody's hands.

        A lease or a try that lies further ahead than any is ever set was written before the clock was set back.
        """
        impossible = at + PeriodicRun.FURTHEST
        free = Q(lease_until=None) | Q(lease_until__lt=at) | Q(lease_until__gt=impossible)
        due = Q(try_at__lte=at) | Q(try_at__gt=impossible)
        return self.unsettled().filter(free, due)


class PeriodicRun(models.Model):
    """One run of a periodic job for one slot of its cadence: the row decides who runs it, and that it runs once.

    A run asked for by hand has the moment of asking as its slot.
    """

    # Longer than any lease or back-off lasts.
    FURTHEST = timedelta(hours=2)

    job = models.CharField("任务", max_length=60)
    slot = models.DateTimeField("应运行时间")
    is_manual = models.BooleanField("手动", default=False)
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    note = models.CharField("说明", max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField("开始", null=True)
    finished_at = models.DateTimeField("结束", null=True)

    objects = PeriodicRunQuerySet.as_manager()

    class Meta:
        verbose_name = "定时运行"
        constraints = [models.UniqueConstraint(fields=["job", "slot"], name="one_run_per_job_and_slot")]
        indexes = [
            # For the tick, which asks every half minute.
            models.Index(
                fields=["job", "slot"],
                condition=Q(outcome__in=["waiting", "running", "failed"]),
                name="periodic_run_unsettled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.slot:%Y-%m-%d %H:%M}"

    @property
    def duration(self) -> timedelta | None:
        return self.finished_at - self.started_at if self.finished_at and self.started_at else None
