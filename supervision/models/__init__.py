from supervision.models.inspection import (
    READS_EVERY_INSPECTION,
    READS_INSPECTIONS,
    Correction,
    Finding,
    FindingPhoto,
    FindingQuerySet,
    Inspection,
    InspectionQuerySet,
    Outcome,
)

__all__ = [
    "READS_EVERY_INSPECTION",
    "READS_INSPECTIONS",
    "Correction",
    "Finding",
    "FindingPhoto",
    "FindingQuerySet",
    "Inspection",
    "InspectionQuerySet",
    "Outcome",
]
