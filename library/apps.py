from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "library"
    verbose_name = "制度文件"
    watched = {"library": ["Document", "Version"]}
