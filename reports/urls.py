from django.urls import path

from reports.views import cockpit

app_name = "reports"
urlpatterns = [
    path("cockpit/", cockpit.board, name="cockpit"),
    path("cockpit/figures/", cockpit.figures, name="figures"),
]
