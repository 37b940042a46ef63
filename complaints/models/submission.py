from django.db import models


class Submission(models.Model):
    """What a program sent under one key (Idempotency-Key): sent again, it gets the first answer again.

    `key` is also the case's `intake_key`. `fingerprint` is a keyed digest of the body, which is not kept.
    """

    key = models.CharField(max_length=80, unique=True)
    fingerprint = models.CharField(max_length=64)
    # As answered then; the case's own deadline moves on.
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "接口提交"

    def __str__(self) -> str:
        return self.key
