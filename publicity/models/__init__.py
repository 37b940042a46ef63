from publicity.models.announcement import Announcement, AnnouncementQuerySet, Picture, Section, State, picture_path
from publicity.models.initiative import InitiativeVersion, Joining
from publicity.models.ledger import Pledge, Work, WorkPhoto, work_photo_path
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
    "Pledge",
    "Question",
    "Round",
    "RoundQuerySet",
    "Section",
    "Sender",
    "State",
    "Work",
    "WorkPhoto",
    "picture_path",
    "work_photo_path",
]
