from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q


class UnitQuerySet(models.QuerySet["Unit"]):
    def search(self, text: str) -> "UnitQuerySet":
        """Those whose number or name contains `text`."""
        return self.filter(Q(code__icontains=text) | Q(name__icontains=text)) if text else self


class Unit(models.Model):
    """A responsible unit (责任单位): a department, enterprise or institution that answers for grids."""

    class Kind(models.TextChoices):
        PARTY_AND_GOVERNMENT = "party_government", "党政机关"
        ENTERPRISE_OR_INSTITUTION = "enterprise_institution", "企事业单位"
        HIGHER_LEVEL = "higher_level", "中省直部门"

    code = models.CharField("单位编号", max_length=20, unique=True)
    name = models.CharField("单位名称", max_length=60, unique=True)
    kind = models.CharField("单位性质", max_length=30, choices=Kind.choices)
    headcount = models.PositiveIntegerField("在职人数", default=0)
    contact_name = models.CharField("联络员", max_length=40, blank=True)
    contact_phone = models.CharField("联络电话", max_length=20, blank=True)
    is_active = models.BooleanField("在用", default=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "责任单位"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class SpecialGroup(models.Model):
    """One of the ten special groups (专项推进组); nine of them have a flag board."""

    code = models.SlugField("编号", max_length=30, unique=True)
    name = models.CharField("名称", max_length=40, unique=True)
    has_board = models.BooleanField("有图版", default=True)
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = "专项推进组"
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Leader(models.Model):
    """A division-level leader (处级领导), who answers for towns, villages or communities."""

    code = models.CharField("编号", max_length=20, unique=True)
    name = models.CharField("姓名", max_length=40)
    title = models.CharField("职务", max_length=60, blank=True)
    is_active = models.BooleanField("在任", default=True)

    class Meta:
        verbose_name = "处级领导"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    LIAISON = "liaison", "单位联络员"
    OPERATOR = "operator", "热线受理员"
    OFFICE = "office", "创城办"
    GUIDANCE = "guidance", "指导推进组"
    GROUP_HEAD = "group_head", "专项组负责人"
    SUPERVISION = "supervision", "督导组"
    LEADER = "leader", "领导"
    ADMINISTRATOR = "administrator", "系统管理员"
    AUDITOR = "auditor", "审计员"
    SECURITY = "security", "安全管理员"


# Who reads or changes much wants a second factor once one is set up; see accounts.middleware.
PRIVILEGED = frozenset({Role.OFFICE, Role.ADMINISTRATOR, Role.AUDITOR, Role.SECURITY, Role.SUPERVISION})


class UserQuerySet(models.QuerySet["User"]):
    def search(self, text: str) -> "UserQuerySet":
        """Those whose name, user name or unit contains `text`."""
        if not text:
            return self
        return self.filter(Q(name__icontains=text) | Q(username__icontains=text) | Q(unit__name__icontains=text))


class UserManager(DjangoUserManager["User"]):
    use_in_migrations = False

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def search(self, text: str) -> UserQuerySet:
        return self.get_queryset().search(text)


class User(AbstractUser):
    """A person who signs in. Residents need no account and have none."""

    first_name = None  # type: ignore[assignment]  # Chinese names are one field
    last_name = None  # type: ignore[assignment]
    name = models.CharField("姓名", max_length=40)
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="members", verbose_name="所属单位"
    )
    group = models.ForeignKey(
        SpecialGroup, models.PROTECT, null=True, blank=True, related_name="heads", verbose_name="所属专项组"
    )
    leader = models.OneToOneField(
        Leader, models.PROTECT, null=True, blank=True, related_name="account", verbose_name="领导"
    )
    # Of a liaison: who hears of cases that stay late (单位负责人).
    is_unit_head = models.BooleanField("单位负责人", default=False)
    # For the workbench, which says what is new since then.
    looked_at = models.DateTimeField("上次看工作台", null=True, blank=True, editable=False)
    must_change_password = models.BooleanField("首次登录须改密码", default=True)

    REQUIRED_FIELDS = ["name", "role"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = "用户"
        constraints = [
            models.CheckConstraint(condition=~Q(role=Role.LIAISON) | Q(unit__isnull=False), name="liaison_has_unit"),
            models.CheckConstraint(
                condition=~Q(role=Role.GROUP_HEAD) | Q(group__isnull=False), name="group_head_has_group"
            ),
            models.CheckConstraint(
                condition=Q(is_unit_head=False) | Q(role=Role.LIAISON), name="unit_head_is_of_a_unit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.standing}）"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def standing(self) -> str:
        """What this person acts as, in words: their unit or group, else their role."""
        if self.role == Role.LIAISON and self.unit:
            return self.unit.name
        if self.role == Role.GROUP_HEAD and self.group:
            return self.group.name
        return self.get_role_display()


class ApiToken(models.Model):
    """A key (接口密钥) with which a program signs in: as a named client such as the city app, or as one of the staff.

    The key is shown once when it is issued; only its digest is kept.
    """

    class Kind(models.TextChoices):
        CLIENT = "client", "程序"
        STAFF = "staff", "工作人员"

    class Scope(models.TextChoices):
        FILE = "complaints:file", "提交反映"
        READ = "complaints:read", "看案件"
        MOVE = "complaints:move", "办案件"
        REPORTS = "reports:read", "看月末报告"
        READ_BOARDS = "boards:read", "看图版、月报告和年度计划"
        MARK = "boards:mark", "标旗"
        PATROL = "patrols:submit", "报日巡查"

    # What each kind may be allowed at all: a client is nobody, so it sees no case; a person files by the pages.
    SCOPES: ClassVar[dict[str, tuple[str, ...]]] = {
        Kind.CLIENT: (Scope.FILE,),
        Kind.STAFF: (Scope.READ, Scope.MOVE, Scope.READ_BOARDS, Scope.MARK, Scope.PATROL, Scope.REPORTS),
    }

    name = models.CharField("名称", max_length=40)
    kind = models.CharField("给谁用", max_length=10, choices=Kind.choices)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="api_tokens", verbose_name="工作人员"
    )
    key_digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField("可以做什么", default=list)
    is_active = models.BooleanField("在用", default=True)
    created_at = models.DateTimeField("发放时间")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发放人")
    last_used_at = models.DateTimeField("上次使用", null=True, blank=True)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = "接口密钥"
        ordering = ["-is_active", "-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="client", user=None) | Q(kind="staff", user__isnull=False),
                name="staff_token_has_user",
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, revoked_at=None) | Q(is_active=False, revoked_at__isnull=False),
                name="token_revoked_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_labels(self) -> list[str]:
        return [str(label) for value, label in self.Scope.choices if value in self.scopes]
