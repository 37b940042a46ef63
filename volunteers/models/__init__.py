from volunteers.models.patrol import Finding, FindingPhoto, PatrolLog

__all__ = ["Finding", "FindingPhoto", "PatrolLog"]
