import datetime
import io
import json
import zipfile

import openpyxl
import pytest
import shapely
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Leader, SpecialGroup, Unit
from audit.models import Entry
from common.clock import CITY_TIME
from common.errors import StaleRecord
from common.sheets import guarded, unguarded
from grids.importing import Source, import_files, preview
from grids.importing.city import read_city
from grids.importing.gcj02 import to_gcj02
from grids.importing.tables import SHEETS
from grids.importing.writing import archive, city_files, templates
from grids.locating import Place
from grids.models import Community, Grid, GridAssignment, Landmark, LeaderAssignment, Town
from tests.factories.accounts import UnitFactory
from tests.factories.grids import GridAssignmentFactory, GridFactory, square
from tests.grids.importing import (
    LAYERS,
    SIZE,
    SOUTH,
    TABLES,
    WEST,
    csv_file,
    geojson_file,
    table,
    whole_city,
    xlsx_file,
)

NOW = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)
COMMUNITY, ONE, TWO, NEW, NONE = "232701100002", *(f"23270110000200{serial}" for serial in (1, 2, 3, 9))
JANUARY = "2026-01-01"
HERE = square(WEST, SOUTH)
MODELS = (Town, Community, Unit, SpecialGroup, Leader, Grid, GridAssignment, LeaderAssignment, Landmark)


def run(*sources, **options):
    return import_files(sources, by=None, at=NOW, **options)


def faults(*sources):
    """(file, row, column) of each fault, and the sentences; nothing was written."""
    before = counts()
    plan = run(*sources)
    assert counts() == before
    assert plan.tables == ()
    return [(fault.file, fault.row, fault.column) for fault in plan.faults], [f.message for f in plan.faults]


def counts():
    return [model.objects.count() for model in MODELS]


def day(text):
    return datetime.date.fromisoformat(text)


@pytest.fixture
def city(db):
    run(*whole_city())


# --- what comes in ---


def test_a_whole_city_comes_in(db):
    plan = run(*whole_city())
    grid = Grid.objects.get(code="232701100002002")

    assert plan.faults == ()
    assert counts() == [1, 1, 2, 1, 1, 2, 3, 2, 2]
    assert (grid.name, grid.community.name, grid.started_on) == ("示例小区乙", "阳光社区", day("2026-01-01"))
    assert grid.lead_on(day("2026-11-23")).name == "示例单位 01"
    assert Grid.locate(WEST + 1.5 * SIZE, SOUTH + SIZE / 2).grid == grid
    assert Unit.objects.get(code="A2").is_active
    assert {row.area.name for row in LeaderAssignment.objects.all()} == {"阳光社区", "西林吉镇"}
    assert Landmark.objects.get(kind="street").name == "示例街"


def test_importing_twice_changes_nothing(city):
    entries = Entry.objects.count()
    plan = run(*whole_city())

    assert (plan.faults, plan.changes) == ((), 0)
    assert Entry.objects.count() == entries


def test_a_preview_writes_nothing(db):
    plan = preview(whole_city(), at=NOW)

    assert plan.changes == 15
    assert sum(counts()) == 0


def test_files_never_delete(city):
    run(table("units", ["A1", "示例单位 01", "党政机关", "20", "示例人员甲", "13800000001", "是"]))

    assert counts() == [1, 1, 2, 1, 1, 2, 3, 2, 2]


def test_a_changed_cell_changes_that_and_nothing_else(city):
    plan = run(csv_file("units", [["单位编号", "单位名称", "单位性质"], ["A1", "改了名的单位", "党政机关"]]))
    unit = Unit.objects.get(code="A1")

    assert [(change.kind, change.fields) for change in plan.tables[0].changes] == [("change", ("name",))]
    assert (unit.name, unit.headcount, unit.contact_name) == ("改了名的单位", 20, "示例人员甲")


def test_two_units_may_swap_their_names(city):
    run(
        csv_file(
            "units",
            [
                ["单位编号", "单位名称", "单位性质"],
                ["A1", "示例单位 02", "党政机关"],
                ["A2", "示例单位 01", "企事业单位"],
            ],
        )
    )

    assert dict(Unit.objects.values_list("code", "name")) == {"A1": "示例单位 02", "A2": "示例单位 01"}


