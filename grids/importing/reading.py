"""From the bytes of files to rows of text and shapes. Nothing here knows what is stored."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from common.sheets import MEGABYTE, MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED, Unreadable, as_text, xlsx_lines
from grids.importing.gcj02 import geometry_to_wgs84
from grids.importing.tables import ALIASES, BY_NAME, LAYERS, SHEETS, Table

MOST_BYTES = 10 * MEGABYTE  # one file, as sent
MOST_FILES = 40
EXAMPLE = ("例：", "例:")


@dataclass(frozen=True)
class Source:
    name: str
    content: bytes


@dataclass(frozen=True)
class Fault:
    """What is wrong and what to do. `row` counts as Excel does (the header is 1), features from 1; 0: all of it."""

    file: str
    row: int
    column: str
    message: str


@dataclass(frozen=True)
class Row:
    """The cells of a line by the title of their column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    table: Table
    file: str
    titles: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Feature:
    number: int
    properties: dict[str, Any]
    geometry: Any


@dataclass(frozen=True)
class Layer:
    table: Table
    file: str
    features: tuple[Feature, ...]


@dataclass
class Files:
    """What could be read, and what could not."""

    sheets: list[Sheet] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_files(sources: Iterable[Source], *, gcj02: bool = False) -> Files:
    """Read xlsx, csv, geojson and zip files. `gcj02`: the shapes are in GCJ-02 and are converted."""
    files = Files()
    seen: dict[str, str] = {}
    for source in _unpacked(sources, files.faults):
        try:
            _read(source, files, seen, gcj02)
        except Unreadable as reason:
            files.faults.append(Fault(source.name, 0, "", str(reason)))
    if not (files.sheets or files.layers or files.faults):
        files.faults.append(Fault("", 0, "", "没有可以导入的文件。请选 xlsx、csv、geojson 或 zip 文件。"))
    return files


def _read(source: Source, files: Files, seen: dict[str, str], gcj02: bool) -> None:
    path = PurePosixPath(source.name)
    stem, ending = path.stem.strip().lower(), path.suffix.lower()
    table = BY_NAME.get(ALIASES.get(stem, stem))
    if ending == ".xls":
        raise Unreadable("这是旧的 xls 格式。请在 Excel 里另存为 xlsx 再传。")
    if ending not in {".xlsx", ".csv", ".geojson", ".json"}:
        raise Unreadable("只能导入 xlsx、csv、geojson 和 zip 文件。请换成其中一种。")
    allowed = LAYERS if ending in {".geojson", ".json"} else SHEETS
    if table not in allowed or table is None:
        names = "、".join(one.name for one in allowed)
        raise Unreadable(f"不认识这个文件名。请改成 {names} 中的一个，再加上 {ending}。")
    what = f"{table.name}{' shapes' if allowed is LAYERS else ''}"
    if what in seen:
        raise Unreadable(f"和 {seen[what]} 是同一张表。请只留一个。")
    seen[what] = source.name
    if len(source.content) > MOST_BYTES:
        raise Unreadable(f"文件太大，最大 {MOST_BYTES // MEGABYTE} MB。请分成几次导入。")
    if allowed is LAYERS:
        files.layers.append(_layer(table, source, gcj02))
    else:
        files.sheets.append(_sheet(table, source, ending))


# --- archives ---


def _unpacked(sources: Iterable[Source], faults: list[Fault]) -> Iterator[Source]:
    for source in sources:
        if not source.name.lower().endswith(".zip"):
            yield source
            continue
        try:
            yield from _from_zip(source)
        except Unreadable as reason:
            faults.append(Fault(source.name, 0, "", str(reason)))
        except (
            zipfile.BadZipFile,
            zipfile.LargeZipFile,
            OSError,
            RuntimeError,
            NotImplementedError,
            ValueError,
            EOFError,
        ):
            # RuntimeError is a password; the others are what a broken archive makes of itself.
            faults.append(Fault(source.name, 0, "", "压缩包打不开，可能传坏了或者加了密码。请重新压缩再传。"))


