"""The library of the sample city: five rules and plans as short Word files made by the program."""

import hashlib
import io
import zipfile
from datetime import datetime, time, timedelta
from xml.sax.saxutils import escape

from accounts.models import Role
from common.clock import CITY_TIME
from library import actions
from library.models import Audience, Document, FileKind
from library.uploads import CheckedFile
from mohe_portal.sample_city.cast import Cast

NOBODY_BUT = [Role.OFFICE, Role.LEADER, Role.SUPERVISION]
RULES: tuple[tuple[str, str, str, Audience, list[Role]], ...] = (
    ("FA-01", "创城三年工作方案（示例）", "目标、任务分工和各年重点。", Audience.PUBLIC, []),
    ("GZ-01", "领导小组工作规则（示例）", "每月下旬开会，听取创城办和各专项推进组汇报。", Audience.STAFF, []),
    ("GZ-02", "专项推进组工作规则（示例）", "不定期开会，按月报告，问题在组内解决。", Audience.STAFF, []),
    ("ZD-01", "指导推进制度（示例）", "每天到现场，发现问题当天交办。", Audience.STAFF, []),
    ("ZD-02", "责任追究办法（示例）", "不落实、不重视等情形怎么核实、怎么处理。", Audience.ROLES, NOBODY_BUT),
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


def shelve(cast: Cast, *, until: datetime, files: list[str]) -> None:
    """Put the documents on the shelf; the first has a second version. `files` learns what lies on the disk."""
    added_at = datetime.combine(until.date() - timedelta(days=200), time(10), CITY_TIME)
    for number, title, summary, audience, roles in RULES:
        text = actions.Text(_word(title, summary), added_at.date(), None)
        document = actions.publish(
            number=number, title=title, summary=summary, audience=audience, roles=roles,
            text=text, by=cast.office[0], at=added_at,
        )  # fmt: skip
        files += [str(version.file.name) for version in document.versions.all()]
    plan = Document.objects.get(number=RULES[0][0])
    changed_at = added_at + timedelta(days=120)
    text = actions.Text(_word(plan.title, "增加冬季清雪一节。"), changed_at.date(), None, "增加冬季清雪一节")
    added = actions.add_version(plan, seen=1, text=text, by=cast.office[0], at=changed_at)
    files.append(str(added.file.name))


def _word(*paragraphs: str) -> CheckedFile:
    """The smallest file that Word opens, the same bytes each time."""
    body = "".join(f"<w:p><w:r><w:t>{escape(one)}</w:t></w:r></w:p>" for one in paragraphs)
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_WORD}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATION}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in parts.items():
            archive.writestr(
                zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), f'<?xml version="1.0" encoding="UTF-8"?>{xml}'
            )
    content = out.getvalue()
    return CheckedFile(FileKind.DOCX, content, hashlib.sha256(content).hexdigest())
