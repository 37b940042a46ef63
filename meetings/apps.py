from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = "会议和交办事项"
    watched = {"instructions": ["Instruction"]}
