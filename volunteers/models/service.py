"""Service hours (服务时长), what they are worth, and the certificates made from them."""

from datetime import date

from django.db import models
from django.db.models import F, Q, Sum
from django.urls import reverse

from accounts.models import Unit, User
from common.months import Month
from volunteers.models.activity import Activity, ActivityType
from volunteers.models.person import Volunteer
from volunteers.models.team import Team


class ServiceRecordQuerySet(models.QuerySet["ServiceRecord"]):
    def in_month(self, month: Month) -> "ServiceRecordQuerySet":
        return self.filter(year=month.year, month=month.month)

    def minutes(self) -> int:
        """The sum of all of them; every figure of hours anywhere is such a sum of the same column."""
        return int(self.order_by().aggregate(sum=Sum("minutes"))["sum"] or 0)


class ServiceRecord(models.Model):
    """What one volunteer did at one activity, confirmed by its organiser. Corrected minutes replace earlier ones."""

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="service", verbose_name="志愿者")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="service", verbose_name="活动")
    # As they were when it was done.
    team = models.ForeignKey(Team, models.PROTECT, related_name="service", verbose_name="队伍")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="service", verbose_name="组织单位"
    )
    type = models.CharField("类型", max_length=12, choices=ActivityType.choices)
    started_at = models.DateTimeField("开始")
    ended_at = models.DateTimeField("结束")
    # Of the start: what runs over midnight or over the end of a month counts where it began.
    served_on = models.DateField("日期")
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    minutes = models.PositiveIntegerField("分钟")
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="确认人")
    confirmed_at = models.DateTimeField("确认时间")
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = ServiceRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "服务记录"
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "volunteer"], name="one_service_record_each"),
            models.CheckConstraint(condition=Q(ended_at__gte=F("started_at")), name="service_ends_after_it_starts"),
        ]
        indexes = [
            models.Index(fields=["volunteer", "-started_at"], name="service_of_volunteer"),
            models.Index(fields=["year", "month"], name="service_of_month"),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer} {self.activity}"

    @property
    def hours(self) -> str:
        return as_hours(self.minutes)


class HoursCorrection(models.Model):
    """A change of confirmed hours: from, to, why, who. Never edited."""

    record = models.ForeignKey(ServiceRecord, models.PROTECT, related_name="corrections", verbose_name="服务记录")
    version = models.PositiveIntegerField()
    from_minutes = models.PositiveIntegerField("原来")
    to_minutes = models.PositiveIntegerField("改为")
    reason = models.CharField("原因", max_length=100)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="更正人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "时长更正"
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["record", "version"], name="one_correction_per_version")]

    def __str__(self) -> str:
        return f"{self.record} {self.version}"


class StarLevel(models.Model):
    """From how many hours on a volunteer has so many stars (星级)."""

    stars = models.PositiveSmallIntegerField("星级", unique=True)
    hours = models.PositiveIntegerField("满多少小时", unique=True)

    class Meta:
        verbose_name = "星级"
        ordering = ["hours"]

    def __str__(self) -> str:
        return f"{'一二三四五六七八九'[self.stars - 1]}星志愿者" if 0 < self.stars < 10 else f"{self.stars} 星志愿者"


class PointRule(models.Model):
    """How many points (积分) an hour of a type of activity is worth."""

    type = models.CharField("类型", max_length=12, choices=ActivityType.choices, unique=True)
    per_hour = models.PositiveSmallIntegerField("每小时积分", default=10)

    class Meta:
        verbose_name = "积分规则"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_type_display()


class CertificateSeries(models.Model):
    """The last serial given to a certificate of a year."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "证书编号"

    def __str__(self) -> str:
        return f"{self.year}-{self.last:06}"


class Certificate(models.Model):
    """What was certified of a volunteer's service (志愿服务记录证明), as it stood on the day; checked by its number.

    The end of the number is drawn, so that counting up the numbers finds nobody's.
    """

    number = models.CharField("证书编号", max_length=20, unique=True)
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="certificates", verbose_name="志愿者")
    name = models.CharField("姓名", max_length=20, blank=True)
    minutes = models.PositiveIntegerField("分钟")
    first_on = models.DateField("从")
    through_on = models.DateField("到")
    # [{"label": 清雪, "times": 3, "minutes": 360}]
    content = models.JSONField("服务内容", default=list)
    organiser = models.CharField("证明单位", max_length=60)
    issued_at = models.DateTimeField("出具时间")
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="作废人")
    revoke_reason = models.CharField("作废原因", max_length=100, blank=True)

    class Meta:
        verbose_name = "服务证明"
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoke_reason="") | (Q(revoked_at__isnull=False) & ~Q(revoke_reason="")),
                name="revoked_certificate_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("volunteers:certificate", args=[self.number])

    @property
    def hours(self) -> str:
        return as_hours(self.minutes)

    @property
    def masked_name(self) -> str:
        """The family name, for whoever only has the number."""
        return self.name[:1] + "*" * (len(self.name) - 1) if self.name else "（已注销）"

    def covers(self, day: date) -> bool:
        return self.first_on <= day <= self.through_on


def as_hours(minutes: int) -> str:
    """15 → 0.25, 180 → 3: at most two decimals, rounded half up, for people. Sums are made of minutes."""
    hundredths = (minutes * 100 + 30) // 60
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") if rest else str(whole)
