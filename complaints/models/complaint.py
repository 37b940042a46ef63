import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import Role, Unit, User
from common.clock import Clock
from common.composed import Given
from common.masking import hide_phones
from complaints.models.category import Category, ProblemGroup
from complaints.models.finding import stands_in_case
from complaints.models.tuning import Tuning
from complaints.workflow import OPEN_STATES, RequestKind, State
from grids.models import Grid

if TYPE_CHECKING:
    from complaints.models.reporter import Reporter
    from complaints.models.request import UnitRequest

# A liaison sees the cases of the own unit; the three account roles see none.
SEE_ALL = frozenset({Role.OFFICE, Role.OPERATOR, Role.SUPERVISION})
SEE_ALL_BUT_CONFIDENTIAL = frozenset({Role.GUIDANCE, Role.LEADER, Role.GROUP_HEAD})
# Sorts after every deadline, and SQLite's text of it too.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_STOP = re.compile("[。！？；]")
_METRES_PER_DEGREE = 111_320.0


class Channel(models.TextChoices):
    WEB = "web", "网上投诉"
    HOTLINE = "hotline", "投诉热线"
    APP = "app", "掌上漠河"
    PATROL = "patrol", "日巡查"
    INSPECTION = "inspection", "实地指导"


BY_RESIDENTS = frozenset({Channel.WEB, Channel.HOTLINE, Channel.APP})


class Light(StrEnum):
    """How a case stands against its deadline: under 80 % of the limit, 80 to 100 %, past it, stopped, without one."""

    IN_TIME = "in_time"
    SOON = "soon"
    OVERDUE = "overdue"
    PAUSED = "paused"
    NONE = "none"


class Satisfaction(models.IntegerChoices):
    VERY_SATISFIED = 5, "非常满意"
    SATISFIED = 4, "满意"
    NEUTRAL = 3, "一般"
    DISSATISFIED = 2, "不满意"
    VERY_DISSATISFIED = 1, "非常不满意"


@dataclass(frozen=True, slots=True)
class Sight:
    """All that decides which cases somebody sees."""

    role: Role
    # Of a liaison: the own unit and the cases that it helps with.
    unit_id: int | None = None
    helped: tuple[int, ...] = ()

    @classmethod
    def of(cls, user: User) -> "Sight":
        if user.role != Role.LIAISON or not user.unit_id:
            return cls(Role(user.role))
        # Read first: joined or nested into an OR, it would keep PostgreSQL from the index of the unit's queue.
        helped = HelpingUnit.objects.filter(unit_id=user.unit_id).order_by("complaint_id")
        return cls(Role.LIAISON, user.unit_id, tuple(helped.values_list("complaint_id", flat=True)))


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, user: User, *, few: bool = False) -> "ComplaintQuerySet":
        """`few`: whatever else is asked for leaves some rows at most, so that each can be looked at by itself."""
        if user.role == Role.LIAISON and user.unit_id and few:
            helps = HelpingUnit.objects.filter(unit_id=user.unit_id, complaint=OuterRef("pk"))
            return self.filter(Q(unit_id=user.unit_id) | Exists(helps))
        return self.in_sight(Sight.of(user))

    def in_sight(self, sight: Sight) -> "ComplaintQuerySet":
        if sight.role in SEE_ALL:
            return self
        if sight.role in SEE_ALL_BUT_CONFIDENTIAL:
            return self.filter(is_confidential=False)
        if sight.role == Role.LIAISON and sight.unit_id:
            own = Q(unit_id=sight.unit_id)
            return self.filter(own | Q(pk__in=sight.helped) if sight.helped else own)
        return self.none()

    def as_read(self, complaint: "Complaint") -> "ComplaintQuerySet":
        """The row of `complaint` if nobody changed it since it was read; UPDATE it and look at the count."""
        return self.filter(pk=complaint.pk, version=complaint.version)

    def open(self) -> "ComplaintQuerySet":
        return self.filter(state__in=OPEN_STATES)

    def suspended(self) -> "ComplaintQuerySet":
        return self.filter(suspended_until__isnull=False)

    def supervised(self) -> "ComplaintQuerySet":
        """On the list of the supervised (督办)."""
        return self.filter(supervised_at__isnull=False)

    def waiting_for_decision(self) -> "ComplaintQuerySet":
        """Whose unit has asked for an extension or a suspension."""
        return self.exclude(asked_for="")

    def overdue(self, *, at: datetime | Given) -> "ComplaintQuerySet":
        return self.filter(state__in=OPEN_STATES, due_at__lt=at)

    def due_soon(self, *, at: datetime | Given) -> "ComplaintQuerySet":
        return self.filter(state__in=OPEN_STATES, due_at__gte=at, warn_at__lte=at)

    def with_light(self, light: Light, *, at: datetime | Given) -> "ComplaintQuerySet":
        if light == Light.OVERDUE:
            return self.overdue(at=at)
        if light == Light.SOON:
            return self.due_soon(at=at)
        if light == Light.PAUSED:
            return self.suspended()
        return self.filter(state__in=OPEN_STATES, warn_at__gt=at)

    def most_urgent_first(self) -> "ComplaintQuerySet":
        """Open before final, then by deadline; what has none yet comes by the time it was filed."""
        return self.with_urgency().order_by(*self.URGENCY)

    def with_urgency(self) -> "ComplaintQuerySet":
        """Annotated with the keys of `most_urgent_first`, none of them null, for paging by key."""
        final = Case(When(state__in=OPEN_STATES, then=0), default=1, output_field=models.IntegerField())
        return self.annotate(is_final=final, due_or_never=Coalesce("due_at", Value(NEVER)))

    URGENCY = ("is_final", "due_or_never", "filed_at", "pk")
    NEWEST = ("-filed_at", "-pk")

    def containing(self, words: str) -> "ComplaintQuerySet":
        """Each word stands in the number, the text, the place, or the name of the grid or its community."""
        cases = self
        for word in words.split():
            cases = cases.filter(stands_in_case(word))
        return cases

    def reported_from(self, phone_digest: str) -> "ComplaintQuerySet":
        # A subquery, since a join would double a case that the same phone filed and follows.
        reported = Complaint.objects.filter(reporters__phone_digest=phone_digest)
        return self.filter(pk__in=reported.values("pk"))

    def duplicates_of(self, case: "Complaint") -> "list[tuple[float, Complaint]]":
        """Those that may be the same thing, nearest first with their metres: same group, about the same time and place.

        How far and how long ago that may be, the office sets; a case without a point has none.
        """
        around = case.surroundings()
        return case.nearest_of(self.within(**around)) if around else []

    def within(
        self, *, case: Any, group: Any, since: Any, until: Any, west: Any, east: Any, south: Any, north: Any
    ) -> "ComplaintQuerySet":
        """Of this group and these bounds of time and place, but for the case itself."""
        return self.filter(
            group=group,
            filed_at__range=(since, until),
            longitude__range=(west, east),
            latitude__range=(south, north),
        ).exclude(pk=case)


