from django.urls import path

from publicity.views import desk, initiative, initiative_desk, public, quiz, quiz_desk

app_name = "publicity"
ROUND = "workbench/quiz/<int:number>/"
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
    path("quiz/", quiz.quiz, name="quiz"),
    path("quiz/<int:number>/", quiz.quiz_round, name="round"),
    path("quiz/<int:number>/answer/", quiz.round_answer, name="round_answer"),
    path("quiz/<int:number>/result/", quiz.round_result, name="round_result"),
    path("workbench/quiz/", quiz_desk.quiz_desk, name="quiz_desk"),
    path("workbench/quiz/new/", quiz_desk.round_new, name="round_new"),
    path(ROUND, quiz_desk.round_desk, name="round_desk"),
    path(ROUND + "edit/", quiz_desk.round_edit, name="round_edit"),
    path(ROUND + "publish/", quiz_desk.round_publish, name="round_publish"),
    path(ROUND + "withdraw/", quiz_desk.round_withdraw, name="round_withdraw"),
    path(ROUND + "import/", quiz_desk.questions_import, name="questions_import"),
    path(ROUND + "questions.xlsx", quiz_desk.questions_sheet, name="questions_sheet"),
    path(ROUND + "questions/new/", quiz_desk.question_new, name="question_new"),
    path(ROUND + "questions/<int:pk>/", quiz_desk.question_edit, name="question_edit"),
    path(ROUND + "questions/<int:pk>/remove/", quiz_desk.question_remove, name="question_remove"),
]
