from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "mohe_portal"
    verbose_name = "门户"
