"""A report as an official document (公文, GB/T 9704): title, body, signature and date, then the annexes."""

import io
from datetime import datetime

from docx import Document as Blank
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from reports.layout import Document, Section, Table
from reports.rendering import word_page, word_table
from reports.rendering.archive import repacked
from reports.rendering.word_page import BODY, HEADING, KAITI, SAMPLE, Face

NUMERALS = "一二三四五六七八九十"
TITLE_FACE = Face("方正小标宋简体", 22)


def word(document: Document, *, version: str) -> bytes:
    docx = Blank()
    _describe(docx, document)
    word_page.set_up(docx, is_sample=document.is_sample)
    _title(docx, document, version)
    for number, section in enumerate(document.sections):
        _section(docx, f"{NUMERALS[number]}、{section.title}", section)
    _annex_list(docx, document)
    _signature(docx, document)
    for number, section in enumerate(document.annexes, start=1):
        _annex(docx, number, section)
    out = io.BytesIO()
    docx.save(out)
    return repacked(out.getvalue())


def _describe(docx: Docx, document: Document) -> None:
    """What a file says of itself: nothing of the moment or the machine it was made on."""
    told = docx.core_properties
    told.title, told.author, told.last_modified_by = document.title, document.issuer, document.issuer
    told.comments = SAMPLE if document.is_sample else ""
    month = document.month
    told.created = told.modified = datetime(month.year, month.month, month.last_day.day)
    told.revision = 1


def _title(docx: Docx, document: Document, version: str) -> None:
    title = docx.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.line_spacing = Pt(35)
    title.paragraph_format.space_before = Pt(28)
    TITLE_FACE.write(title, "\n".join(document.title_lines))
    below = docx.add_paragraph()
    below.alignment = WD_ALIGN_PARAGRAPH.CENTER
    below.paragraph_format.space_after = Pt(14)
    KAITI.write(below, f"（{'　'.join(filter(None, (version, document.standing)))}）")


def _section(docx: Docx, heading: str, section: Section) -> None:
    HEADING.write(docx.add_paragraph(style="Heading 1"), heading)
    for words in section.paragraphs:
        _paragraph(docx, words)
    for number, table in enumerate(section.tables):
        _table(docx, table, f"（{NUMERALS[number]}）{table.title}" if len(section.tables) > 1 else table.title)


def _paragraph(docx: Docx, words: str) -> Paragraph:
    paragraph = docx.add_paragraph()
    word_page.indent_first_line(paragraph)
    BODY.write(paragraph, words)
    return paragraph


def _table(docx: Docx, table: Table, title: str) -> None:
    heading = docx.add_paragraph(style="Heading 2")
    KAITI.write(heading, title)
    if not table.rows:
        _paragraph(docx, table.empty)
        return
    docx.element.body.insert(len(docx.element.body) - 1, word_table.element(table))
    note = docx.add_paragraph()
    note.paragraph_format.line_spacing = Pt(18)
    note.paragraph_format.space_after = Pt(8)
    Face("楷体_GB2312", 10.5).write(note, table.note)


def _annex_list(docx: Docx, document: Document) -> None:
    for number, section in enumerate(document.annexes, start=1):
        line = docx.add_paragraph()
        word_page.indent_first_line(line)
        BODY.write(line, f"{'附件：' if number == 1 else '　　　'}{number}. {section.title}")


def _signature(docx: Docx, document: Document) -> None:
    docx.add_paragraph()
    for words, characters in ((document.issuer, 2), (document.dated, 2)):
        line = docx.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = Pt(16 * characters)
        line.paragraph_format.keep_with_next = words == document.issuer
        BODY.write(line, words)


def _annex(docx: Docx, number: int, section: Section) -> None:
    mark = docx.add_paragraph()
    mark.add_run().add_break(WD_BREAK.PAGE)
    HEADING.write(mark, f"附件 {number}")
    title = docx.add_paragraph(style="Heading 1")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    Face("方正小标宋简体", 18).write(title, section.title)
    for table in section.tables:
        _table(docx, table, table.title)
