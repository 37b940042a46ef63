from publicity.models.announcement import Announcement, AnnouncementQuerySet, Picture, Section, State, picture_path
from publicity.models.initiative import InitiativeVersion, Joining

__all__ = [
    "Announcement",
    "AnnouncementQuerySet",
    "InitiativeVersion",
    "Joining",
    "Picture",
    "Section",
    "State",
    "picture_path",
]
