from django.urls import include, path

from scripts.bench import floor

urlpatterns = [
    path("floor/empty/", floor.empty),
    path("floor/row/", floor.one_row),
    path("", include("mohe_portal.urls")),
]