class Told(Protocol):
    """The columns that a case's title, address and lights are told from."""

    @property
    def number(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def warn_at(self) -> datetime | None: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def overall_warn_at(self) -> datetime | None: ...
    @property
    def overall_due_at(self) -> datetime | None: ...
    @property
    def suspended_until(self) -> date | None: ...
    @property
    def supervised_at(self) -> datetime | None: ...


class CaseFacts:
    """What a case's own columns say: for the model, and for a row of the queue, which is no model."""

    __slots__ = ()

    def get_absolute_url(self: Told) -> str:
        return _address(self.number)

    @property
    def title(self: Told) -> str:
        """The first sentence of the text, for headings, rows and notices, without any phone in it."""
        lines = self.text.strip().splitlines()
        first = hide_phones(_STOP.split(lines[0], maxsplit=1)[0]) if lines else ""
        return first if len(first) <= 40 else first[:39] + "…"

    @property
    def is_suspended(self: Told) -> bool:
        return self.suspended_until is not None

    @property
    def is_supervised(self: Told) -> bool:
        return self.supervised_at is not None

    def light(self: Told, *, at: datetime) -> Light:
        if self.suspended_until is not None:
            return Light.PAUSED
        return _light(self.state, self.warn_at, self.due_at, at=at)

    def overall_light(self: Told, *, at: datetime) -> Light:
        """How it stands against the time from filing to closing."""
        return _light(self.state, self.overall_warn_at, self.overall_due_at, at=at)


def _light(state: str, warn_at: datetime | None, due_at: datetime | None, *, at: datetime) -> Light:
    if due_at is None or warn_at is None or state not in OPEN_STATES:
        return Light.NONE
    if at > due_at:
        return Light.OVERDUE
    return Light.SOON if at >= warn_at else Light.IN_TIME


@lru_cache(maxsize=4096)
def _address(number: str) -> str:
    """Kept, because a page links to dozens of cases and to find out where one stands takes as long as to show it."""
    return reverse("complaints:case", args=[number])


class Complaint(CaseFacts, models.Model):
    """The case (案件): something wrong in the city that someone has asked to put right, whatever its channel."""

    number = models.CharField("案件编号", max_length=12, unique=True)
    channel = models.CharField("来源", max_length=20, choices=Channel.choices)
    group = models.CharField("问题分组", max_length=20, choices=ProblemGroup.choices)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name="类别"
    )
    text = models.TextField("反映内容", max_length=500)
    place = models.CharField("具体地方", max_length=120, blank=True)
    longitude = models.FloatField("经度", null=True, blank=True)
    latitude = models.FloatField("纬度", null=True, blank=True)
    grid = models.ForeignKey(
        Grid, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name="网格"
    )
    # The point lies just outside the grid's edge and was counted to it.
    is_near_grid = models.BooleanField(default=False)
    filed_at = models.DateTimeField("反映时间")
    filed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="filed_complaints", verbose_name="登记人"
    )
    # A submission repeated with the same key is this case, not a second one.
    intake_key = models.CharField(max_length=80, unique=True)
    is_confidential = models.BooleanField("保密", default=False)
    # Nobody but the office is told who filed it.
    is_anonymous = models.BooleanField("匿名", default=False)

    # Only complaints.actions changes what follows.
    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.RECEIVED)
    version = models.PositiveIntegerField(default=0, editable=False)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name="责任单位"
    )
    is_urgent = models.BooleanField("紧急", default=False)
    clock = models.CharField("计时方式", max_length=20, choices=Clock.choices, blank=True)
    limit = models.PositiveSmallIntegerField("时限", null=True, blank=True)
    # The stage's deadline and the moment its light turns yellow, stored when set: a changed rule rewrites no promise.
    stage_started_at = models.DateTimeField("本阶段开始")
    warn_at = models.DateTimeField("预警时间", null=True, blank=True)
    due_at = models.DateTimeField("办理期限", null=True, blank=True)
    # From filing to closing, whoever has the case meanwhile.
    overall_warn_at = models.DateTimeField("总时限预警时间", null=True, blank=True)
    overall_due_at = models.DateTimeField("总时限", null=True, blank=True)
    dispatched_at = models.DateTimeField("派遣时间", null=True, blank=True)
    handled_at = models.DateTimeField("处理完成时间", null=True, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    closed_in_time = models.BooleanField("按期办结", null=True, blank=True)
    return_count = models.PositiveSmallIntegerField("退单次数", default=0)
    rework_count = models.PositiveSmallIntegerField("返工次数", default=0)
    round = models.PositiveSmallIntegerField("第几次办理", default=1)
    result = models.TextField("办理结果", max_length=1000, blank=True)
    satisfaction = models.PositiveSmallIntegerField("满意度", choices=Satisfaction.choices, null=True, blank=True)
    is_solved = models.BooleanField("是否解决", null=True, blank=True)
    rated_at = models.DateTimeField("评价时间", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入"
    )
    # What its unit asks the office for at the moment.
    asked_for = models.CharField("待批申请", max_length=12, choices=RequestKind.choices, blank=True)
    # Until it is resumed no deadline runs: all four moments above are kept by the request meanwhile.
    suspended_until = models.DateField("挂账至", null=True, blank=True)
    supervised_at = models.DateTimeField("督办时间", null=True, blank=True)
    urge_count = models.PositiveSmallIntegerField("催办次数", default=0)

    # Only where complaints.case_rows read the case: who filed it, what its unit waits for, the number of the case that
    # it was merged into, how many follow it, and whether it has what few have.
    filer: "Reporter | None"
    waiting_request: "UnitRequest | None"
    leading_number: str | None
    followers: int
    has_photos: bool
    has_escalations: bool
    has_acknowledgements: bool
    has_asked_extension: bool
    # Where nobody looked there may be some.
    has_helpers: bool = True

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = "案件"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="complaint_state_known"),
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None) | Q(longitude__isnull=False, latitude__isnull=False),
                name="complaint_point_whole",
            ),
            models.CheckConstraint(
                condition=Q(warn_at=None, due_at=None) | Q(warn_at__isnull=False, due_at__isnull=False),
                name="complaint_warn_and_due_together",
            ),
            models.CheckConstraint(
                condition=Q(unit=None, dispatched_at=None) | Q(unit__isnull=False, dispatched_at__isnull=False),
                name="complaint_unit_and_dispatch_together",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="complaint_closed_has_moment"
            ),
            models.CheckConstraint(
                condition=Q(satisfaction=None, is_solved=None, rated_at=None)
                | Q(satisfaction__isnull=False, is_solved__isnull=False, rated_at__isnull=False),
                name="complaint_rating_whole",
            ),
            models.CheckConstraint(
                condition=Q(overall_warn_at=None, overall_due_at=None)
                | Q(overall_warn_at__isnull=False, overall_due_at__isnull=False),
                name="complaint_overall_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False) | (~Q(state="merged") & Q(merged_into=None)),
                name="complaint_merged_into_something",
            ),
            models.CheckConstraint(
                condition=Q(suspended_until=None) | Q(state="handling", due_at=None, overall_due_at=None),
                name="complaint_suspended_has_no_deadline",
            ),
        ]
        indexes = [
            # For the counts of the queue, which read nothing but this index.
            models.Index(fields=["state", "due_at", "warn_at"], name="complaint_queue_counts"),
            # For a unit's own queue.
            models.Index(fields=["unit", "state", "due_at"], name="complaint_unit_queue"),
            # For the public list and the monthly figures.
            models.Index(fields=["-closed_at"], condition=Q(closed_at__isnull=False), name="complaint_closed"),
            # For the queue: one final state, the newest first. The map reads thousands of those by this index alone.
            models.Index(
                fields=["state", "filed_at", "is_confidential", "longitude", "latitude", "id"],
                name="complaint_state_filed",
            ),
            models.Index(fields=["filed_at"], name="complaint_filed"),
            # For the few that are marked: what the office decides, the supervised, what the scheduler resumes.
            models.Index(fields=["asked_for"], condition=~Q(asked_for=""), name="complaint_asking"),
            models.Index(
                fields=["supervised_at"], condition=Q(supervised_at__isnull=False), name="complaint_supervised"
            ),
            models.Index(
                fields=["suspended_until"], condition=Q(suspended_until__isnull=False), name="complaint_suspended"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def surroundings(self) -> dict[str, Any]:
        """The bounds of `within` in which the same thing may have been filed too; empty without a point."""
        if self.longitude is None or self.latitude is None:
            return {}
        tuning = Tuning.current()
        high = tuning.duplicate_metres / _METRES_PER_DEGREE
        wide = high / math.cos(math.radians(self.latitude))
        return {
            "case": self.pk,
            "group": self.group,
            "since": self.filed_at - tuning.duplicate_within,
            "until": self.filed_at + tuning.duplicate_within,
            "west": self.longitude - wide,
            "east": self.longitude + wide,
            "south": self.latitude - high,
            "north": self.latitude + high,
        }

    def nearest_of(self, others: "Iterable[Complaint]") -> "list[tuple[float, Complaint]]":
        """Those of them that are near enough to be the same thing, nearest first with their metres."""
        most = Tuning.current().duplicate_metres
        measured = sorted(((self.metres_to(other), other) for other in others), key=lambda one: (one[0], one[1].pk))
        return [(metres, other) for metres, other in measured if metres <= most]

    def metres_to(self, other: "Complaint") -> float:
        """Between the points of two cases that both have one; flat, good within a town."""
        assert self.longitude is not None and self.latitude is not None  # noqa: S101 -- the caller's promise
        assert other.longitude is not None and other.latitude is not None  # noqa: S101 -- the caller's promise
        east = (self.longitude - other.longitude) * math.cos(math.radians(self.latitude))
        return math.hypot(east, self.latitude - other.latitude) * _METRES_PER_DEGREE

    @property
    def leading(self) -> "Complaint":
        """The case that this one is handled with: itself, or what it was merged into, and that again."""
        case = self
        while case.merged_into:
            case = case.merged_into
        return case

    @property
    def helping_units(self) -> "list[HelpingUnit]":
        return list(self.helpers.all()) if self.has_helpers else []

    def is_helped_by(self, unit_id: int) -> bool:
        return any(helper.unit_id == unit_id for helper in self.helping_units)

    def is_due_soon_or_late(self, *, at: datetime) -> bool:
        return self.light(at=at) in {Light.SOON, Light.OVERDUE}


class HelpingUnit(models.Model):
    """A unit that helps (协办) the one in charge (主办): it sees the case and adds notes, no more."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="helpers", verbose_name="案件")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="协办单位")
    added_at = models.DateTimeField("加入时间")

    class Meta:
        verbose_name = "协办单位"
        ordering = ["unit__code"]
        constraints = [
            # The other way round than the index of `complaint`: for what a unit helps with.
            models.UniqueConstraint(fields=["unit", "complaint"], name="helps_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}（协办 {self.complaint}）"


class NumberSeries(models.Model):
    """The last case number given in a year; taken by a conditional UPDATE, so that no number is given twice."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "案件编号"

    def __str__(self) -> str:
        return f"{self.year}-{self.last:06}"
