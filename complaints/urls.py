from django.urls import path

from complaints import api, views

app_name = "complaints"
urlpatterns = [
    path("complaints/new/", views.new, name="new"),
    path("complaints/new/<slug:step>/", views.new_step, name="new_step"),
    path("complaints/new/photos/add/", views.add_photo, name="add_photo"),
    path("complaints/new/photos/<str:token>/remove/", views.remove_photo, name="remove_photo"),
    path("complaints/receipt/", views.receipt, name="receipt"),
    path("complaints/receipt/picture/", views.receipt_picture, name="receipt_picture"),
    path("complaints/track/", views.track, name="track"),
    path("complaints/track/case/", views.tracked, name="tracked"),
    path("complaints/track/rate/", views.rate, name="rate"),
    path("complaints/track/leave/", views.leave, name="leave"),
    path("complaints/photos/<str:token>/", views.photo, name="photo"),
    path("complaints/photos/<str:token>/small/", views.small_photo, name="small_photo"),
    path("complaints/", views.published, name="published"),
    path("complaints/<str:number>/", views.published_case, name="published_case"),
    path("workbench/complaints/", views.queue, name="queue"),
    path("workbench/complaints/new/", views.hotline, name="hotline"),
    path("workbench/complaints/new/hints/", views.hotline_hints, name="hotline_hints"),
    path("workbench/complaints/new/grids/", views.hotline_grids, name="hotline_grids"),
    path("workbench/complaints/<str:number>/", views.case, name="case"),
    path("workbench/complaints/<str:number>/publish/", views.publish, name="publish"),
    path("workbench/complaints/<str:number>/unpublish/", views.unpublish, name="unpublish"),
    path("workbench/complaints/<str:number>/contact/", views.reveal_contact, name="reveal_contact"),
    path("workbench/complaints/<str:number>/<slug:move>/", views.move, name="move"),
    path("api/v1/complaints/", api.Cases.as_view(), name="api_cases"),
    path("api/v1/complaints/lookup/", api.Lookup.as_view(), name="api_lookup"),
    path("api/v1/complaints/<str:number>/", api.Case.as_view(), name="api_case"),
    path("api/v1/complaints/<str:number>/moves/", api.Moves.as_view(), name="api_moves"),
]
