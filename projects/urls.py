from django.urls import path

from projects.views import keeping, public

app_name = "projects"
urlpatterns = [
    path("projects/", public.project_list, name="projects"),
    path("projects/<slug:number>/", public.project, name="project"),
    path("projects/photos/<str:token>/", public.picture, name="picture"),
    path("workbench/projects/new/", keeping.project_new, name="project_new"),
    path("workbench/projects/<slug:number>/", keeping.keep, name="keep"),
    path("workbench/projects/<slug:number>/complete/", keeping.complete, name="complete"),
    path("workbench/projects/<slug:number>/reopen/", keeping.reopen, name="reopen"),
]
