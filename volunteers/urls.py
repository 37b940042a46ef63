from django.urls import path

from volunteers import api, views

app_name = "volunteers"
urlpatterns = [
    path("workbench/patrols/", views.today, name="patrols"),
    path("workbench/patrols/calendar/", views.calendar, name="patrol_calendar"),
    path("workbench/patrols/coverage/", views.coverage, name="patrol_coverage"),
    path("workbench/patrols/guides/", views.guides, name="guides"),
    path("workbench/patrols/guides/new/", views.guide_new, name="guide_new"),
    path("workbench/patrols/guides/<int:pk>/edit/", views.guide_edit, name="guide_edit"),
    path("workbench/patrols/guides/<int:pk>/remove/", views.guide_remove, name="guide_remove"),
    path("workbench/patrols/logs/<int:pk>/", views.patrol_log, name="patrol_log"),
    path("workbench/patrols/photos/<str:token>/", views.finding_photo, name="finding_photo"),
    path("workbench/patrols/<str:code>/", views.patrol, name="patrol"),
    path("workbench/patrols/<str:code>/findings/", views.add_finding, name="add_finding"),
    # At the root, so that it may answer for pages below /workbench/ and for what they load.
    path("patrol-worker.js", views.worker, name="patrol_worker"),
    path("api/v1/patrols/", api.Patrols.as_view(), name="api_patrols"),
    path("api/v1/patrols/<int:pk>/findings/", api.Findings.as_view(), name="api_findings"),
]
