"""Big screens (大屏) that are opened by a link instead of by somebody's sign-in."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from accounts.models import User


class ScreenLinkQuerySet(models.QuerySet["ScreenLink"]):
    def valid(self) -> "ScreenLinkQuerySet":
        return self.filter(revoked_at=None)


class ScreenLink(models.Model):
    """A link (大屏链接) that shows the big screen and nothing else, until it is revoked.

    The key in it is shown once, when it is made; only its digest is kept.
    """

    name = models.CharField("放在哪里", max_length=40)
    key_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField("建立时间")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="建立人")
    last_used_at = models.DateTimeField("上次使用", null=True, blank=True)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = ScreenLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "大屏链接"
        ordering = ["revoked_at", "-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=models.F("created_at")),
                name="screen_link_revoked_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def was_used_before(self, moment: datetime) -> bool:
        return self.last_used_at is None or self.last_used_at < moment
