from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "统计和月报"
    watched = {"figures": ["RollupState", "PatrolTally"]}

    def ready(self) -> None:
        from reports.rollups import triggers  # noqa: PLC0415 -- models are not loaded before this

        post_migrate.connect(triggers.install, sender=self)
