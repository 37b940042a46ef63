import secrets
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from accounts.models import Role, User


class Audience(models.TextChoices):
    PUBLIC = "public", "公开，居民也能看"
    STAFF = "staff", "所有工作人员"
    ROLES = "roles", "只给选定的角色"


class FileKind(models.TextChoices):
    PDF = "pdf", "PDF"
    DOCX = "docx", "Word"
    XLSX = "xlsx", "Excel"


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: User | AnonymousUser) -> "DocumentQuerySet":
        """The office sees all; others what is for them; who is not signed in what is public."""
        if not user.is_authenticated:
            return self.filter(audience=Audience.PUBLIC)
        if user.role == Role.OFFICE:
            return self
        return self.filter(~Q(audience=Audience.ROLES) | Q(roles__contains=f",{user.role},"))

    def containing(self, words: str) -> "DocumentQuerySet":
        """Each word stands in the number, the title, the summary or what a version changed."""
        found = self
        for word in words.split():
            changed = Version.objects.filter(document=OuterRef("pk"), note__icontains=word)
            found = found.filter(
                Q(number__icontains=word) | Q(title__icontains=word) | Q(summary__icontains=word) | Exists(changed)
            )
        return found


class Document(models.Model):
    """A rule, plan or regulation (制度文件) with its versions."""

    number = models.SlugField("编号", max_length=20, unique=True)
    title = models.CharField("标题", max_length=100)
    summary = models.CharField("摘要", max_length=500, blank=True)
    audience = models.CharField("谁能看", max_length=10, choices=Audience.choices)
    # ",office,leader," where the audience is roles, else empty; neither database needs JSON for it.
    roles = models.CharField("角色", max_length=200, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "制度文件"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(audience="roles") & ~Q(roles="")) | (Q(audience__in=["public", "staff"]) & Q(roles="")),
                name="document_roles_only_where_they_count",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("library:document", args=[self.number])

    @property
    def readers(self) -> str:
        """Who may see it, in words."""
        if self.audience != Audience.ROLES:
            return Audience(self.audience).label
        return "、".join(str(Role(role).label) for role in self.roles.strip(",").split(","))

    def version_on(self, day: date) -> "Version | None":
        """The newest version in force on that day."""
        return next((version for version in self.versions.all() if version.is_in_force(day)), None)


def new_token() -> str:
    return secrets.token_urlsafe(16)


def file_path(version: "Version", _filename: str) -> str:
    """A name of our own: the sender's file name never reaches the disk."""
    return f"library/{version.added_at:%Y/%m}/{version.token}.{version.kind}"


class Version(models.Model):
    """The text of a document from a day on. Never edited: a change is a new version."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions", verbose_name="文件")
    ordinal = models.PositiveSmallIntegerField("第几版")
    token = models.CharField(max_length=32, unique=True, default=new_token)
    file = models.FileField("文件", upload_to=file_path)
    kind = models.CharField("格式", max_length=10, choices=FileKind.choices)
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField(max_length=64)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)
    note = models.CharField("改了什么", max_length=200, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    added_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "版本"
        ordering = ["-ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["document", "ordinal"], name="one_version_per_ordinal"),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gt=F("effective_from")),
                name="version_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} 第 {self.ordinal} 版"

    @property
    def download_name(self) -> str:
        return f"{self.document.title}（第{self.ordinal}版）.{self.kind}"

    def is_in_force(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)
