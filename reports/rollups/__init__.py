"""Figures counted ahead: kept by `keeping`, read by `reading`."""

from reports.rollups.keeping import rebuild, refresh

__all__ = ["rebuild", "refresh"]
