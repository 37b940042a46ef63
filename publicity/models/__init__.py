from publicity.models.announcement import Announcement, AnnouncementQuerySet, Picture, Section, State, picture_path
from publicity.models.initiative import InitiativeVersion, Joining
from publicity.models.quiz import Attempt, Phase, Question, Round, RoundQuerySet
from publicity.models.slogans import Collection, CollectionQuerySet, Entry, Sender

__all__ = [
    "Announcement",
    "AnnouncementQuerySet",
    "Attempt",
    "Collection",
    "CollectionQuerySet",
    "Entry",
    "InitiativeVersion",
    "Joining",
    "Phase",
    "Picture",
    "Question",
    "Round",
    "RoundQuerySet",
    "Section",
    "Sender",
    "State",
    "picture_path",
]