def test_a_changed_grid_has_a_new_version(city):
    run(geojson_file("grids", [({"code": "232701100002001"}, square(WEST, SOUTH, SIZE * 0.9))]))

    assert Grid.objects.get(code="232701100002001").version == 1
    assert Grid.locate(WEST + 0.95 * SIZE, SOUTH + SIZE / 2).place == Place.NEAR


def test_the_audit_log_tells_of_the_import_and_of_each_changed_row(city, office):
    changed = table("units", ["A1", "示例单位 01", "党政机关", "25", "示例人员甲", "13800009999", "是"])
    import_files([changed], by=office, at=NOW)
    entries = list(Entry.objects.order_by("pk"))[-2:]

    assert [(entry.verb, entry.target_label, entry.actor_id) for entry in entries] == [
        ("导入修改", "示例单位 01", str(office.pk)),
        ("导入城市数据", "", str(office.pk)),
    ]
    assert entries[0].facts == {"changes": {"在职人数": ["20", "25"], "联络电话": "已更换"}}
    assert entries[1].facts == {"added_and_changed": {"units": [0, 1]}}


# --- formats ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_people_have(db, encoding):
    run(csv_file("towns", TABLES["towns"], encoding))

    assert Town.objects.get().name == "西林吉镇"


def test_a_csv_may_be_separated_by_tabs(db):
    run(Source("towns.csv", "镇编码\t镇名\n232701100\t西林吉镇\n".encode()))

    assert Town.objects.get().name == "西林吉镇"


def test_excel_may_have_made_numbers_and_dates_of_the_cells(city):
    row = [232701100002003, "新小区", 232701100002.0, datetime.datetime(2026, 3, 1), None]
    run(xlsx_file("grids", [TABLES["grids"][0], row]))

    assert Grid.objects.get(code="232701100002003").started_on == day("2026-03-01")


@pytest.mark.parametrize("name", ["网格", "GRIDS", "grids"])
def test_files_may_be_named_in_chinese_or_capitals(city, name):
    run(csv_file(name, [TABLES["grids"][0], ["232701100002003", "新小区", "232701100002", "2026-03-01", ""]]))

    assert Grid.objects.filter(code="232701100002003").exists()


def zipped(*sources, folder="", encode=None):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as into:
        for source in sources:
            entry = zipfile.ZipInfo(folder + source.name)
            into.writestr(entry, source.content)
    content = written.getvalue()
    return Source("city.zip", encode(content) if encode else content)


def test_all_files_may_come_in_one_zip(db):
    run(zipped(*whole_city(), Source("__MACOSX/._grids.csv", b"x"), Source("~$grids.xlsx", b"x"), folder="漠河/"))

    assert counts() == [1, 1, 2, 1, 1, 2, 3, 2, 2]


def test_a_zip_made_by_chinese_windows_keeps_its_names(db):
    # Such a zip holds GBK bytes and says nothing of it; Python would only write it as UTF-8.
    source = zipped(csv_file("AA", TABLES["towns"]))
    run(Source("city.zip", source.content.replace(b"AA.csv", "镇".encode("gbk") + b".csv")))

    assert Town.objects.get().name == "西林吉镇"


def test_the_example_line_of_a_template_is_no_data(db):
    plan = run(zipped(*(Source(name, content) for name, content in templates().items() if name.endswith("xlsx"))))

    assert (plan.faults, plan.changes) == ((), 0)


