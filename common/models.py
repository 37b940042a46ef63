"""Tables that every app may lean on and that know nothing of the campaign."""

from datetime import date
from typing import Any

from django.db import models


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
        return next(iter(cls.objects.filter(name=name).values_list("value", flat=True)), default)

    @classmethod
    def write(cls, name: str, value: Any) -> None:
        cls.objects.update_or_create(name=name, defaults={"value": value})


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
