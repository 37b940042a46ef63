"""Volunteers (志愿者): residents who registered themselves. They have no account, only a phone that proved itself."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from common import crypto
from common.masking import masked

PHONE = "volunteer-phone"
ERASED = "已注销的志愿者"


def phone_digest(phone: str) -> str:
    return crypto.digest(PHONE, phone)


class VolunteerQuerySet(models.QuerySet["Volunteer"]):
    def active(self) -> "VolunteerQuerySet":
        """Registered, and not erased since."""
        return self.filter(erased_at=None)

    def listed(self) -> "VolunteerQuerySet":
        """Who consented to stand on the public list."""
        return self.active().filter(is_listed=True)

    def with_phone(self, phone: str) -> "VolunteerQuerySet":
        return self.active().filter(phone_digest=phone_digest(phone))


class Volunteer(models.Model):
    """Who registered, by their own will and never by anybody else's.

    The phone is kept encrypted, with a digest to find it by. Erased, the row keeps only that there was somebody: the
    hours stay as figures without the person.
    """

    name = models.CharField("姓名", max_length=20, blank=True)
    phone_encrypted = models.TextField(blank=True)
    phone_digest = models.CharField(max_length=64, blank=True)
    born_year = models.PositiveSmallIntegerField("出生年份", null=True, blank=True)
    skills = models.CharField("特长", max_length=100, blank=True)
    is_listed = models.BooleanField("在公开名单上", default=False)
    # Which wording of the consent (知情同意) they read.
    consent_version = models.CharField("告知版本", max_length=20)
    registered_at = models.DateTimeField("登记时间")
    erased_at = models.DateTimeField("注销时间", null=True, blank=True)

    objects = VolunteerQuerySet.as_manager()

    class Meta:
        verbose_name = "志愿者"
        constraints = [
            # One person, one record; those erased have no phone any more.
            models.UniqueConstraint(
                fields=["phone_digest"], condition=~Q(phone_digest=""), name="volunteer_one_per_phone"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(name="", phone_encrypted="", phone_digest="", born_year=None, skills=""),
                name="erased_volunteer_is_nobody",
            ),
        ]

    def __str__(self) -> str:
        # What the audit log keeps for ever must not name a resident.
        return f"志愿者 {self.pk:05}" if self.pk else "志愿者"

    @property
    def shown_name(self) -> str:
        return self.name or ERASED

    @property
    def phone(self) -> str:
        return crypto.decrypt(self.phone_encrypted) if self.phone_encrypted else ""

    @phone.setter
    def phone(self, value: str) -> None:
        self.phone_encrypted, self.phone_digest = crypto.encrypt(value), phone_digest(value)

    @property
    def masked_phone(self) -> str:
        return masked(self.phone)


class PhoneCode(models.Model):
    """A one-time code (验证码) on its way to a phone. Only digests are kept of both."""

    phone_digest = models.CharField(max_length=64, db_index=True)
    code_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "验证码"

    def __str__(self) -> str:
        return f"验证码 {self.pk}"


class Message(models.Model):
    """What a volunteer is told, shown on their own page; the same words go out by SMS where there is a gateway."""

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="messages", verbose_name="志愿者")
    dedup_key = models.CharField(max_length=160, unique=True)
    text = models.CharField("内容", max_length=200)
    url = models.CharField("链接", max_length=200)
    created_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "给志愿者的消息"
        ordering = ["-created_at", "-pk"]
        # For the own page, newest first.
        indexes = [models.Index(fields=["volunteer", "-created_at"], name="volunteer_messages")]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return self.url or reverse("volunteers:me")
