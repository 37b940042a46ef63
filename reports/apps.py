from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "统计和月报"
    # Apart, since every minute is counted and most minutes change nothing.
    watched = {"figures": ["Tally", "PatrolTally"], "counted": ["RollupState"]}

    def ready(self) -> None:
        from reports.rollups import triggers  # noqa: PLC0415 -- models are not loaded before this

        post_migrate.connect(triggers.install, sender=self)
