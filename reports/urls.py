from django.urls import path, register_converter

import common.converters  # noqa: F401 -- makes the converters known
from reports import api
from reports.views import builds, city_map, cockpit, leaders, month_end, screen
from reports.views.files import FILES


class FileKind:
    """How a report is taken along."""

    regex = "|".join(FILES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FileKind, "file")

MONTH = "workbench/month-end/<yyyy:year>/<mm:month>"

app_name = "reports"
urlpatterns = [
    path("cockpit/", cockpit.board, name="cockpit"),
    path("cockpit/figures/", cockpit.figures, name="figures"),
    path("screen/", screen.screen, name="screen"),
    path("screen/scenes/", screen.scenes, name="scenes"),
    path("screen/open/<str:key>/", screen.enter, name="screen_enter"),
    path("workbench/screens/", screen.links, name="screens"),
    path("workbench/screens/<int:pk>/revoke/", screen.revoke, name="screen_revoke"),
    path("workbench/map/", city_map.page, name="map"),
    path("workbench/map/figures/", city_map.figures, name="map_figures"),
    path("workbench/map/cases/", city_map.cases, name="map_cases"),
    path("workbench/map/grids/<str:code>/", city_map.grid, name="map_grid"),
    path("workbench/leaders/", leaders.leaders, name="leaders"),
    path("workbench/leaders/<str:code>/", leaders.leader, name="leader"),
    path("workbench/month-end/", month_end.reports, name="reports"),
    path(f"{MONTH}/", month_end.report, name="report"),
    path(f"{MONTH}/<file:kind>/", month_end.report_file, name="report_file"),
    path(f"{MONTH}/build/", builds.build, name="build"),
    path(f"{MONTH}/again/", builds.build_again, name="build_again"),
    path(f"{MONTH}/groups/<slug:code>/", month_end.group, name="group"),
    path(f"{MONTH}/groups/<slug:code>/<file:kind>/", month_end.group_file, name="group_file"),
    path("workbench/month-end/builds/<int:pk>/", builds.progress, name="progress"),
    path("workbench/month-end/builds/<int:pk>/preview/", builds.preview, name="preview"),
    path("workbench/month-end/builds/<int:pk>/preview/<file:kind>/", builds.preview_file, name="preview_file"),
    path("api/v1/reports/<str:month>/", api.MonthEnd.as_view(), name="api_month_end"),
]
