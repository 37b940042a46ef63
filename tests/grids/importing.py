"""Files for import, as people make them."""

import io
import json

import openpyxl

from grids.importing import Source
from tests.factories.grids import square

WEST, SOUTH, SIZE = 122.528, 52.969, 0.002

TABLES = {
    "towns": [["镇编码", "镇名"], ["232701100", "西林吉镇"]],
    "communities": [["社区编码", "社区名", "镇编码"], ["232701100002", "阳光社区", "232701100"]],
    "units": [
        ["单位编号", "单位名称", "单位性质", "在职人数", "联络员", "联络电话", "在用"],
        ["A1", "示例单位 01", "党政机关", "20", "示例人员甲", "13800000001", "是"],
        ["A2", "示例单位 02", "企事业单位", "", "", "", ""],
    ],
    "groups": [["编号", "名称", "有图版", "次序"], ["sanitation", "环境卫生组（示例）", "是", "1"]],
    "leaders": [["编号", "姓名", "职务", "在任"], ["L1", "示例领导甲", "处级领导（示例）", ""]],
    "grids": [
        ["网格编码", "网格名", "社区编码", "启用日期", "停用日期"],
        ["232701100002001", "示例小区甲", "232701100002", "2026-01-01", ""],
        ["232701100002002", "示例小区乙", "232701100002", "2026/1/1", ""],
    ],
    "assignments": [
        ["网格编码", "单位编号", "包保方式", "开始日期", "结束日期"],
        ["232701100002001", "A1", "主责", "2026-01-01", ""],
        ["232701100002002", "A1", "主责", "2026年1月1日", ""],
        ["232701100002002", "A2", "协助", "2026-01-01", "2026-06-01"],
    ],
    "leader_assignments": [
        ["领导编号", "镇或社区编码", "开始日期", "结束日期"],
        ["L1", "232701100002", "2026-01-01", ""],
        ["L1", "232701100", "2026-01-01", ""],
    ],
}
STREET = {"type": "LineString", "coordinates": [[WEST, SOUTH], [WEST + SIZE, SOUTH]]}
LAYERS = {
    "communities": [({"code": "232701100002"}, square(WEST - SIZE, SOUTH - SIZE, 5 * SIZE))],
    "grids": [
        ({"code": "232701100002001"}, square(WEST, SOUTH)),
        ({"code": "232701100002002"}, square(WEST + SIZE, SOUTH)),
    ],
    "landmarks": [
        ({"kind": "river", "name": "大林河"}, square(WEST, SOUTH + 2 * SIZE)),
        ({"kind": "街道", "name": "示例街"}, STREET),
    ],
}  # fmt: skip


def csv_file(name, rows, encoding="utf-8-sig"):
    return Source(f"{name}.csv", "\r\n".join(",".join(row) for row in rows).encode(encoding))


def xlsx_file(name, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    written = io.BytesIO()
    book.save(written)
    return Source(f"{name}.xlsx", written.getvalue())


def geojson_file(name, features):
    listed = [{"type": "Feature", "properties": told, "geometry": drawn} for told, drawn in features]
    return Source(f"{name}.geojson", json.dumps({"type": "FeatureCollection", "features": listed}).encode())


def whole_city():
    return [csv_file(name, rows) for name, rows in TABLES.items()] + [
        geojson_file(name, features) for name, features in LAYERS.items()
    ]


def table(name, *rows):
    """A file of one table: its header and these rows."""
    return csv_file(name, [TABLES[name][0], *rows])
