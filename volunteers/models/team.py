"""Teams (志愿服务队) and who is in them."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Role, Unit, User
from volunteers.models.person import Volunteer


class TeamQuerySet(models.QuerySet["Team"]):
    def open(self) -> "TeamQuerySet":
        return self.filter(is_active=True)

    def kept_by(self, user: User) -> "TeamQuerySet":
        """Those whose members and activities this person looks after: every one, or those of the own unit."""
        if user.role == Role.OFFICE:
            return self
        if user.role == Role.LIAISON and user.unit_id:
            return self.filter(unit=user.unit_id)
        return self.none()


class Team(models.Model):
    """A volunteer team (志愿队伍) of a unit, or a public one where `unit` is none."""

    code = models.CharField("队伍编号", max_length=10, unique=True)
    name = models.CharField("队伍名称", max_length=40, unique=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="volunteer_teams", verbose_name="所属单位"
    )
    # One of its members; approves who joins, beside the unit's liaison.
    leader = models.ForeignKey(
        Volunteer, models.SET_NULL, null=True, blank=True, related_name="led_teams", verbose_name="队长"
    )
    about = models.CharField("做什么", max_length=200, blank=True)
    is_active = models.BooleanField("在用", default=True)
    created_at = models.DateTimeField("成立时间")

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = "志愿队伍"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("volunteers:team", args=[self.pk])

    @property
    def belongs_to(self) -> str:
        return self.unit.name if self.unit else "公开队伍"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def members(self) -> "MembershipQuerySet":
        return self.filter(state=Membership.State.MEMBER)

    def asked(self) -> "MembershipQuerySet":
        return self.filter(state=Membership.State.ASKED)

    def open(self) -> "MembershipQuerySet":
        """In, or waiting to be let in."""
        return self.filter(state__in=[Membership.State.ASKED, Membership.State.MEMBER])


class Membership(models.Model):
    """A volunteer asked to join a team, and what came of it. Left and asked again is a row of its own."""

    class State(models.TextChoices):
        ASKED = "asked", "等队里同意"
        MEMBER = "member", "队员"
        REFUSED = "refused", "没有同意"
        LEFT = "left", "已退出"

    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships", verbose_name="队伍")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="memberships", verbose_name="志愿者")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField("申请时间")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    # Who of the staff decided; none where the team's leader did.
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人")
    reason = models.CharField("原因", max_length=100, blank=True)
    left_at = models.DateTimeField("退出时间", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "队员"
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "volunteer"], condition=Q(state__in=["asked", "member"]), name="one_open_membership"
            ),
        ]
        # For a volunteer's own teams, and for the rate of each unit.
        indexes = [models.Index(fields=["volunteer", "state"], name="membership_of_volunteer")]

    def __str__(self) -> str:
        return f"{self.volunteer} {self.team}"
