import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.models import SAMPLE_DATA, Fact
from projects import actions
from projects.models import Note, Picture, Project
from tests.factories.accounts import LeaderFactory, UnitFactory
from tests.factories.complaints import jpeg
from tests.factories.projects import NOW, started

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NEW = "/workbench/projects/new/"


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def errors(response):
    return [error.text.strip() for error in soup(response).select(".field-error")]


def typed(**changes):
    given = {
        "kind": "practical",
        "title": "补装楼道灯",
        "goal": "楼道夜里有灯。",
        "leader": "",
        "due_on": "2026-12-20",
        "stages": "方案 2026-06-30\n动工 2026-11-30",
    }
    return given | changes


# Address, method, and who of the staff gets through; a project of the liaison's unit.
TABLE = {
    "/workbench/projects/new/": ("get", {"office"}),
    "/workbench/projects/{number}/": ("get", {"office", "liaison"}),
    "/workbench/projects/{number}/complete/": ("post", {"office"}),
    "/workbench/projects/{number}/reopen/": ("post", {"office"}),
}


@pytest.mark.parametrize("address", TABLE)
def test_who_keeps_projects(client, people, project, address):
    method, allowed = TABLE[address]
    through = set()
    for name, person in people.items():
        client.force_login(person)
        if getattr(client, method)(address.format(number=project.number)).status_code != 403:
            through.add(name)

    assert through == allowed


def test_everybody_reads_a_project_but_not_who_wrote_nor_a_phone(client, project, liaison):
    actions.write_progress(project, text="灯已到货，问 13800001234", stage=None, photos=(), by=liaison, at=NOW)
    page = client.get(project.get_absolute_url()).content.decode()

    assert project.title in page and "灯已到货" in page and "示例单位 12" in page
    assert liaison.name not in page and "13800001234" not in page


def test_the_unit_writes_progress_with_a_photo_that_everybody_sees(client, project, liaison):
    client.force_login(liaison)
    stage = project.stages.first()
    photo = SimpleUploadedFile("IMG_0001.jpg", jpeg(), "image/jpeg")
    sent = {"version": 0, "text": "方案定好", "stage": stage.pk, "photos": [photo]}
    assert client.post(f"/workbench/projects/{project.number}/", sent).status_code == 302
    client.logout()
    picture = client.get(soup(client.get(project.get_absolute_url())).select_one("figure img")["src"])

    assert (Note.objects.get().stage, Picture.objects.get().note) == (stage, Note.objects.get())
    assert (picture.status_code, picture["X-Content-Type-Options"], picture["Content-Type"]) == (
        200,
        "nosniff",
        "image/jpeg",
    )
    assert "sandbox" in picture["Content-Security-Policy"]
    assert b"".join(picture.streaming_content).startswith(b"\xff\xd8")


def test_a_file_that_is_no_photo_is_refused_and_the_words_stay(client, project, liaison):
    client.force_login(liaison)
    sent = {"version": 0, "text": "方案定好", "photos": [SimpleUploadedFile("a.jpg", b"<svg/>", "image/jpeg")]}
    answer = client.post(f"/workbench/projects/{project.number}/", sent)

    assert (answer.status_code, soup(answer).select_one("[name=text]").text.strip()) == (422, "方案定好")
    assert "第 1 张（a.jpg）" in errors(answer)[0]
    assert not Note.objects.exists()


def test_progress_written_against_an_older_version_comes_back_with_the_words(client, project, liaison, office):
    actions.write_progress(Project.objects.get(), text="材料到了", stage=None, photos=(), by=office, at=NOW)
    client.force_login(liaison)
    url = f"/workbench/projects/{project.number}/"
    answer = client.post(url, {"version": 0, "text": "动工了"})
    page = soup(answer)

    assert answer.status_code == 409
    assert f"{office}刚刚填了“进展”" in page.select_one("#refusal").text
    assert page.select_one("[name=text]").text.strip() == "动工了"
    again = {"version": page.select_one("[name=version]")["value"], "text": "动工了"}
    assert client.post(url, again).status_code == 302


def test_the_office_puts_a_project_down(client, office):
    client.force_login(office)
    leader = LeaderFactory()
    answer = client.post(NEW, typed(kind="major", unit=UnitFactory().pk, leader=leader.pk))
    project = Project.objects.get()

    assert answer["Location"] == project.get_absolute_url()
    assert (project.leader, [stage.name for stage in project.stages.all()]) == (leader, ["方案", "动工"])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "major"}, "重大民生实事要选牵头领导。"),
        ({"due_on": "2026-10-01"}, "阶段的日期不能晚于完成期限。"),
        ({"stages": "方案"}, "第 1 行看不懂，写成“方案和招标 2026-04-30”这样，名称不超过 60 字。"),
        ({"stages": "方案 2026-02-30"}, "第 1 行没有 2026-02-30 这一天。"),
        ({"title": ""}, "填项目名称。"),
        ({"goal": "灯" * 301}, "办成什么样最多 300 字，现在是 301 字。"),
    ],
)
def test_a_project_that_is_not_right_is_refused_and_kept(client, office, changes, sentence):
    client.force_login(office)
    answer = client.post(NEW, typed(unit=UnitFactory().pk, **changes))

    assert (answer.status_code, errors(answer)) == (422, [sentence])
    assert not Project.objects.exists()


def test_the_list_shows_the_rate_and_is_narrowed(client, liaison, office):
    mine, other = started(unit=liaison.unit), started()
    for stage in list(other.stages.all()):
        actions.write_progress(other, text="办完", stage=stage, photos=(), by=office, at=NOW)
    actions.complete(other, text="看过", by=office, at=NOW)

    def shown(**query):
        return {a.text for a in soup(client.get("/projects/", query)).select("main li a.title")}

    assert "1／2" in soup(client.get("/projects/")).text
    assert shown() == {mine.title, other.title}
    assert shown(state="completed") == {other.title}
    assert shown(state="under_way") == {mine.title}
    assert shown(kind="major") == set()
    client.force_login(liaison)
    assert shown(mine="on") == {mine.title}


def test_the_public_pages_ask_as_often_for_many_rows_as_for_few(client, project, office):
    def queries():
        Fact.read(SAMPLE_DATA)  # remembered: not asked again
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/projects/").status_code == 200
            assert client.get(project.get_absolute_url()).status_code == 200
        return len(asked)

    actions.write_progress(project, text="材料到了", stage=None, photos=(), by=office, at=NOW)
    few = queries()
    for _ in range(4):
        started()
        actions.write_progress(project, text="材料到了", stage=None, photos=(), by=office, at=NOW)

    assert queries() == few <= 12
