from django.apps import AppConfig


class GridsConfig(AppConfig):
    name = "grids"
    verbose_name = "网格与包保"
    watched = {"reference": ["Town", "Community", "Grid", "GridAssignment", "LeaderAssignment", "Landmark"]}