def _from_zip(source: Source) -> list[Source]:
    with zipfile.ZipFile(io.BytesIO(source.content)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_litter(entry.filename)]
        if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise Unreadable(
                f"压缩包太大，最多 {MOST_FILES} 个文件、解开后 {MOST_UNPACKED // MEGABYTE} MB。请分成几次导入。"
            )
        return [Source(_entry_name(entry), archive.read(entry)) for entry in entries]


def _is_litter(name: str) -> bool:
    """What Macs and an open Excel leave in archives."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or parts[-1].startswith((".", "~$"))


def _entry_name(entry: zipfile.ZipInfo) -> str:
    name = entry.filename
    if not entry.flag_bits & 0x800:
        # Chinese Windows writes names in GBK and marks them as plain.
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    return PurePosixPath(name).name


# --- tables ---


def _sheet(table: Table, source: Source, ending: str) -> Sheet:
    lines = lines_of(source, ending)
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if any(line)]
    if not numbered:
        raise Unreadable("表是空的。第一行要写列名，可以下载模板照着填。")
    titles = tuple(numbered[0][1])
    named = [title for title in titles if title]
    repeated = {title for title in named if named.count(title) > 1}
    if repeated:
        raise Unreadable(f"列名重复了：{'、'.join(sorted(repeated))}。请只留一列。")
    rows = tuple(
        Row(number, {title: cell for title, cell in zip(titles, line, strict=False) if title})
        for number, line in numbered[1:]
        if not line[0].startswith(EXAMPLE)
    )
    return Sheet(table, source.name, tuple(named), rows)


def lines_of(source: Source, ending: str) -> list[list[str]]:
    """The cells of a csv file, or of the first sheet of a workbook, line by line; raises Unreadable."""
    return _csv_lines(source.content) if ending == ".csv" else xlsx_lines(source.content)


def _csv_lines(content: bytes) -> list[list[str]]:
    try:
        written = _decoded(content)
        delimiter = "\t" if "\t" in written.split("\n", 1)[0] else ","
        lines = [
            [as_text(cell) for cell in line[:MOST_COLUMNS]]
            for line in csv.reader(io.StringIO(written, newline=""), delimiter=delimiter)
        ]
    except csv.Error:
        raise Unreadable("csv 文件读不出来，可能引号没有成对。请用 Excel 打开，另存为 xlsx 再传。") from None
    if len(lines) > MOST_ROWS:
        raise Unreadable(f"行数太多，最多 {MOST_ROWS} 行。请分成几次导入。")
    return lines


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("文字编码认不出来。请用 Excel 打开，另存为 xlsx 再传。")


# --- shapes ---


def _layer(table: Table, source: Source, gcj02: bool) -> Layer:
    try:
        features = _features(json.loads(_decoded(source.content)))
        read = tuple(_feature(number, one, gcj02) for number, one in enumerate(features, start=1))
    except Unreadable:
        raise
    except (ValueError, RecursionError):
        raise Unreadable("GeoJSON 读不出来，可能不完整。请重新导出再传。") from None
    return Layer(table, source.name, read)


def _features(read: Any) -> list[Any]:
    features = read.get("features") if isinstance(read, dict) else None
    if not isinstance(features, list):
        raise Unreadable("GeoJSON 里没有要素（features）。请导出成 FeatureCollection 再传。")
    if len(features) > MOST_ROWS:
        raise Unreadable(f"要素太多，最多 {MOST_ROWS} 个。请分成几次导入。")
    return features


def _feature(number: int, read: Any, gcj02: bool) -> Feature:
    if not isinstance(read, dict):
        return Feature(number, {}, None)
    properties = read.get("properties")
    geometry = read.get("geometry")
    if gcj02 and isinstance(geometry, dict):
        geometry = geometry_to_wgs84(geometry)
    return Feature(number, properties if isinstance(properties, dict) else {}, geometry)
