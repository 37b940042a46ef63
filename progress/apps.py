from django.apps import AppConfig


class ProgressConfig(AppConfig):
    name = "progress"
    verbose_name = "挂图作战"
    watched = {"boards": ["MonthTask", "Marking", "ClosedMonth", "Correction"]}
