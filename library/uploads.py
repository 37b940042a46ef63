"""Look at what was sent: is it the PDF, Word or Excel file its name says, and nothing that runs?"""

import hashlib
import zipfile
from dataclasses import dataclass
from typing import IO

from common.errors import DomainError
from library.models import FileKind

MOST_BYTES = 20 * 1024 * 1024
# The folder inside an Office file that tells Word from Excel.
FOLDERS = {FileKind.DOCX: "word/", FileKind.XLSX: "xl/"}
WRONG_KIND = "只收 PDF、docx、xlsx 文件。旧格式先另存为 docx 或 xlsx 再传。"


class FileRefused(DomainError):
    code = "file_refused"


@dataclass(frozen=True)
class CheckedFile:
    kind: FileKind
    content: bytes
    sha256: str


def check(file: IO[bytes], *, name: str, size: int) -> CheckedFile:
    """Read `file` if it is what its name says. Raises FileRefused with a sentence for the sender."""
    extension = name.rsplit(".", 1)[-1].lower()
    if extension not in FileKind.values:
        raise FileRefused(WRONG_KIND)
    if not size:
        raise FileRefused("这个文件是空的。换一个再传。")
    if size > MOST_BYTES:
        raise FileRefused(f"文件太大（{size / 1024 / 1024:.0f} MB，最多 20 MB）。压缩图片后再传。")
    kind, content = FileKind(extension), file.read()
    if not (content.startswith(b"%PDF-") if kind == FileKind.PDF else _is_office(file, FOLDERS[kind])):
        raise FileRefused(f"这个文件不是真正的 {kind.label} 文件，打不开。重新导出再传。")
    return CheckedFile(kind, content, hashlib.sha256(content).hexdigest())


def _is_office(file: IO[bytes], folder: str) -> bool:
    """Only the list of names is read: nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return False
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused("这个文件带宏。另存为不带宏的 docx 或 xlsx 再传。")
    return "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)
