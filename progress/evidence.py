"""Make a stranger's file fit to be kept: photos are drawn anew, documents are what their names say, without macros."""

import hashlib
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile

from common.errors import DomainError
from complaints import pictures
from progress.models.report import KeptFile

PHOTO_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
# What a zipped Office file must hold to be what it is called.
HEART = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml"}
ACCEPTED = ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx"


class EvidenceRefused(DomainError):
    code = "evidence_refused"


@dataclass(frozen=True)
class CleanEvidence:
    kind: KeptFile.Kind
    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def clean(file: IO[bytes], *, name: str, size: int) -> CleanEvidence:
    """Give back what may be kept of `file`. Raises EvidenceRefused or PhotoRefused with a sentence for the sender."""
    shown = harmless_name(name)
    suffix = PurePosixPath(shown).suffix.lower()
    if suffix in PHOTO_SUFFIXES:
        return CleanEvidence(KeptFile.Kind.PHOTO, shown, pictures.clean(file, size).content)
    if suffix not in {".pdf", *HEART}:
        raise EvidenceRefused("只收照片（JPG、PNG、WebP）、PDF、docx 和 xlsx。请换成这几种再传。")
    if size > settings.PHOTO_MAX_BYTES:
        most = settings.PHOTO_MAX_BYTES // 1024 // 1024
        raise EvidenceRefused(f"文件太大（{size / 1024 / 1024:.0f} MB，最多 {most} MB）。请压缩或分开再传。")
    if not _is_what_it_says(file, suffix):
        raise EvidenceRefused(f"这个文件打不开，或不是真正的 {suffix[1:]}。请重新导出一份再传。")
    file.seek(0)
    return CleanEvidence(KeptFile.Kind(suffix[1:]), shown, file.read())


def keep(row: KeptFile, cleaned: CleanEvidence) -> None:
    """Write the file and store the row that names it; whose it is, when and by whom it was added, is set before."""
    row.kind, row.name, row.size, row.sha256 = cleaned.kind, cleaned.name, len(cleaned.content), cleaned.sha256
    row.file.save(cleaned.name, ContentFile(cleaned.content), save=False)
    row.save(force_insert=True)


def harmless_name(name: str) -> str:
    """The file's own name without folders and control characters, short enough to be shown."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(sign for sign in last if sign.isprintable()).strip() or "文件"
    path = PurePosixPath(printable)
    return path.stem[: 100 - len(path.suffix)] + path.suffix if len(printable) > 100 else printable


def _is_what_it_says(file: IO[bytes], suffix: str) -> bool:
    file.seek(0)
    if suffix == ".pdf":
        return file.read(5) == b"%PDF-"
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
    return HEART[suffix] in names and not any(name.endswith("vbaProject.bin") for name in names)
