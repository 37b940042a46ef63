from django.urls import path

from publicity.views import desk, initiative, initiative_desk, public

app_name = "publicity"
urlpatterns = [
    path("news/", public.news, name="news"),
    path("news/<int:pk>/", public.announcement, name="announcement"),
    path("news/photos/<str:token>/", public.picture, name="picture"),
    path("workbench/news/", desk.desk, name="desk"),
    path("workbench/news/new/", desk.new, name="new"),
    path("workbench/news/<int:pk>/", desk.preview, name="preview"),
    path("workbench/news/<int:pk>/edit/", desk.edit, name="edit"),
    path("workbench/news/<int:pk>/publish/", desk.publish, name="publish"),
    path("workbench/news/<int:pk>/withdraw/", desk.withdraw, name="withdraw"),
    path("initiative/", initiative.initiative, name="initiative"),
    path("initiative/join/", initiative.join, name="join_initiative"),
    path("workbench/initiative/", initiative_desk.initiative_desk, name="initiative_desk"),
    path("workbench/initiative/edit/", initiative_desk.initiative_edit, name="initiative_edit"),
    path("workbench/initiative/<int:ordinal>/", initiative_desk.initiative_version, name="initiative_version"),
]
