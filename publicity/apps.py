from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "publicity"
    verbose_name = "宣传"
    watched = {
        "publicity": ["Announcement", "Picture"],
        "initiative": ["InitiativeVersion"],
        # Apart: whoever joins changes the number, and no page but one.
        "joinings": ["Joining"],
        "quiz": ["Round", "Question"],
        "attempts": ["Attempt"],
        "slogans": ["Collection"],
        "entries": ["Entry"],
        "pledges": ["Pledge"],
    }
