from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = "公共"
    # Topic → models whose changes it notes (`common.revisions`).
    watched = {"facts": ["Fact"], "calendar": ["CalendarYear", "CalendarDay", "OfficeHours"]}

    def ready(self) -> None:
        from common import change_triggers  # noqa: PLC0415 -- models are not loaded before this

        post_migrate.connect(change_triggers.install, sender=self)
