from complaints.models.category import Category, ProblemGroup
from complaints.models.complaint import Channel, Complaint, ComplaintQuerySet, NumberSeries
from complaints.models.draft import Draft, DraftPhoto
from complaints.models.event import Event
from complaints.models.photo import Photo
from complaints.models.public_version import PublicVersion
from complaints.models.reporter import Reporter
from complaints.models.submission import Submission

__all__ = [
    "Category",
    "Channel",
    "Complaint",
    "ComplaintQuerySet",
    "Draft",
    "DraftPhoto",
    "Event",
    "NumberSeries",
    "Photo",
    "ProblemGroup",
    "PublicVersion",
    "Reporter",
    "Submission",
]
