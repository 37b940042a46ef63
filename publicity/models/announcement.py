from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from complaints.models.photo import StoredPhoto, new_token


class Section(models.TextChoices):
    """Where an announcement stands."""

    CAMPAIGN = "campaign", "创建全国文明城市"
    PIONEERS = "pioneers", "创城先锋"
    UNDER_WAY = "under-way", "创城进行时"


class State(models.TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤下"


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def published(self) -> "AnnouncementQuerySet":
        """What everybody may read, newest first."""
        return self.filter(state=State.PUBLISHED).order_by("-dated_on", "-pk")

    def as_read(self, announcement: "Announcement") -> "AnnouncementQuerySet":
        """The row of `announcement` if nobody changed it since it was read, else nothing."""
        return self.filter(pk=announcement.pk, version=announcement.version)


class Announcement(models.Model):
    """News of the campaign (创城动态): plain paragraphs, public while it is published."""

    section = models.CharField("栏目", max_length=10, choices=Section.choices)
    title = models.CharField("标题", max_length=60)
    # The day that stands under the title; by it the list is ordered.
    dated_on = models.DateField("日期")
    text = models.TextField("正文", max_length=10000)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="撰稿人")

    # Only publicity.actions changes what follows.
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = "创城动态"
        ordering = ["-dated_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(section__in=Section.values), name="announcement_section_known"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None)
                | Q(state__in=["published", "withdrawn"], published_at__isnull=False),
                name="published_announcement_has_moment",
            ),
        ]
        indexes = [
            # For the public list and the home page.
            models.Index(fields=["-dated_on"], condition=Q(state="published"), name="announcement_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("publicity:announcement", args=[self.pk])

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED

    @property
    def photo(self) -> "Picture | None":
        return getattr(self, "picture", None)

    @property
    def lead(self) -> str:
        """The first paragraph, for lists."""
        return next((line.strip() for line in self.text.splitlines() if line.strip()), "")


def picture_path(picture: "Picture", _filename: str) -> str:
    """A name of our own: the sender's file name never reaches the disk."""
    return f"news/{picture.added_at:%Y/%m}/{picture.token}.jpg"


class Picture(StoredPhoto):
    """The picture of an announcement, drawn anew like those of cases; public while the announcement is."""

    token = models.CharField(max_length=32, unique=True, default=new_token)
    file = models.FileField(upload_to=picture_path)
    announcement = models.OneToOneField(Announcement, models.PROTECT, related_name="picture", verbose_name="创城动态")
    words = models.CharField("照片说明", max_length=60)

    class Meta:
        verbose_name = "照片"

    def __str__(self) -> str:
        return self.words
