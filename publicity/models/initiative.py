from django.db import models
from django.urls import reverse

from accounts.models import User

LONGEST_TEXT = 5000


class InitiativeVersion(models.Model):
    """The citizens' initiative (创城全民倡议书) from one moment on. Never edited: a change is a new version."""

    ordinal = models.PositiveSmallIntegerField("第几版", unique=True)
    title = models.CharField("标题", max_length=60)
    text = models.TextField("正文", max_length=LONGEST_TEXT)
    signed_by = models.CharField("落款", max_length=60)
    note = models.CharField("改了什么", max_length=200, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发布人")
    published_at = models.DateTimeField("发布时间")

    class Meta:
        verbose_name = "倡议书"
        ordering = ["-ordinal"]

    def __str__(self) -> str:
        return f"{self.title} 第 {self.ordinal} 版"

    def get_absolute_url(self) -> str:
        return reverse("publicity:initiative")

    @classmethod
    def current(cls) -> "InitiativeVersion | None":
        """The one that holds, in one query; None until the office has written it."""
        return cls.objects.order_by("-ordinal").first()


class Joining(models.Model):
    """Somebody joined the initiative. Who is nobody's business: counted, not known."""

    version = models.ForeignKey(InitiativeVersion, models.PROTECT, related_name="joinings", verbose_name="哪一版")
    joined_at = models.DateTimeField("参加时间")

    class Meta:
        verbose_name = "参加倡议"
        indexes = [models.Index(fields=["joined_at"], name="joining_by_day")]  # for the office's months

    def __str__(self) -> str:
        return f"{self.version}：{self.joined_at:%Y-%m-%d}"
