import datetime
import io
import zipfile

from common.clock import CITY_TIME
from library import actions
from library.models import Audience, Document
from library.uploads import check
from tests.factories.accounts import UserFactory

NOW = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)
PDF = b"%PDF-1.7\n%%EOF\n"


def office_file(folder: str, *more: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", f"{folder}/document.xml", *more):
            archive.writestr(name, "<x/>")
    return out.getvalue()


def text(content: bytes = PDF, name: str = "a.pdf", since=datetime.date(2026, 1, 1), until=None) -> actions.Text:
    return actions.Text(check(io.BytesIO(content), name=name, size=len(content)), since, until)


def published(
    number="ZD-01", audience=Audience.PUBLIC, roles=(), title="责任追究办法", summary="", **changes
) -> Document:
    """A document as the office puts it down, by the real action."""
    return actions.publish(
        number=number, title=title, summary=summary, audience=audience, roles=list(roles),
        text=changes.pop("text", None) or text(), by=UserFactory(), at=NOW, **changes,
    )  # fmt: skip
