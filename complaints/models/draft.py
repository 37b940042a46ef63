import uuid
from datetime import timedelta

from django.db import models

from complaints.models.photo import StoredPhoto


class Draft(models.Model):
    """What a resident has entered so far of a complaint, kept from step to step; its id is the submission's key.

    Never holds the phone: that is asked last and goes straight into the case.
    """

    KEPT_FOR = timedelta(days=2)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "未提交的反映"

    def __str__(self) -> str:
        return str(self.id)


class DraftPhoto(StoredPhoto):
    """A photo sent before its complaint is filed. Filing hands its file to the case and deletes this row."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="photos")

    class Meta:
        verbose_name = "待提交照片"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.token
