"""What the creation office does to the library (制度文件)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from accounts.models import Role, User
from audit import log
from common.errors import DomainError, StaleRecord
from library.models import Audience, Document, Version
from library.uploads import CheckedFile

OVERTAKEN = "刚刚有人传了新的一版，您这一次没有保存。看过最新一版再传。"


@dataclass(frozen=True)
class Text:
    """What one version says: the file, from when to when it holds, and what changed."""

    file: CheckedFile
    effective_from: date
    effective_to: date | None
    note: str = ""


@transaction.atomic
def publish(
    *, number: str, title: str, summary: str, audience: Audience, roles: list[Role], text: Text, by: User, at: datetime
) -> Document:
    """Put a document down with its first version."""
    if audience == Audience.ROLES and not roles:
        raise DomainError("选定至少一个能看的角色。")
    listed = f",{','.join(roles)}," if audience == Audience.ROLES else ""
    document = Document.objects.create(number=number, title=title, summary=summary, audience=audience, roles=listed)
    _add(document, 1, text, by=by, at=at)
    log.record("上传制度文件", by=by, at=at, target=document, audience=str(audience), roles=listed)
    return document


@transaction.atomic
def add_version(document: Document, *, seen: int, text: Text, by: User, at: datetime) -> Version:
    """Add a version after number `seen`, the newest the person saw; another added meanwhile refuses this one."""
    newest = document.versions.order_by("-ordinal").values_list("ordinal", flat=True).first() or 0
    if newest != seen:
        raise StaleRecord(OVERTAKEN)
    version = _add(document, seen + 1, text, by=by, at=at)
    log.record("上传新版本", by=by, at=at, target=document, ordinal=version.ordinal)
    return version


def _add(document: Document, ordinal: int, text: Text, *, by: User, at: datetime) -> Version:
    version = Version(
        document=document, ordinal=ordinal, kind=text.file.kind, size=len(text.file.content),
        sha256=text.file.sha256, effective_from=text.effective_from, effective_to=text.effective_to,
        note=text.note, added_by=by, added_at=at,
    )  # fmt: skip
    version.file.save("file", ContentFile(text.file.content), save=False)
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError:
        version.file.delete(save=False)
        raise StaleRecord(OVERTAKEN) from None
    return version
