from django.urls import path

from library import views

app_name = "library"
urlpatterns = [
    path("library/", views.documents, name="documents"),
    path("library/<slug:number>/", views.document, name="document"),
    path("library/files/<str:token>/", views.file, name="file"),
    path("workbench/library/new/", views.document_new, name="document_new"),
    path("workbench/library/<slug:number>/version/", views.version_new, name="version_new"),
]
