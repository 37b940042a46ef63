import datetime
import io
import zipfile

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role, Unit
from grids.importing import Source, import_files
from grids.models import CityUpload, Grid
from tests.factories.accounts import UserFactory
from tests.grids.importing import TABLES, table, whole_city

pytestmark = pytest.mark.once

PAGE = "/workbench/import/"
PREVIEW = "/workbench/import/preview/"
CANCEL = "/workbench/import/cancel/"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to("2026-11-23T09:00:00+08:00", tick=False)
    return time_machine


@pytest.fixture
def desk(signed_in, office):
    return signed_in(office)


@pytest.fixture
def city(db):
    import_files(whole_city(), by=None, at=datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC))


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def send(client, *sources, **more):
    files = [SimpleUploadedFile(source.name, source.content) for source in sources]
    return client.post(PAGE, {"chosen": files} | more)


def confirm(client):
    digest = soup(client.get(PREVIEW)).select_one("[name=digest]")["value"]
    return client.post(PREVIEW, {"digest": digest})


def test_files_are_shown_first_and_imported_when_confirmed(desk, office):
    response = send(desk, *whole_city())
    assert response["Location"] == PREVIEW
    assert Grid.objects.count() == 0
    page = soup(desk.get(PREVIEW))
    assert "确认导入 15 处改动" in page.select_one("main .btn-primary").text
    assert [" ".join(p.get_text(" ").split()) for p in page.select(".counts p")][:2] == [
        "1 镇 新增 1，修改 0",
        "1 社区和村 新增 1，修改 0",
    ]

    response = confirm(desk)
    assert soup(desk.get(response["Location"])).select_one(".toast span").text == "导入完成，15 处改动。"
    assert Grid.objects.count() == 2
    assert not CityUpload.objects.exists()


def test_the_preview_shows_what_changes(desk, city):
    send(desk, table("units", ["A1", "改名", "党政机关", "25", "示例人员甲", "13800000001", "是"]))
    (row,) = soup(desk.get(PREVIEW)).select("tbody tr")

    assert " ".join(row.get_text(" ").split()) == "修改 改名 A1 单位名称： 示例单位 01 → 改名 ；在职人数： 20 → 25"


def test_faults_are_listed_and_nothing_waits(desk, city):
    response = send(desk, table("units", ["A3", "", "党政机关", "x", "", "", ""]))
    rows = [[cell.text for cell in row.select("td")] for row in soup(response).select("#error-summary tbody tr")]

    assert response.status_code == 422
    assert rows == [
        ["units.csv", "2", "单位名称", "不能空着。不重复。"],
        ["units.csv", "2", "在职人数", "应是 0 到 1000000 的整数，现在是“x”。"],
    ]
    assert not CityUpload.objects.exists()


def test_no_file_is_told(desk):
    response = desk.post(PAGE, {})

    assert response.status_code == 422
    assert "选要导入的文件" in soup(response).select_one("#error-summary").text


def test_the_same_again_says_that_nothing_changes(desk, city):
    send(desk, *whole_city())
    page = soup(desk.get(PREVIEW))

    assert "没有要改的" in page.main.text
    assert page.select("[name=digest]") == []


def test_a_preview_can_be_thrown_away(desk):
    send(desk, *whole_city())
    desk.post(CANCEL)

    assert not CityUpload.objects.exists()
    assert desk.get(PREVIEW)["Location"] == PAGE


def test_nobody_sees_or_confirms_what_somebody_else_sent(desk, signed_in):
    send(desk, *whole_city())
    digest = soup(desk.get(PREVIEW)).select_one("[name=digest]")["value"]
    other = signed_in(UserFactory())

    assert other.get(PREVIEW)["Location"] == PAGE
    assert other.post(PREVIEW, {"digest": digest})["Location"] == PAGE
    assert "有一次导入等您确认" not in soup(other.get(PAGE)).main.text
    other.post(CANCEL)
    assert CityUpload.objects.count() == 1
    assert Grid.objects.count() == 0


def test_what_waits_is_said_until_two_hours_are_over(desk, clock):
    send(desk, *whole_city())
    assert "有一次导入等您确认" in soup(desk.get(PAGE)).main.text
    clock.shift(datetime.timedelta(hours=2, seconds=1))

    response = desk.get(PREVIEW)
    assert response.status_code == 302
    assert Grid.objects.count() == 0


def test_a_preview_that_is_no_longer_true_is_not_carried_out(desk, city):
    send(desk, table("units", ["A1", "改名", "党政机关", "25", "示例人员甲", "13800000001", "是"]))
    digest = soup(desk.get(PREVIEW)).select_one("[name=digest]")["value"]
    Unit.objects.filter(code="A1").update(headcount=99)
    response = desk.post(PREVIEW, {"digest": digest})

    assert response.status_code == 409
    assert "请重新看一遍预览" in soup(response).main.text
    assert Unit.objects.get(code="A1").name == "示例单位 01"


def test_a_preview_that_has_become_wrong_says_so(desk, city):
    send(desk, table("assignments", ["232701100002001", "A2", "协助", "2026-02-01", ""]))
    Unit.objects.filter(code="A2").update(is_active=False)
    page = soup(desk.get(PREVIEW))

    assert "不能导入了" in page.main.text
    assert page.select("[name=digest]") == []


def test_two_files_of_the_same_name_are_told_apart(desk):
    one = table("towns", ["232701100", "西林吉镇"])
    response = send(desk, one, one)

    assert "是同一张表" in soup(response).select_one("#error-summary").text


# --- downloads ---


def test_each_template_can_be_downloaded(desk):
    links = [a["href"] for a in soup(desk.get(PAGE)).select("a[href*=template]")]
    answers = [desk.get(link) for link in links]

    assert len(links) == 12
    assert {answer.status_code for answer in answers} == {200}
    assert all(answer["Content-Disposition"].startswith("attachment") for answer in answers)


def test_an_unknown_template_is_not_found(desk):
    assert desk.get("/workbench/import/template/passwords.xlsx/").status_code == 404


def test_the_export_is_what_import_reads(desk, city):
    response = desk.get("/workbench/export/")
    names = zipfile.ZipFile(io.BytesIO(response.content)).namelist()

    assert sorted(names) == sorted(
        [f"{name}.xlsx" for name in TABLES] + ["communities.geojson", "grids.geojson", "landmarks.geojson"]
    )
    send(desk, Source("city.zip", response.content))
    assert "没有要改的" in soup(desk.get(PREVIEW)).main.text


# --- who may ---


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.OFFICE, Role.ADMINISTRATOR}])
def test_only_office_and_administrator_import_and_export(signed_in, db, role):
    belongs = {Role.LIAISON: {"liaison": True}, Role.GROUP_HEAD: {"group_head": True}}.get(role, {"role": role})
    client = signed_in(UserFactory(**belongs))
    pages = [PAGE, PREVIEW, "/workbench/export/", "/workbench/import/template/units.xlsx/"]

    assert {client.get(page).status_code for page in pages} == {403}
    assert {send(client, *whole_city()).status_code, client.post(PREVIEW).status_code} == {403}


def test_the_administrator_may(signed_in, administrator):
    assert send(signed_in(administrator), *whole_city())["Location"] == PREVIEW
