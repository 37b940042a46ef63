from publicity.models.announcement import Announcement, AnnouncementQuerySet, Picture, Section, State, picture_path
from publicity.models.initiative import InitiativeVersion, Joining
from publicity.models.quiz import Attempt, Phase, Question, Round, RoundQuerySet

__all__ = [
    "Announcement",
    "AnnouncementQuerySet",
    "Attempt",
    "InitiativeVersion",
    "Joining",
    "Phase",
    "Picture",
    "Question",
    "Round",
    "RoundQuerySet",
    "Section",
    "State",
    "picture_path",
]
