from django.db import models


class Guide(models.Model):
    """What to look at in a kind of place (巡查指引), written by the office; patrollers read it on the way."""

    place = models.CharField("哪一类地方", max_length=40, unique=True)
    # One thing to look at a line.
    lines = models.TextField("要看什么", max_length=2000)
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = "巡查指引"
        ordering = ["position", "place"]

    def __str__(self) -> str:
        return self.place

    @property
    def points(self) -> list[str]:
        return [line.strip() for line in self.lines.splitlines() if line.strip()]
