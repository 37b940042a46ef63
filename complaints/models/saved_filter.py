from django.db import models

from accounts.models import User


class SavedFilter(models.Model):
    """Filters of the queue that somebody uses again and again, under a name of their own (我的筛选)."""

    MOST = 20

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_filters", verbose_name="谁的")
    name = models.CharField("名称", max_length=20)
    # As in the address. A phone never stands there.
    query = models.CharField("条件", max_length=500)

    class Meta:
        verbose_name = "我的筛选"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_name_once")]

    def __str__(self) -> str:
        return self.name
