"""A report as a file. The same content gives the same bytes, whenever and wherever it is rendered."""

from reports.rendering.excel import excel
from reports.rendering.word import word

__all__ = ["excel", "word"]
