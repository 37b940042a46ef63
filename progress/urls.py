from django.urls import path, register_converter

from common.converters import MonthConverter, YearConverter
from progress.views import boards, closing, marking, plan, reports, wall

register_converter(YearConverter, "yyyy")
register_converter(MonthConverter, "mm")

app_name = "progress"
urlpatterns = [
    path("board/", boards.city, name="city"),
    path("board/<yyyy:year>/<mm:month>/", boards.city_month, name="city_month"),
    path("board/<yyyy:year>/", boards.city_year, name="city_year"),
    path("board/units/<str:unit>/", boards.unit, name="unit"),
    path("board/units/<str:unit>/<yyyy:year>/", boards.unit_year, name="unit_year"),
    path("board/<slug:group>/<yyyy:year>/", boards.board_year, name="board_year"),
    path("board/<slug:group>/<yyyy:year>/<mm:month>/", boards.board_month, name="board_month"),
    path("board/<yyyy:year>/wall/", wall.city_year, name="wall_city_year"),
    path("board/<yyyy:year>/<mm:month>/wall/", wall.city_month, name="wall_city_month"),
    path("board/<slug:group>/<yyyy:year>/wall/", wall.board_year, name="wall_board_year"),
    path("board/<slug:group>/<yyyy:year>/<mm:month>/wall/", wall.board_month, name="wall_board_month"),
    path("workbench/flags/", marking.home, name="marking_home"),
    path("workbench/flags/public/", marking.publish, name="publish"),
    path("workbench/flags/closing/", closing.closing, name="closing"),
    path("workbench/flags/closing/<yyyy:year>/<mm:month>/", closing.closing_month, name="closing_month"),
    path("workbench/flags/closing/<yyyy:year>/<mm:month>/close/", closing.close_month, name="close_month"),
    path("workbench/flags/tasks/<int:pk>/correct/", closing.correct, name="correct"),
    path("workbench/flags/tasks/<int:pk>/good/", closing.make_good, name="make_good"),
    path("workbench/flags/<slug:group>/<yyyy:year>/<mm:month>/", marking.grid, name="marking"),
    path("workbench/flags/<slug:group>/<yyyy:year>/<mm:month>/red/", marking.mark_selected, name="mark_selected"),
    path("workbench/flags/<slug:group>/<yyyy:year>/<mm:month>/undo/", marking.undo, name="undo_marking"),
    path("workbench/flags/tasks/<int:pk>/evidence/", marking.reported, name="reported"),
    path("workbench/flags/tasks/<int:pk>/mark/", marking.mark, name="mark"),
    path("workbench/flags/tasks/<int:pk>/history/", marking.history, name="history"),
    path("workbench/reports/", reports.reports, name="reports"),
    path("workbench/reports/due-day/", reports.due_day, name="report_due_day"),
    path("workbench/reports/<yyyy:year>/<mm:month>/", reports.report, name="report"),
    path("workbench/reports/evidence/<slug:token>/", reports.evidence, name="evidence"),
    path("workbench/reports/evidence/<slug:token>/remove/", reports.remove_evidence, name="remove_evidence"),
    path("workbench/reports/<slug:unit>/<yyyy:year>/<mm:month>/", reports.unit_report, name="unit_report"),
    path("workbench/plan/", plan.tasks, name="tasks"),
    path("workbench/plan/new/", plan.task_new, name="task_new"),
]
