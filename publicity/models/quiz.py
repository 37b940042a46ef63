from datetime import date
from enum import StrEnum

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User

LETTERS = "ABCDEF"
FEWEST_OPTIONS, MOST_OPTIONS = 2, len(LETTERS)
MOST_QUESTIONS = 30
LONGEST_QUESTION, LONGEST_OPTION, LONGEST_EXPLANATION = 200, 100, 500


class Phase(StrEnum):
    """Where a published round or collection is in its days."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"

    @classmethod
    def on(cls, day: date, *, opens_on: date, closes_on: date) -> "Phase":
        """`closes_on` is the last day that counts."""
        if day < opens_on:
            return cls.COMING
        return cls.RUNNING if day <= closes_on else cls.OVER


class RoundQuerySet(models.QuerySet["Round"]):
    def published(self) -> "RoundQuerySet":
        """What everybody may see, the newest first."""
        return self.exclude(published_at=None).order_by("-number")

    def as_read(self, shown: "Round") -> "RoundQuerySet":
        """The row of `shown` if nobody changed it or its questions since it was read, else nothing."""
        return self.filter(pk=shown.pk, version=shown.version)


class Round(models.Model):
    """A round of the quiz (创城答题): questions that residents answer between two days."""

    number = models.PositiveSmallIntegerField("第几期", unique=True)
    title = models.CharField("标题", max_length=60)
    about = models.CharField("说明", max_length=300, blank=True)
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("截止日期")  # this day included
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="出题人")

    # Only publicity.actions.quiz changes what follows.
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "答题"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="round_closes_after_it_opens"),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 期：{self.title}"

    def get_absolute_url(self) -> str:
        return reverse("publicity:round", args=[self.number])

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    def phase(self, day: date) -> Phase:
        return Phase.on(day, opens_on=self.opens_on, closes_on=self.closes_on)


class Question(models.Model):
    """One question of a round, with one right answer. They stand in the order in which they were written."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="questions", verbose_name="期")
    text = models.CharField("题目", max_length=LONGEST_QUESTION)
    options = models.JSONField("选项")  # list of str; a letter of LETTERS stands for each
    right = models.CharField("正确答案", max_length=1)
    explanation = models.CharField("解析", max_length=LONGEST_EXPLANATION, blank=True)

    class Meta:
        verbose_name = "题目"
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(right__in=list(LETTERS)), name="question_right_is_a_letter")]

    def __str__(self) -> str:
        return self.text

    @property
    def lettered(self) -> list[tuple[str, str]]:
        return list(zip(LETTERS, self.options, strict=False))


class Attempt(models.Model):
    """Somebody answered a whole round. Nothing says who: the same person may have answered it before."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="attempts", verbose_name="期")
    # One letter for each question, in their order.
    chosen = models.CharField("所选", max_length=MOST_QUESTIONS)
    right = models.PositiveSmallIntegerField("答对")
    answered_at = models.DateTimeField("答题时间")

    class Meta:
        verbose_name = "答题记录"

    def __str__(self) -> str:
        return f"{self.round}：答对 {self.right} 题"
