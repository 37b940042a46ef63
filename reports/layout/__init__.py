"""What a report shows and in which order, for every way of showing it: page, Word and Excel lay out the same parts."""

from reports.layout.group import group_document
from reports.layout.parts import Cell, Chart, Column, Document, Kind, Section, Table
from reports.layout.whole import document

__all__ = ["Cell", "Chart", "Column", "Document", "Kind", "Section", "Table", "document", "group_document"]
