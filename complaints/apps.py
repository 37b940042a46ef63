from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = "案件"
    watched = {"reference": ["Category", "RoutingRule"], "published": ["PublicVersion", "PublicVersion_photos"]}
