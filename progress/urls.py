from django.urls import path, register_converter

from common.converters import MonthConverter, YearConverter
from progress import views

register_converter(YearConverter, "yyyy")
register_converter(MonthConverter, "mm")

app_name = "progress"
urlpatterns = [
    path("board/", views.city, name="city"),
    path("board/<yyyy:year>/<mm:month>/", views.city_month, name="city_month"),
    path("board/<slug:group>/<yyyy:year>/", views.board_year, name="board_year"),
    path("board/<slug:group>/<yyyy:year>/<mm:month>/", views.board_month, name="board_month"),
    path("workbench/flags/", views.marking_home, name="marking_home"),
    path("workbench/flags/<slug:group>/<yyyy:year>/<mm:month>/", views.marking, name="marking"),
    path("workbench/flags/tasks/<int:pk>/mark/", views.mark, name="mark"),
    path("workbench/flags/tasks/<int:pk>/history/", views.history, name="history"),
    path("workbench/plan/", views.tasks, name="tasks"),
    path("workbench/plan/new/", views.task_new, name="task_new"),
]