def test_templates_name_all_columns_and_explain_them():
    files = templates()

    for one in SHEETS:
        book = openpyxl.load_workbook(io.BytesIO(files[f"{one.name}.xlsx"]))
        header, example = ([cell.value for cell in row] for row in list(book.worksheets[0].iter_rows())[:2])
        assert header == [column.title for column in one.columns]
        assert example[0] == f"例：{one.columns[0].example}"
        assert [row[0].value for row in list(book["说明"].iter_rows())[1 : len(header) + 1]] == header


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (Source("grids.xls", b"x"), "另存为 xlsx"),
        (Source("grids.pdf", b"x"), "只能导入"),
        (Source("others.xlsx", b"x"), "不认识这个文件名"),
        (Source("units.geojson", b"{}"), "不认识这个文件名"),
        (Source("landmarks.csv", b"x"), "不认识这个文件名"),
        (Source("grids.xlsx", b"not a workbook"), "xlsx 文件打不开"),
        (Source("grids.xlsx", b"PK\x03\x04broken"), "xlsx 文件打不开"),
        (Source("grids.csv", b"\xff\xfe\x80\xff\xff"), "文字编码认不出来"),
        (Source("grids.csv", b""), "表是空的"),
        (Source("grids.csv", b"a,a\n"), "列名重复了"),
        (Source("grids.csv", b"x\n" * 20_001), "行数太多"),
        (Source("grids.csv", b"x" * (10 * 1024 * 1024 + 1)), "文件太大"),
        (Source("city.zip", b"broken"), "压缩包打不开"),
        (Source("grids.geojson", b"{"), "GeoJSON 读不出来"),
        (Source("grids.geojson", b"[" * 100_000), "GeoJSON 读不出来"),
        (Source("grids.geojson", b"[]"), "没有要素"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_so(db, source, said):
    (where,), (message,) = faults(source)

    assert where[0] == source.name
    assert said in message


def test_a_bomb_in_a_zip_is_not_unpacked(db):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr("grids.csv", b"0" * (61 * 1024 * 1024))
    _, (message,) = faults(Source("city.zip", written.getvalue()))

    assert "压缩包太大" in message
    _, (message,) = faults(Source("grids.xlsx", written.getvalue()))
    assert "表太大" in message


def test_the_same_table_twice_is_told(db):
    _, (message,) = faults(csv_file("towns", TABLES["towns"]), xlsx_file("towns", TABLES["towns"]))

    assert "和 towns.csv 是同一张表" in message


def test_no_files_are_told(db):
    assert faults()[1] == ["没有可以导入的文件。请选 xlsx、csv、geojson 或 zip 文件。"]


# --- faults ---


def test_every_fault_is_named_at_once_by_file_row_and_column(city):
    where, messages = faults(
        table("grids", ["23270110000200", "甲", "232701100002", "2026-01-01", ""],
                       ["232701100002003", "", "232701100009", "2026-13-01", ""],
                       ["232701100002004", "丁", "232701100009", "2026-01-01", ""]),
        table("units", ["A3", "示例单位 01", "民办", "-1", "", "", "也许"]),
    )  # fmt: skip

    assert where == [
        ("grids.csv", 2, "网格编码"),
        ("grids.csv", 3, "网格名"),
        ("grids.csv", 3, "启用日期"),
        ("grids.csv", 4, "社区编码"),
        ("units.csv", 2, "单位性质"),
        ("units.csv", 2, "在职人数"),
        ("units.csv", 2, "在用"),
    ]
    assert messages[0] == "应是 15 位数字，现在是 14 位。"
    assert messages[4] == "应是党政机关、企事业单位、中省直部门之一，现在是“民办”。"


@pytest.mark.parametrize(
    ("source", "column", "said"),
    [
        (csv_file("towns", [["镇编码"], ["232701100"]]), "镇名", "缺这一列"),
        (csv_file("towns", [["镇编码", "镇名", "备注"], ["232701100", "x", "y"]]), "备注", "没有这一列"),
        (table("towns", ["232701100", "甲"], ["232701100", "乙"]), "镇编码", "和第 2 行重复了"),
        (table("towns", ["232701100", "长" * 41]), "镇名", "太长了，有 41 个字"),
        (table("towns", ["232701100", "西\x07镇"]), "镇名", "看不见的字符"),
        (table("units", ["A9", "示例单位 01", "党政机关", "", "", "", ""]), "单位名称", "已经是 A1 的名称"),
        (table("communities", ["232701101001", "x", "232701100"]), "镇编码", "和社区编码的前 9 位不一样"),
        (table("communities", ["232701109001", "x", "232701109"]), "镇编码", "没有编号是 232701109 的镇"),
        (table("groups", ["有空 格", "x", "", ""]), "编号", "只能用字母"),
        (table("grids", [NEW, "x", COMMUNITY, "2026-11-24", ""]), "启用日期", "不能晚于今天"),
        (table("grids", [NEW, "x", COMMUNITY, "2026-02-01", "2026-02-01"]), "停用日期", "要晚于启用日期"),
        (table("assignments", [NONE, "A1", "主责", JANUARY, ""]), "网格编码", "的网格"),
        (table("assignments", [ONE, "A9", "协助", JANUARY, ""]), "单位编号", "没有编号是 A9 的单位"),
        (table("assignments", [ONE, "A2", "主责", JANUARY, ""]), "开始日期", "从同一天开始"),
        (table("assignments", [ONE, "A1", "协助", JANUARY, ""]), "开始日期", "从同一天开始"),
        (table("assignments", [ONE, "A2", "主责", "2025-01-01", ""]), "开始日期", "早于网格的启用日期"),
        (table("assignments", [TWO, "A2", "协助", "2026-05-01", ""]), "开始日期", "到 2026-06-01 才结束"),
        (table("leader_assignments", ["L9", "232701100", JANUARY, ""]), "领导编号", "没有编号是 L9 的领导"),
        (table("leader_assignments", ["L1", "2327", JANUARY, ""]), "镇或社区编码", "应是 9 位镇编码"),
        (table("leader_assignments", ["L1", COMMUNITY, "2026-03-01", ""]), "开始日期", "还没有结束"),
        (geojson_file("grids", [({"code": NONE}, HERE)]), "code", "的网格"),
        (geojson_file("grids", [({}, HERE)]), "code", "编码空着"),
        (geojson_file("grids", [({"code": ONE}, None)]), "geometry", "要是一个多边形"),
        (geojson_file("grids", [({"code": ONE}, square(WEST + SIZE / 2, SOUTH))]), "geometry", "和阳光社区 002 网格重"),
        (geojson_file("grids", [({"code": ONE}, square(WEST + 1, SOUTH))]), "geometry", "画到了阳光社区外面"),
        (geojson_file("grids", [LAYERS["grids"][0], LAYERS["grids"][0]]), "code", "和第 1 个要素重复了"),
        (geojson_file("communities", [({"code": COMMUNITY}, HERE)]), "geometry", "阳光社区 002 网格：有约"),
        (geojson_file("landmarks", [({"kind": "lake", "name": "x"}, HERE)]), "kind", "应是 river"),
        (geojson_file("landmarks", [({"kind": "river"}, HERE)]), "name", "不能空着"),
        (geojson_file("landmarks", [({"kind": "street", "name": "x"}, HERE)]), "geometry", "形状应是线"),
    ],
)  # fmt: skip
def test_a_fault_says_what_is_wrong(city, source, column, said):
    where, messages = faults(source)

    assert [name for _, _, name in where] == [column], messages
    assert said in messages[0]


def test_a_unit_out_of_use_gets_no_new_grid(city):
    Unit.objects.filter(code="A2").update(is_active=False)
    _, (message,) = faults(table("assignments", ["232701100002001", "A2", "协助", "2026-02-01", ""]))

    assert "示例单位 02已停用" in message


def test_of_two_new_polygons_that_overlap_one_is_named(city):
    where, messages = faults(
        geojson_file(
            "grids",
            [
                ({"code": "232701100002001"}, square(WEST, SOUTH)),
                ({"code": "232701100002002"}, square(WEST + SIZE / 2, SOUTH)),
            ],
        )
    )

    assert where == [("grids.geojson", 2, "geometry")]
    assert "和阳光社区 001 网格重叠" in messages[0]


# --- who answers when ---


def assignments(grid="232701100002001"):
    rows = GridAssignment.objects.filter(grid__code=grid).order_by("started_on", "kind")
    return [(row.unit.code, row.kind, str(row.started_on), row.ended_on and str(row.ended_on)) for row in rows]


def test_a_new_lead_ends_the_old_one(city):
    plan = run(table("assignments", ["232701100002001", "A2", "主责", "2026-06-01", ""]))

    assert assignments() == [("A1", "lead", "2026-01-01", "2026-06-01"), ("A2", "lead", "2026-06-01", None)]
    assert [(change.kind, [told.after for told in change.told]) for change in plan.tables[0].changes] == [
        ("change", ["2026-06-01"]),
        ("add", []),
    ]
    assert run(table("assignments", ["232701100002001", "A2", "主责", "2026-06-01", ""])).changes == 0


def test_an_older_file_does_not_open_again_what_has_ended(city):
    run(table("assignments", ["232701100002001", "A2", "主责", "2026-06-01", ""]))

    assert run(csv_file("assignments", TABLES["assignments"])).changes == 0


def test_a_helper_that_becomes_the_lead_helps_no_more(city):
    run(table("assignments", ["232701100002001", "A2", "协助", "2026-02-01", ""]))
    run(table("assignments", ["232701100002001", "A2", "主责", "2026-06-01", ""]))

    assert assignments() == [
        ("A1", "lead", "2026-01-01", "2026-06-01"),
        ("A2", "helper", "2026-02-01", "2026-06-01"),
        ("A2", "lead", "2026-06-01", None),
    ]


def test_three_leads_in_one_file_follow_each_other(city):
    run(
        table(
            "assignments",
            ["232701100002001", "A1", "主责", "2026-09-01", ""],
            ["232701100002001", "A2", "主责", "2026-06-01", ""],
        )
    )

    assert [(unit, start, end) for unit, _, start, end in assignments()] == [
        ("A1", "2026-01-01", "2026-06-01"),
        ("A2", "2026-06-01", "2026-09-01"),
        ("A1", "2026-09-01", None),
    ]


def test_a_grid_that_ends_takes_its_assignments_with_it(city):
    run(table("grids", ["232701100002001", "示例小区甲", "232701100002", "2026-01-01", "2026-06-01"]))

    assert assignments() == [("A1", "lead", "2026-01-01", "2026-06-01")]
    assert Grid.locate(WEST + SIZE / 2, SOUTH + SIZE / 2).place == Place.OUTSIDE


def test_nothing_new_begins_in_a_grid_that_ended(city):
    _, (message,) = faults(
        table("grids", ["232701100002001", "示例小区甲", "232701100002", "2026-01-01", "2026-06-01"]),
        table("assignments", ["232701100002001", "A2", "协助", "2026-06-01", ""]),
    )

    assert "网格在 2026-06-01 已停用" in message


# --- coordinates ---


def test_gcj02_shapes_are_converted_on_request(city):
    drawn = square(WEST, SOUTH)
    shifted = {"type": "Polygon", "coordinates": [[list(to_gcj02(*point)) for point in drawn["coordinates"][0]]]}
    run(geojson_file("grids", [({"code": "232701100002001"}, shifted)]), gcj02=True)
    stored = shapely.from_geojson(json.dumps(Grid.objects.get(code="232701100002001").boundary))

    assert shapely.hausdorff_distance(stored, shapely.from_geojson(json.dumps(drawn))) < 2e-6


# --- what was confirmed is what is done ---


def test_a_plan_that_changed_since_it_was_shown_is_not_carried_out(city):
    source = table("units", ["A1", "改名", "党政机关", "20", "示例人员甲", "13800000001", "是"])
    seen = preview([source], at=NOW).digest
    Unit.objects.filter(code="A1").update(headcount=99)

    with pytest.raises(StaleRecord, match="请重新看一遍预览"):
        run(source, seen=seen)
    assert Unit.objects.get(code="A1").name == "示例单位 01"
    run(source, seen=preview([source], at=NOW).digest)
    assert Unit.objects.get(code="A1").name == "改名"


# --- the way back ---


def unpacked(files):
    return [Source(name, content) for name, content in files.items()]


def emptied():
    for model in reversed(MODELS):
        model.objects.all().delete()


def test_export_import_into_an_empty_database_and_export_again_is_the_same_bytes(city):
    Unit.objects.create(code="=1+1", name="+公式单位", kind="party_government", contact_name="@甲", contact_phone="-1")
    Unit.objects.create(code="A7", name="'=已有引号", kind="higher_level", is_active=False)
    GridFactory(code="232701100002009", community=Community.objects.get(), ended_on=day("2026-06-01"))
    first = city_files(read_city())
    assert run(*unpacked(first)).changes == 0
    emptied()
    run(*unpacked(first))
    second = city_files(read_city())

    assert second == first
    assert archive(second) == archive(first)
    assert Unit.objects.filter(code="=1+1", name="+公式单位", contact_name="@甲").exists()


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", "'=1", "''=1"])
def test_what_looks_like_a_formula_gets_an_apostrophe_and_loses_it_again(text):
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "示例", "'示例", "2026-11-24", "1=1", "A-1"])
def test_other_text_stays_as_it_is(text):
    assert guarded(text) == unguarded(text) == text


