from django.urls import path

from grids import api, views

app_name = "grids"
urlpatterns = [
    path("grids/", views.city_map, name="map"),
    path("grids/mine/", views.my_grid, name="mine"),
    path("grids/<str:code>/", views.detail, name="detail"),
    path("workbench/grids/", views.grid_list, name="list"),
    path("workbench/grids/coverage/", views.coverage, name="coverage"),
    path("workbench/grids/areas/", views.areas, name="areas"),
    path("workbench/grids/new/", views.new, name="new"),
    path("workbench/grids/<str:code>/edit/", views.edit, name="edit"),
    path("workbench/grids/<str:code>/lead/", views.lead, name="lead"),
    path("workbench/grids/<str:code>/helpers/", views.helper, name="helper"),
    path("workbench/grids/<str:code>/end/", views.end, name="end"),
    path("workbench/grids/<str:code>/retire/", views.retire, name="retire"),
    path("workbench/import/", views.import_page, name="import"),
    path("workbench/import/preview/", views.import_preview, name="import_preview"),
    path("workbench/import/cancel/", views.import_cancel, name="import_cancel"),
    path("workbench/import/template/<str:name>/", views.import_template, name="import_template"),
    path("workbench/export/", views.export, name="export"),
    path("api/v1/grids/", api.grids, name="api_grids"),
    path("api/v1/grids/locate/", api.locate, name="api_locate"),
]
