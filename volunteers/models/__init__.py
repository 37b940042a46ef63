from volunteers.models.guide import Guide
from volunteers.models.patrol import Finding, FindingPhoto, PatrolLog

__all__ = ["Finding", "FindingPhoto", "Guide", "PatrolLog"]