@given(st.text())
def test_guarding_loses_nothing(text):
    assert unguarded(guarded(text)) == text


def test_exported_cells_are_guarded(city):
    Unit.objects.filter(code="A2").update(name="=HYPERLINK(1)")
    sheet = openpyxl.load_workbook(io.BytesIO(city_files(read_city())["units.xlsx"])).worksheets[0]

    assert sheet["B3"].value == "'=HYPERLINK(1)"
    assert sheet["B3"].data_type == "s"


# --- commands ---


@pytest.fixture
def folder(tmp_path, db):
    for source in whole_city():
        (tmp_path / source.name).write_bytes(source.content)
    return tmp_path


def test_the_command_imports_a_folder(folder, capsys):
    call_command("import_city", folder)

    assert counts() == [1, 1, 2, 1, 1, 2, 3, 2, 2]
    assert capsys.readouterr().out.splitlines()[-1] == "导入完成，15 处改动。"


def test_a_dry_run_only_tells(folder, capsys):
    call_command("import_city", folder, dry_run=True)

    assert sum(counts()) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "会有 15 处改动。"


def test_the_command_ends_with_all_faults(folder):
    (folder / "towns.csv").write_text("镇编码,镇名\n1,\n")
    with pytest.raises(CommandError) as told:
        call_command("import_city", folder)

    lines = str(told.value).splitlines()
    assert lines[0] == f"有 {len(lines) - 1} 处要改，一条也没有导入。"
    assert "towns.csv，第 2 行，镇编码：应是 9 位数字，现在是 1 位。" in lines
    assert sum(counts()) == 0


