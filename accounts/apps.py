from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "人员与单位"
    watched = {"reference": ["Unit", "SpecialGroup", "Leader"]}
