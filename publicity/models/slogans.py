from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from common import crypto
from common.masking import masked
from publicity.models.quiz import Phase

LONGEST_SLOGAN, LONGEST_REASONING = 30, 200


class CollectionQuerySet(models.QuerySet["Collection"]):
    def published(self) -> "CollectionQuerySet":
        """What everybody may see, the newest first."""
        return self.exclude(published_at=None).order_by("-opens_on", "-pk")

    def as_read(self, collection: "Collection") -> "CollectionQuerySet":
        """The row of `collection` if nobody changed it since it was read, else nothing."""
        return self.filter(pk=collection.pk, version=collection.version)


class Collection(models.Model):
    """A call for slogans between two days (漠河城市精神征集)."""

    title = models.CharField("标题", max_length=60)
    about = models.TextField("征集说明", max_length=2000)
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("截止日期")  # this day included
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发起人")

    # Only publicity.actions.slogans changes what follows.
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        verbose_name = "征集"
        ordering = ["-opens_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="collection_closes_after_it_opens"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("publicity:collection", args=[self.pk])

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    def phase(self, day: date) -> Phase:
        return Phase.on(day, opens_on=self.opens_on, closes_on=self.closes_on)


class Sender(models.Model):
    """One person who sent slogans to a collection: told apart by the phone, or else by the browser.

    Name and phone are optional and kept encrypted, the phone with a digest to find it by; both are erased in time.
    """

    collection = models.ForeignKey(Collection, models.PROTECT, related_name="senders", verbose_name="征集")
    # Known to the person's browser alone.
    token = models.CharField(max_length=40)
    name_encrypted = models.TextField(blank=True)
    phone_encrypted = models.TextField(blank=True)
    phone_digest = models.CharField(max_length=64, blank=True)
    notice_version = models.CharField("告知版本", max_length=20)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField("抹去时间", null=True)

    class Meta:
        verbose_name = "应征人"
        constraints = [
            models.UniqueConstraint(fields=["collection", "token"], name="one_sender_per_browser"),
            models.UniqueConstraint(
                fields=["collection", "phone_digest"], condition=~Q(phone_digest=""), name="one_sender_per_phone"
            ),
        ]

    def __str__(self) -> str:
        return f"应征人 {self.pk}（{self.collection}）"

    @property
    def phone(self) -> str:
        return crypto.decrypt(self.phone_encrypted) if self.phone_encrypted else ""

    @property
    def name(self) -> str:
        return crypto.decrypt(self.name_encrypted) if self.name_encrypted else ""

    @property
    def masked_phone(self) -> str:
        return masked(self.phone)

    @property
    def has_contact(self) -> bool:
        return bool(self.phone_encrypted or self.name_encrypted)


class Entry(models.Model):
    """One slogan. What the office does not show, nobody else sees."""

    class State(models.TextChoices):
        WAITING = "waiting", "待审核"
        SHOWN = "shown", "展示"
        SHORTLISTED = "shortlisted", "入围"
        CHOSEN = "chosen", "选用"
        HIDDEN = "hidden", "不展示"

    PUBLIC = (State.SHOWN, State.SHORTLISTED, State.CHOSEN)

    collection = models.ForeignKey(Collection, models.PROTECT, related_name="entries", verbose_name="征集")
    sender = models.ForeignKey(Sender, models.PROTECT, related_name="entries", verbose_name="应征人")
    text = models.CharField("口号", max_length=LONGEST_SLOGAN)
    explanation = models.CharField("说明", max_length=LONGEST_REASONING, blank=True)
    sent_at = models.DateTimeField("送来时间")

    # Only publicity.actions.slogans changes what follows.
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.WAITING)
    reason = models.CharField("理由", max_length=200, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="审核人")
    decided_at = models.DateTimeField("审核时间", null=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = "应征口号"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["sender", "text"], name="one_slogan_once_per_sender"),
            models.CheckConstraint(condition=~Q(state="hidden", reason=""), name="hidden_slogan_has_reason"),
        ]
        indexes = [
            # For the public list and the office's tabs.
            models.Index(fields=["collection", "state", "-id"], name="entries_by_state"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def tick(self) -> str:
        """What the office's list sends of a row that is ticked: which it is, and as it was seen."""
        return f"{self.pk}:{self.version}"


def retention_days() -> int:
    """How long after a collection's end its contacts are kept."""
    return settings.CONTACT_RETENTION_DAYS
