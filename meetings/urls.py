from django.urls import path

from meetings.views import instructions, items, meetings

app_name = "meetings"
urlpatterns = [
    path("workbench/meetings/", meetings.meeting_list, name="meetings"),
    path("workbench/meetings/new/", meetings.meeting_new, name="meeting_new"),
    path("workbench/meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("workbench/meetings/<int:pk>/edit/", meetings.meeting_edit, name="meeting_edit"),
    path("workbench/meetings/<int:pk>/minutes/", meetings.minutes, name="minutes"),
    path("workbench/meetings/<int:pk>/pack/", meetings.pack, name="pack"),
    path("workbench/meetings/<int:pk>/items/new/", items.item_new, name="item_new"),
    path("workbench/actions/", items.item_list, name="items"),
    path("workbench/actions/<int:pk>/", items.item, name="item"),
    path("workbench/actions/<int:pk>/<slug:move>/", items.move, name="move"),
    path("workbench/instructions/", instructions.instructions, name="instructions"),
    path("workbench/instructions/new/", instructions.instruction_new, name="instruction_new"),
]
