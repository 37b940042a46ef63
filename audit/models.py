from django.db import models


class Entry(models.Model):
    """Who did what to which record, and when. Rows are only ever added: a database trigger refuses the rest.

    No foreign keys: the entry must outlive the person and the record it tells of.
    """

    at = models.DateTimeField("时间", db_index=True)
    actor_id = models.CharField("操作人编号", max_length=40, blank=True)
    actor_label = models.CharField("操作人", max_length=120)
    verb = models.CharField("操作", max_length=60)
    target_model = models.CharField("对象类型", max_length=60, blank=True)
    target_id = models.CharField("对象编号", max_length=60, blank=True)
    target_label = models.CharField("对象", max_length=120, blank=True)
    facts = models.JSONField("详情", default=dict)
    # Each entry seals the one before it, so that a row changed behind the portal's back shows.
    previous_seal = models.CharField(max_length=64)
    seal = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = "审计日志"
        indexes = [
            # For the history of one record.
            models.Index(fields=["target_model", "target_id", "at"], name="audit_entry_target"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.verb} {self.target_label}"


class ChainHead(models.Model):
    """The seal of the newest entry: the one row writers queue up at, so that the chain never forks."""

    seal = models.CharField(max_length=64)

    class Meta:
        verbose_name = "审计链头"

    def __str__(self) -> str:
        return self.seal
