"""The root of all addresses. Each app's urls hold whole paths, as contract names them."""

from django.conf import settings
from django.urls import include, path

from mohe_portal import (
    api_schema,
    audit_page,
    calendar_page,
    dead_letters,
    guide,
    health,
    metrics,
    notice_preferences,
    outline,
    schedule_page,
    text_choice,
    views,
    workbench,
)

urlpatterns = [
    path("", views.home, name="home"),
    # Read from above: what is asked for most need not pass by all the rest.
    path("", include("complaints.urls")),
    path("city.svg", outline.outline, name="outline"),
    path("elder/", views.elder, name="elder"),
    path("help/", views.help_page, name="help"),
    path("help/guide/", guide.page, name="guide"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("sitemap/", views.sitemap, name="sitemap"),
    path("workbench/", workbench.workbench, name="workbench"),
    path("workbench/seen/", workbench.workbench_seen, name="workbench_seen"),
    path("workbench/calendar/", calendar_page.calendar_now, name="calendar"),
    path("workbench/calendar/<int:year>/", calendar_page.calendar_year, name="calendar_year"),
    path("workbench/calendar/<int:year>/days/", calendar_page.calendar_arrange, name="calendar_arrange"),
    path("workbench/calendar/<int:year>/library/", calendar_page.calendar_library, name="calendar_library"),
    path("workbench/calendar/<int:year>/import/", calendar_page.calendar_import, name="calendar_import"),
    path("workbench/calendar/<int:year>/file/", calendar_page.calendar_file, name="calendar_file"),
    path("workbench/calendar/<int:year>/known/", calendar_page.calendar_known, name="calendar_known"),
    path("workbench/calendar/<int:year>/hours/", calendar_page.calendar_hours, name="calendar_hours"),
    path(
        "workbench/calendar/<int:year>/hours/<str:day>/remove/",
        calendar_page.calendar_hours_remove,
        name="calendar_hours_remove",
    ),
    path("workbench/audit/", audit_page.audit_log, name="audit_log"),
    path("workbench/audit/check/", audit_page.audit_check, name="audit_check"),
    path("workbench/audit/export/", audit_page.audit_export, name="audit_export"),
    path("workbench/schedule/", schedule_page.schedule, name="schedule"),
    path("workbench/schedule/<slug:name>/", schedule_page.schedule_history, name="schedule_history"),
    path("workbench/schedule/<slug:name>/run/", schedule_page.schedule_run, name="schedule_run"),
    path("api/v1/schema/", api_schema.Schema.as_view(), name="api_schema"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("", include("accounts.urls")),
    path("workbench/profile/notices/", notice_preferences.notice_preferences, name="notice_preferences"),
    path("workbench/profile/notices/test/", notice_preferences.notice_test, name="notice_test"),
    path("workbench/notices/failed/", dead_letters.dead_letters, name="dead_letters"),
    path("workbench/notices/failed/retry/", dead_letters.retry_dead, name="retry_dead"),
    path("workbench/notices/", include("mohe_portal.inbox")),
    path("sms/<str:token>/", text_choice.text_choice, name="text_choice"),
    path("", include("grids.urls")),
    path("", include("volunteers.urls")),
    path("", include("progress.urls")),
    path("", include("projects.urls")),
    path("", include("library.urls")),
    path("", include("publicity.urls")),
    path("", include("meetings.urls")),
    path("", include("supervision.urls")),
    path("", include("reports.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("components/", views.components, name="components"))

handler400 = "mohe_portal.views.bad_request"
handler403 = "mohe_portal.views.forbidden"
handler404 = "mohe_portal.views.not_found"
handler500 = "mohe_portal.views.server_error"
