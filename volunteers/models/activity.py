"""Activities (志愿活动), who signed up for them and who came."""

import math
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Role, Unit, User
from common.months import Month
from complaints.models.photo import StoredPhoto
from grids.models import Grid
from volunteers.models.person import Volunteer
from volunteers.models.team import Team
from volunteers.workflow import ActivityState

# Check-in opens a little before the start; check-out stays open for those who clear up.
OPENS_BEFORE = timedelta(minutes=30)
CLOSES_AFTER = timedelta(hours=2)
_METRES_PER_DEGREE = 111_320


class ActivityType(models.TextChoices):
    SNOW = "snow", "清雪"
    STAIRS = "stairs", "楼道卫生整治"
    CARE = "care", "扶残助老"
    TRAFFIC = "traffic", "交通劝导"
    LABOUR = "labour", "义务劳动"
    PUBLICITY = "publicity", "文明宣传"
    OTHER = "other", "其他"


# On the road, on ice, with tools: these want a risk note and insurance whatever the organiser thinks.
RISKY_TYPES = frozenset({ActivityType.SNOW, ActivityType.TRAFFIC})


class Campaign(models.TextChoices):
    NONE = "", "不归入专题"
    LEI_FENG = "lei_feng", "学雷锋日"


class ActivityQuerySet(models.QuerySet["Activity"]):
    def as_read(self, activity: "Activity") -> "ActivityQuerySet":
        """The row of `activity` if nobody changed it since it was read, else nothing."""
        return self.filter(pk=activity.pk, version=activity.version)

    def public(self) -> "ActivityQuerySet":
        """What residents may know of: all that was ever published."""
        return self.exclude(published_at=None)

    def upcoming(self, *, at: datetime) -> "ActivityQuerySet":
        return self.filter(state=ActivityState.PUBLISHED, ends_at__gt=at).order_by("starts_at", "pk")

    def held(self) -> "ActivityQuerySet":
        """With confirmed hours: what figures count."""
        return self.filter(state=ActivityState.CONFIRMED)

    def visible_to(self, user: User) -> "ActivityQuerySet":
        """Of the staff: a liaison the own unit's and whatever is public, everybody else all of them."""
        if user.role == Role.LIAISON:
            return self.filter(Q(unit=user.unit_id) | Q(published_at__isnull=False))
        return self

    def kept_by(self, user: User) -> "ActivityQuerySet":
        """Those this person organises: every one, or those of the own unit."""
        if user.role == Role.OFFICE:
            return self
        if user.role == Role.LIAISON and user.unit_id:
            return self.filter(unit=user.unit_id)
        return self.none()

    def within(self, month: Month) -> "ActivityQuerySet":
        """That begin in the month."""
        return self.filter(starts_at__gte=month.starts_at, starts_at__lt=month.ends_at)

    def named(self) -> "ActivityQuerySet":
        """With what a row of a list names."""
        return self.select_related("team", "unit", "grid__community")


