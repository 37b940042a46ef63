"""The sheet of an official document: A4, its margins, type faces and page numbers."""

from dataclasses import dataclass
from typing import Any

from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

SAMPLE = "示例数据，内容均为虚构"
LATIN = "Times New Roman"
# Type faces that not every machine has → what stands in for them there.
STANDING_IN = {
    "方正小标宋简体": "小标宋体",
    "仿宋_GB2312": "仿宋",
    "楷体_GB2312": "楷体",
    "黑体": "SimHei",
    "宋体": "SimSun",
}


@dataclass(frozen=True)
class Face:
    """A Chinese type face in a size of points; figures stand in the Latin one."""

    name: str
    size: float
    is_bold: bool = False

    def write(self, paragraph: Paragraph, words: str) -> None:
        run = paragraph.add_run(words)
        run.font.size = Pt(self.size)
        run.font.bold = self.is_bold
        run.font.color.rgb = RGBColor(0, 0, 0)
        _set_faces(run._element.get_or_add_rPr(), self.name)


BODY = Face("仿宋_GB2312", 16)
HEADING = Face("黑体", 16)
KAITI = Face("楷体_GB2312", 16)
PAGE_NUMBER = Face("宋体", 14)


def set_up(docx: Docx, *, is_sample: bool) -> None:
    _paper(docx)
    _styles(docx)
    _name_stand_ins(docx)
    docx.settings.odd_and_even_pages_header_footer = True
    section = docx.sections[0]
    _page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    if is_sample:
        for header in (section.header, section.even_page_header):
            header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
            Face("黑体", 10.5).write(header.paragraphs[0], SAMPLE)


def indent_first_line(paragraph: Paragraph) -> None:
    """By two characters, whatever their size."""
    indent = OxmlElement("w:ind")
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), "640")
    paragraph._element.get_or_add_pPr().append(indent)


def _paper(docx: Docx) -> None:
    section = docx.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(25)


def _styles(docx: Docx) -> None:
    normal = docx.styles["Normal"]
    normal.font.size = Pt(BODY.size)
    _set_faces(normal.element.get_or_add_rPr(), BODY.name)
    for name, face in (("Normal", BODY), ("Heading 1", HEADING), ("Heading 2", KAITI)):
        style = docx.styles[name]
        style.font.size, style.font.bold, style.font.italic = Pt(face.size), face.is_bold, False
        style.font.color.rgb = RGBColor(0, 0, 0)
        _set_faces(style.element.get_or_add_rPr(), face.name)
        lines = style.paragraph_format
        lines.line_spacing_rule, lines.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28)
        lines.space_before, lines.space_after = Pt(0), Pt(0)
        lines.keep_with_next = name != "Normal"
        lines.widow_control = True


def _set_faces(properties: Any, name: str) -> None:
    faces = properties.find(qn("w:rFonts"))
    if faces is not None:
        properties.remove(faces)
    faces = OxmlElement("w:rFonts")
    for script, face in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", name)):
        faces.set(qn(f"w:{script}"), face)
    properties.insert(0, faces)


def _name_stand_ins(docx: Docx) -> None:
    """The table of faces: a machine without one takes the other."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for name, other in STANDING_IN.items()
    )
    part = docx.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts {nsdecls("w")}>{fonts}</w:fonts>'
    part._blob = xml.encode()


def _page_number(paragraph: Paragraph, alignment: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —, on the outer side, a character from the edge."""
    paragraph.alignment = alignment
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
    PAGE_NUMBER.write(paragraph, "— ")
    PAGE_NUMBER.write(paragraph, "")
    run = paragraph.runs[-1]._element
    for part in (
        '<w:fldChar {} w:fldCharType="begin"/>',
        '<w:instrText {} xml:space="preserve">PAGE</w:instrText>',
        '<w:fldChar {} w:fldCharType="end"/>',
    ):
        run.append(parse_xml(part.format(nsdecls("w"))))
    PAGE_NUMBER.write(paragraph, " —")
