from functools import cached_property

from django.db import models
from django.db.models import Q

from common import crypto
from common.masking import HIDDEN, hide_phones, masked
from complaints.models.complaint import Complaint

# The verb of the audit entry that says so.
REVEALED = "查看反映人电话"


class Reporter(models.Model):
    """Who filed a case, or follows it: a row of its own, so that the person can be erased and the case stay.

    The phone is kept encrypted, with a digest to find it by; the tracking code only as a digest.
    """

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="reporters", verbose_name="案件")
    is_follower = models.BooleanField("关注人", default=False)
    code_digest = models.CharField(max_length=64, unique=True)
    phone_encrypted = models.TextField(blank=True)
    phone_digest = models.CharField(max_length=64, blank=True, db_index=True)
    name_encrypted = models.TextField(blank=True)
    may_contact = models.BooleanField("办理单位可以联系", default=False)
    notice_version = models.CharField("告知版本", max_length=20)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField("抹去时间", null=True)

    class Meta:
        verbose_name = "反映人"
        constraints = [
            models.UniqueConstraint(fields=["complaint"], condition=Q(is_follower=False), name="one_filer_per_case"),
        ]

    def __str__(self) -> str:
        return f"反映人（{self.complaint}）"

    # Once: it is looked for in every text of the case, and decrypting takes longer than looking.
    @cached_property
    def phone(self) -> str:
        return crypto.decrypt(self.phone_encrypted) if self.phone_encrypted else ""

    @property
    def name(self) -> str:
        return crypto.decrypt(self.name_encrypted) if self.name_encrypted else ""

    @property
    def masked_phone(self) -> str:
        return masked(self.phone)

    def hidden_in(self, text: str) -> str:
        """The text without this person's own number, should they have written it there; once that is erased, and
        nobody knows which it was, without any."""
        if self.erased_at:
            return hide_phones(text)
        phone = self.phone
        return text.replace(phone, HIDDEN) if phone else text
