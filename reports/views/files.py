from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpResponse

from reports.layout import Document
from reports.rendering import excel, word

# Kind in the address → how it is made, its type, how its name ends.
FILES: dict[str, tuple[Callable[..., bytes], str, str]] = {
    "word": (word, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "excel": (excel, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
}


def attached(document: Document, kind: str, *, version: str = "") -> HttpResponse:
    """The document as a file to keep; a preview has no version."""
    made, content_type, suffix = FILES[kind]
    named = f"{document.title}（{version}）" if version else document.title
    name = f"{'示例-' if document.is_sample else ''}{named}.{suffix}".replace(" ", "")
    response = HttpResponse(made(document, version=version), content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response