def test_a_missing_folder_is_told(db, tmp_path):
    with pytest.raises(CommandError, match="没有这个文件夹"):
        call_command("import_city", tmp_path / "nothing")


def test_the_commands_undo_each_other(folder, tmp_path_factory, capsys):
    call_command("import_city", folder)
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    call_command("export_city", first)
    emptied()
    call_command("import_city", first)
    call_command("export_city", second)

    def read(folder):
        return {file.name: file.read_bytes() for file in folder.iterdir()}

    assert read(first) == read(second)


# --- corrupted at random ---

CELLS = [
    (name, row, column) for name, rows in TABLES.items() for row in range(len(rows)) for column in range(len(rows[0]))
]
PLAUSIBLE = ["", "0", "是", "主责", JANUARY, "2999-01-01", ONE, TWO, "232701100", "A1", "A2", "L1", "例：x"]
JUNK = st.one_of(
    st.sampled_from(PLAUSIBLE),
    st.text(st.characters(codec="utf-8", exclude_characters=",\"\r\n"), max_size=25),
)  # fmt: skip


@pytest.mark.once
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(CELLS), JUNK), min_size=1, max_size=5), st.booleans())
def test_corrupted_files_are_refused_as_a_whole_or_taken_as_a_whole(transactional_db, corruptions, is_empty):
    emptied()
    if not is_empty:
        run(*whole_city())
    rows = {name: [list(row) for row in table] for name, table in TABLES.items()}
    for (name, row, column), junk in corruptions:
        rows[name][row][column] = junk
    sources = [csv_file(name, table) for name, table in rows.items()] + whole_city()[len(TABLES) :]
    before = city_files(read_city())
    plan = run(*sources)

    if plan.faults:
        assert city_files(read_city()) == before
    else:
        assert run(*sources).changes == 0
        assert all(grid.assignments.filter(kind="lead", ended_on=None).count() <= 1 for grid in Grid.objects.all())


# --- cost ---


def test_a_preview_costs_the_same_for_a_large_city(city, django_assert_num_queries):
    with django_assert_num_queries(9):
        preview(whole_city(), at=NOW)
    for number in range(10):
        GridAssignmentFactory(grid=GridFactory(code=f"2327011000021{number:02}", community=Community.objects.get()))
    UnitFactory.create_batch(10)
    with django_assert_num_queries(9):
        preview(whole_city(), at=NOW)
