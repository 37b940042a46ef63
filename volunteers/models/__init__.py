from volunteers.models.activity import Activity, ActivityPhoto, ActivityType, Campaign, SignUp
from volunteers.models.guide import Guide
from volunteers.models.patrol import Finding, FindingPhoto, PatrolLog
from volunteers.models.person import Message, PhoneCode, Volunteer
from volunteers.models.service import (
    Certificate,
    CertificateSeries,
    HoursCorrection,
    PointRule,
    ServiceRecord,
    StarLevel,
)
from volunteers.models.team import Membership, Team

__all__ = [
    "Activity",
    "ActivityPhoto",
    "ActivityType",
    "Campaign",
    "Certificate",
    "CertificateSeries",
    "Finding",
    "FindingPhoto",
    "Guide",
    "HoursCorrection",
    "Membership",
    "Message",
    "PatrolLog",
    "PhoneCode",
    "PointRule",
    "ServiceRecord",
    "SignUp",
    "StarLevel",
    "Team",
    "Volunteer",
]
