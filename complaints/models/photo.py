import secrets

from django.db import models

from complaints.models.complaint import Complaint
from complaints.models.event import Event


def new_token() -> str:
    return secrets.token_urlsafe(16)


def photo_path(photo: "StoredPhoto", _filename: str) -> str:
    """A name of our own: the sender's file name never reaches the disk."""
    return f"photos/{photo.added_at:%Y/%m}/{photo.token}.jpg"


class StoredPhoto(models.Model):
    """A picture, decoded and drawn anew: no EXIF, no position, no bytes of the original file."""

    token = models.CharField(max_length=32, unique=True, default=new_token)
    file = models.FileField(upload_to=photo_path)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta:
        abstract = True


class Photo(StoredPhoto):
    """A picture of a case, filed with one of its moves."""

    class Kind(models.TextChoices):
        BEFORE = "before", "办理前"
        # With a note between: for staff alone.
        DURING = "during", "办理中"
        AFTER = "after", "办理后"

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="photos", verbose_name="案件")
    event = models.ForeignKey(Event, models.PROTECT, related_name="photos", verbose_name="随哪一步")
    kind = models.CharField("类型", max_length=10, choices=Kind.choices)

    class Meta:
        verbose_name = "照片"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.complaint} {self.get_kind_display()}"
