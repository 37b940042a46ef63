"""The whole portal in one file, and back: the database as of one moment, every photo, and a manifest that proves both.

The archive is a plain tar: manifest.json, database.sqlite3 or database.pgdump, media/….
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction

from common.errors import DomainError
from mohe_portal import pg_tools

MANIFEST = "manifest.json"
MEDIA = "media/"
FORMAT = 1
BLOCK = 1 << 20


class BackupRefused(DomainError):
    code = "backup_refused"


@dataclass(frozen=True)
class Manifest:
    """What the archive holds: rows by table, and size and SHA-256 by file."""

    format: int
    made_at: str
    vendor: str
    database: str
    rows: dict[str, int]
    files: dict[str, tuple[int, str]]

    @property
    def photos(self) -> int:
        return sum(name.startswith(MEDIA) for name in self.files)

    @property
    def total_rows(self) -> int:
        return sum(self.rows.values())


def write(target: Path, *, at: datetime) -> Manifest:
    """Write the archive, read it back whole, and only then give it its name."""
    part = target.with_name(f"{target.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            dump, rows = _dump(Path(folder))
            manifest = _pack(part, dump, rows, at=at)
        checked(part)
        part.chmod(0o600)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def checked(archive: Path) -> Manifest:
    """Read the archive from end to end; BackupRefused where a byte is not what the manifest says."""
    try:
        with tarfile.open(archive) as tar:
            manifest = _manifest_of(tar)
            found = {member.name: _sum(tar, member) for member in tar if member.name != MANIFEST}
    except (OSError, tarfile.TarError, KeyError, ValueError, TypeError) as error:
        raise BackupRefused(f"这个文件不是完整的备份（{type(error).__name__}）。") from error
    if found != manifest.files:
        wrong = sorted(name for name in {*found, *manifest.files} if found.get(name) != manifest.files.get(name))
        raise BackupRefused(f"备份已损坏，与清单不符：{'、'.join(wrong[:3])} 等 {len(wrong)} 个文件。")
    return manifest


def restore(archive: Path, *, force: bool) -> Manifest:
    """Put the archive in place of what is here; refuses a portal that is not empty unless `force`.

    Checked before anything is touched, and counted again after. An archive of an older version is brought up to date.
    """
    manifest = checked(archive)
    if manifest.vendor != connection.vendor:
        raise BackupRefused(f"备份来自 {manifest.vendor}，这里的数据库是 {connection.vendor}，不能直接恢复。")
    if not force and not _is_empty():
        raise BackupRefused("这里已经有数据。确认要用备份替换全部数据和照片，请加 --force 再运行一次。")
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".restore-") as folder, tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
        _load(Path(folder) / manifest.database)
        if (rows := _rows()) != manifest.rows:
            raise BackupRefused(f"恢复后行数与清单不符：{_differences(manifest.rows, rows)}。")
        _replace_media(Path(folder) / "media")
    _check_media(manifest)
    call_command("migrate", interactive=False, verbosity=0)
    return manifest


# --- the database -----------------------------------------------------------------------------------------------------


def _dump(folder: Path) -> tuple[Path, dict[str, int]]:
    """A dump in `folder`, and the rows it holds, counted at the same moment."""
    if connection.vendor == "postgresql":
        dump = folder / "database.pgdump"
        with transaction.atomic(), connection.cursor() as cursor:
            # Counting and dumping take longer than a page may.
            cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            pg_tools.dump(dump, snapshot=cursor.fetchone()[0])
            return dump, _rows()
    dump = folder / "database.sqlite3"
    connection.ensure_connection()
    with closing(sqlite3.connect(dump)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        return dump, _rows_in(copy)


def _load(dump: Path) -> None:
    if connection.vendor == "postgresql":
        pg_tools.check(dump)
        connections.close_all()
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        pg_tools.load(dump)
        connections.close_all()
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(dump)) as copy:
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise BackupRefused("备份里的数据库不完整，没有恢复任何数据。")
        copy.backup(connection.connection)


def _rows() -> dict[str, int]:
    """Rows by table, whatever tables there are."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        return _rows_in(connection.connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [name for (name,) in cursor.fetchall()]
        return {table: _count(cursor.execute, cursor.fetchone, table) for table in tables}


