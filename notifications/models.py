from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self, *, at: datetime) -> "NoticeQuerySet":
        """Due for delivery and not in the hands of a worker whose lease still runs."""
        free = Q(lease_until=None) | Q(lease_until__lt=at)
        return self.filter(free, delivered_at=None, dead=False, available_at__lte=at)

    def unread_by(self, user_id: int) -> "NoticeQuerySet":
        return self.filter(recipient_id=user_id, read_at=None)


class Notice(models.Model):
    """A message to one person (提醒), written in the transaction of what it tells of and delivered later.

    The row is the record: a queue only makes delivery fast, a sweep makes it sure.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name="收件人"
    )
    # The same reason on the same day has the same key, and so exists once.
    dedup_key = models.CharField(max_length=160, unique=True)
    title = models.CharField("标题", max_length=120)
    url = models.CharField("链接", max_length=200)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("阅读时间", null=True)
    available_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    dead = models.BooleanField("投递失败", default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "提醒"
        indexes = [
            # For the sweep.
            models.Index(fields=["available_at"], condition=Q(delivered_at=None, dead=False), name="notice_waiting"),
            # For the inbox and its unread count on every staff page.
            models.Index(fields=["recipient", "-created_at"], name="notice_inbox"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.title
