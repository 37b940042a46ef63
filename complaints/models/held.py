from django.db import models
from django.db.models import Q

from accounts.models import User
from common import crypto
from common.masking import masked
from complaints.models.complaint import Complaint
from complaints.models.draft import Draft


class HeldQuerySet(models.QuerySet["Held"]):
    def waiting(self) -> "HeldQuerySet":
        return self.filter(state=Held.State.WAITING)

    OLDEST = ("filed_at", "pk")


class Held(models.Model):
    """A report that was taken in but waits for a person to look at it before it becomes a case (待复核).

    Its photos stay with its draft. `key` becomes the case's, so that its tracking code is the one told on receipt.
    """

    class Reason(models.TextChoices):
        CLIENT = "client", "同一网络提交太多"
        PHONE = "phone", "同一手机号提交太多"
        TEXT = "text", "同样的话提交太多次"
        EVERYBODY = "everybody", "全市一小时内提交太多"
        UNPROVED = "unproved", "没有自动核对的提交太多"
        BAD_PROOF = "bad_proof", "自动核对没有通过"
        TOO_FAST = "too_fast", "填得太快，像是程序"

    class State(models.TextChoices):
        WAITING = "waiting", "待复核"
        LET_IN = "let_in", "已放行"
        REFUSED = "refused", "未收"

    key = models.CharField(max_length=80, unique=True)
    code_digest = models.CharField(max_length=64, unique=True)
    draft = models.OneToOneField(Draft, models.SET_NULL, null=True, related_name="held")
    # As the draft has them; emptied when the contact is erased.
    answers = models.JSONField(default=dict)
    phone_encrypted = models.TextField(blank=True)
    name_encrypted = models.TextField(blank=True)
    may_contact = models.BooleanField(default=False)
    is_confidential = models.BooleanField("保密", default=False)
    notice_version = models.CharField("告知版本", max_length=20)
    reason = models.CharField("为什么要看一眼", max_length=20, choices=Reason.choices)
    filed_at = models.DateTimeField("提交时间")
    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.WAITING)
    complaint = models.OneToOneField(Complaint, models.PROTECT, null=True, related_name="held", verbose_name="案件")
    decided_at = models.DateTimeField("处理时间", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="处理人")
    reply = models.CharField("给居民的话", max_length=300, blank=True)
    erased_at = models.DateTimeField("抹去时间", null=True)

    objects = HeldQuerySet.as_manager()

    class Meta:
        verbose_name = "待复核的反映"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None) | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="held_decided_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="let_in", complaint__isnull=False) | (~Q(state="let_in") & Q(complaint=None)),
                name="held_let_in_has_case",
            ),
        ]
        indexes = [
            # For the list of those that wait, and its count.
            models.Index(fields=["filed_at"], condition=Q(state="waiting"), name="held_waiting"),
        ]

    def __str__(self) -> str:
        return f"待复核 {self.pk}"

    @property
    def phone(self) -> str:
        return crypto.decrypt(self.phone_encrypted) if self.phone_encrypted else ""

    @property
    def name(self) -> str:
        return crypto.decrypt(self.name_encrypted) if self.name_encrypted else ""

    @property
    def masked_phone(self) -> str:
        return masked(self.phone)
