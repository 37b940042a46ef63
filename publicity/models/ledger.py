from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Unit, User
from complaints.models.photo import StoredPhoto, new_token

LONGEST_PLEDGE = 3000


class Pledge(models.Model):
    """What the head of a unit promised in public (表态发言)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    speaker = models.CharField("谁表态", max_length=40)
    text = models.TextField("发言", max_length=LONGEST_PLEDGE)
    pledged_on = models.DateField("日期")
    is_public = models.BooleanField("公开", default=False)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = "表态发言"
        ordering = ["-pledged_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.unit}：{self.speaker}"

    def get_absolute_url(self) -> str:
        return reverse("publicity:pledge", args=[self.pk])


class Work(models.Model):
    """One piece of publicity work in the ledger (宣传台账), for the office alone."""

    class Kind(models.TextChoices):
        SCREEN = "screen", "LED屏"
        TEXT_MESSAGE = "sms", "短信"
        HANDBOOK = "handbook", "手册"
        VIDEO = "video", "视频"
        MEDIA = "media", "媒体报道"

    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    title = models.CharField("内容", max_length=60)
    done_on = models.DateField("日期")
    place = models.CharField("地点或媒体", max_length=60, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位")
    # Screens, messages, copies, showings: what is counted depends on the kind.
    amount = models.PositiveIntegerField("数量", default=1)
    link = models.URLField("链接", max_length=300, blank=True)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = "宣传台账"
        ordering = ["-done_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["screen", "sms", "handbook", "video", "media"]), name="work_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["done_on", "kind"], name="work_by_month")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.title}"

    @property
    def photo(self) -> "WorkPhoto | None":
        return getattr(self, "picture", None)


def work_photo_path(photo: "WorkPhoto", _filename: str) -> str:
    """A name of our own: the sender's file name never reaches the disk."""
    return f"publicity/{photo.added_at:%Y/%m}/{photo.token}.jpg"


class WorkPhoto(StoredPhoto):
    """The picture that shows a piece of work, drawn anew like those of cases."""

    token = models.CharField(max_length=32, unique=True, default=new_token)
    file = models.FileField(upload_to=work_photo_path)
    work = models.OneToOneField(Work, models.PROTECT, related_name="picture", verbose_name="台账")

    class Meta:
        verbose_name = "台账照片"

    def __str__(self) -> str:
        return str(self.work)