def _rows_in(database: sqlite3.Connection) -> dict[str, int]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    cursor = database.cursor()
    tables = [name for (name,) in cursor.execute(query).fetchall()]
    return {table: _count(cursor.execute, cursor.fetchone, table) for table in tables}


def _count(execute: Callable[[str], object], fetch: Callable[[], Any], table: str) -> int:
    execute(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608 -- a name from the catalogue
    return int(fetch()[0])


def _is_empty() -> bool:
    """No person, unit or photo: as after the first migrate, or with no table at all."""
    rows = _rows()
    return not any(rows.get(table, 0) for table in ("accounts_user", "accounts_unit")) and not any(_photos())


def _differences(expected: dict[str, int], found: dict[str, int]) -> str:
    wrong = [name for name in sorted({*expected, *found}) if expected.get(name) != found.get(name)]
    return "、".join(f"{name} {expected.get(name, 0)}→{found.get(name, 0)}" for name in wrong[:5])


# --- photos and the archive -------------------------------------------------------------------------------------------


def _photos() -> Iterator[Path]:
    root = Path(settings.MEDIA_ROOT)
    return (path for path in sorted(root.rglob("*")) if path.is_file() and not path.name.startswith(".probe-"))


def _pack(archive: Path, dump: Path, rows: dict[str, int], *, at: datetime) -> Manifest:
    """The dump first, then the photos: a photo's file is there before its row, so every row in the dump has its own."""
    files: dict[str, tuple[int, str]] = {}
    with tarfile.open(archive, "w") as tar:
        _add(tar, dump, dump.name, files)
        for path in _photos():
            _add(tar, path, MEDIA + path.relative_to(settings.MEDIA_ROOT).as_posix(), files)
        manifest = Manifest(FORMAT, at.isoformat(), connection.vendor, dump.name, rows, files)
        described = archive.with_name(f"{archive.name}.manifest")
        described.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        try:
            tar.add(described, MANIFEST)
        finally:
            described.unlink()
    return manifest


def _add(tar: tarfile.TarFile, path: Path, name: str, files: dict[str, tuple[int, str]]) -> None:
    try:
        with path.open("rb") as source:
            member = tar.gettarinfo(arcname=name, fileobj=source)
            seen = _Summed(source)
            tar.addfile(member, seen)
    except FileNotFoundError:
        return  # removed by its owner since it was listed
    files[name] = (member.size, seen.sum.hexdigest())


class _Summed:
    """A file that adds up what is read from it."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block: bytes = self._source.read(size)
        self.sum.update(block)
        return block


def _manifest_of(tar: tarfile.TarFile) -> Manifest:
    source = tar.extractfile(MANIFEST)
    if source is None:
        raise KeyError(MANIFEST)
    told = json.load(source)
    told["files"] = {name: (size, digest) for name, (size, digest) in told["files"].items()}
    if told["format"] != FORMAT or told["database"] not in told["files"]:
        raise ValueError("another format")
    return Manifest(**told)


def _sum(tar: tarfile.TarFile, member: tarfile.TarInfo) -> tuple[int, str]:
    source = tar.extractfile(member)
    if source is None:
        raise ValueError(f"{member.name} is no plain file")
    total = hashlib.sha256()
    while block := source.read(BLOCK):
        total.update(block)
    return member.size, total.hexdigest()


def _replace_media(unpacked: Path) -> None:
    """Into the folder that is there, which may be a mounted volume; what stood in it goes."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    for old in root.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    if unpacked.is_dir():
        shutil.copytree(unpacked, root, dirs_exist_ok=True)


def _check_media(manifest: Manifest) -> None:
    for name, (_, digest) in manifest.files.items():
        if name.startswith(MEDIA):
            path = Path(settings.MEDIA_ROOT) / name.removeprefix(MEDIA)
            if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                raise BackupRefused(f"恢复后的照片与清单不符：{name}。")