class Activity(models.Model):
    """Something a team does together at a time and a place."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="activities", verbose_name="队伍")
    # The team's unit when it was planned: a team that moves takes its past along for nobody.
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name="组织单位"
    )
    type = models.CharField("类型", max_length=12, choices=ActivityType.choices)
    campaign = models.CharField("专题", max_length=12, choices=Campaign.choices, blank=True, default=Campaign.NONE)
    title = models.CharField("名称", max_length=40)
    about = models.TextField("做什么", max_length=500, blank=True)
    grid = models.ForeignKey(
        Grid, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name="网格"
    )
    place = models.CharField("集合地点", max_length=80)
    longitude = models.FloatField("经度", null=True, blank=True)
    latitude = models.FloatField("纬度", null=True, blank=True)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    capacity = models.PositiveSmallIntegerField("名额")
    bring = models.CharField("带什么", max_length=100, blank=True)
    is_risky = models.BooleanField("有一定危险", default=False)
    risk_note = models.CharField("安全提醒", max_length=200, blank=True)
    is_insured = models.BooleanField("已为参加的人买保险", default=False)
    # The same for all dates of a repeated activity.
    series = models.UUIDField(null=True, blank=True, db_index=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    created_at = models.DateTimeField("登记时间")

    # Only volunteers.actions changes what follows.
    state = models.CharField("状态", max_length=10, choices=ActivityState.choices, default=ActivityState.DRAFT)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    ended_reason = models.CharField("取消原因", max_length=200, blank=True)
    # How many hold a place, and the last number drawn by anybody who signed up.
    taken = models.PositiveSmallIntegerField(default=0, editable=False)
    last_turn = models.PositiveIntegerField(default=0, editable=False)
    report = models.TextField("活动情况", max_length=2000, blank=True)
    report_url = models.URLField("发布在哪里", max_length=300, blank=True)
    reported_at = models.DateTimeField("报告时间", null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = "志愿活动"
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="activity_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="activity_not_overfull"),
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None) | Q(longitude__isnull=False, latitude__isnull=False),
                name="activity_point_whole",
            ),
            models.CheckConstraint(
                condition=Q(is_risky=False) | Q(published_at=None) | (~Q(risk_note="") & Q(is_insured=True)),
                name="risky_activity_is_insured",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(ended_reason=""), name="cancelled_activity_says_why"
            ),
        ]
        indexes = [
            # For the public list and the reminders of the day before.
            models.Index(fields=["state", "starts_at"], name="activity_upcoming"),
            # For a unit's own list.
            models.Index(fields=["unit", "-starts_at"], name="activity_of_unit"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("volunteers:activity", args=[self.pk])

    @property
    def organiser(self) -> str:
        return self.unit.name if self.unit else self.team.name

    @property
    def is_full(self) -> bool:
        return self.taken >= self.capacity

    @property
    def places_left(self) -> int:
        return self.capacity - self.taken

    def has_begun(self, *, at: datetime) -> bool:
        return at >= self.starts_at

    def is_open(self, *, at: datetime) -> bool:
        """Whether one can sign up: published and not over."""
        return self.state == ActivityState.PUBLISHED and at < self.ends_at

    def takes_attendance(self, *, at: datetime) -> bool:
        """Whether people can check in and out by themselves."""
        is_time = self.starts_at - OPENS_BEFORE <= at < self.ends_at + CLOSES_AFTER
        return self.state == ActivityState.PUBLISHED and is_time

    def metres_from(self, longitude: float, latitude: float) -> float | None:
        """From the activity's point, flat, good within a town; None where it has none."""
        if self.longitude is None or self.latitude is None:
            return None
        east = (self.longitude - longitude) * math.cos(math.radians(latitude))
        return math.hypot(east, self.latitude - latitude) * _METRES_PER_DEGREE


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def standing(self) -> "SignUpQuerySet":
        """Going or waiting."""
        return self.filter(state__in=[SignUp.State.GOING, SignUp.State.WAITING])

    def going(self) -> "SignUpQuerySet":
        return self.filter(state=SignUp.State.GOING)

    def waiting(self) -> "SignUpQuerySet":
        """In the order in which they move up."""
        return self.filter(state=SignUp.State.WAITING).order_by("turn")

    def came(self) -> "SignUpQuerySet":
        return self.going().exclude(checked_in_at=None)


class SignUp(models.Model):
    """A volunteer's place in an activity, or in its waiting list, and when they came and went."""

    class State(models.TextChoices):
        GOING = "going", "已报上"
        WAITING = "waiting", "候补"
        WITHDRAWN = "withdrawn", "已取消"

    class How(models.TextChoices):
        """How somebody's coming or going was noted. Of a position only this word is kept."""

        QR = "qr", "扫码"
        LIST = "list", "组织者登记"
        POSITION = "position", "定位"

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="sign_ups", verbose_name="活动")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="sign_ups", verbose_name="志愿者")
    state = models.CharField("状态", max_length=10, choices=State.choices)
    # The number drawn: smaller came earlier, moves up earlier.
    turn = models.PositiveIntegerField("次序")
    signed_up_at = models.DateTimeField("报名时间")
    moved_up_at = models.DateTimeField("补上时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("取消时间", null=True, blank=True)
    checked_in_at = models.DateTimeField("签到时间", null=True, blank=True)
    checked_in_how = models.CharField("签到方式", max_length=10, choices=How.choices, blank=True)
    checked_out_at = models.DateTimeField("签退时间", null=True, blank=True)
    checked_out_how = models.CharField("签退方式", max_length=10, choices=How.choices, blank=True)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        verbose_name = "报名"
        ordering = ["turn"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "volunteer"], condition=~Q(state="withdrawn"), name="one_standing_sign_up"
            ),
            models.UniqueConstraint(fields=["activity", "turn"], name="one_sign_up_per_turn"),
            models.CheckConstraint(
                condition=Q(checked_out_at=None) | Q(checked_out_at__gte=F("checked_in_at")),
                name="sign_up_goes_after_it_came",
            ),
        ]
        # For a volunteer's own page and the check for clashes.
        indexes = [models.Index(fields=["volunteer", "state"], name="sign_up_of_volunteer")]

    def __str__(self) -> str:
        return f"{self.volunteer} {self.activity}"


class ActivityPhoto(StoredPhoto):
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="photos", verbose_name="活动")

    class Meta:
        verbose_name = "活动照片"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.activity} 照片"
