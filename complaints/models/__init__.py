from complaints.models.call_back import CallBack
from complaints.models.category import Category, ProblemGroup
from complaints.models.complaint import (
    BY_RESIDENTS,
    Channel,
    Complaint,
    ComplaintQuerySet,
    HelpingUnit,
    NumberSeries,
    Sight,
)
from complaints.models.draft import Draft, DraftPhoto
from complaints.models.escalation import Acknowledgement, Escalation
from complaints.models.event import Event
from complaints.models.export import Export, ExportFormat, ExportState
from complaints.models.held import Held
from complaints.models.photo import Photo
from complaints.models.privacy import ErasureRequest, LegalHold
from complaints.models.public_version import PublicVersion
from complaints.models.reporter import Reporter
from complaints.models.request import UnitRequest
from complaints.models.routing_rule import RoutingRule
from complaints.models.saved_filter import SavedFilter
from complaints.models.submission import Submission
from complaints.models.tuning import Tuning

__all__ = [
    "CallBack",
    "Acknowledgement",
    "BY_RESIDENTS",
    "Category",
    "Channel",
    "Complaint",
    "ComplaintQuerySet",
    "Draft",
    "DraftPhoto",
    "ErasureRequest",
    "Escalation",
    "Event",
    "Export",
    "ExportFormat",
    "ExportState",
    "Held",
    "HelpingUnit",
    "LegalHold",
    "NumberSeries",
    "Photo",
    "ProblemGroup",
    "PublicVersion",
    "Reporter",
    "RoutingRule",
    "SavedFilter",
    "Sight",
    "Submission",
    "Tuning",
    "UnitRequest",
]
