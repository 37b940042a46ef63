import datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from common.errors import StaleRecord
from common.models import SAMPLE_DATA, Fact
from library import actions
from library.models import Audience, Document, Version
from tests.factories.accounts import LeaderFactory, UserFactory
from tests.factories.library import NOW, PDF, office_file, published, text

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NEW = "/workbench/library/new/"


@pytest.fixture(autouse=True)
def _on_the_23rd():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲")


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def errors(response):
    return [error.text.strip() for error in soup(response).select(".field-error")]


def typed(content=PDF, name="办法.pdf", **changes):
    given = {
        "number": "ZD-02",
        "title": "指导推进制度",
        "summary": "",
        "file": SimpleUploadedFile(name, content),
        "effective_from": "2026-12-01",
        "effective_to": "",
        "audience": "staff",
    }
    return given | changes


READERS = {
    Audience.PUBLIC: {None, "liaison", "leader", "office"},
    Audience.STAFF: {"liaison", "leader", "office"},
    Audience.ROLES: {"leader", "office"},
}


@pytest.mark.parametrize("audience", Audience)
def test_list_page_and_file_are_for_the_audience_alone(client, office, audience):
    document = published(audience=audience, roles=[Role.LEADER] if audience == Audience.ROLES else [])
    people = {
        None: None,
        "liaison": UserFactory(liaison=True),
        "leader": UserFactory(role=Role.LEADER, leader=LeaderFactory()),
        "office": office,
    }
    listed, opened, loaded = set(), set(), set()
    for name, person in people.items():
        client.logout()
        if person:
            client.force_login(person)
        if document.title in client.get("/library/").content.decode():
            listed.add(name)
        if client.get(document.get_absolute_url()).status_code == 200:
            opened.add(name)
        answer = client.get(f"/library/files/{document.versions.get().token}/")
        if answer.status_code == 200:
            loaded.add(name)
            b"".join(answer.streaming_content)  # read to the end, the file is closed

    assert listed == opened == loaded == READERS[audience]


def test_a_file_is_saved_and_never_opened_inside_the_portal(client):
    version = published().versions.get()
    answer = client.get(f"/library/files/{version.token}/")

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")


def test_documents_are_found_by_words_of_number_title_or_summary(client):
    published(number="ZD-01", title="责任追究办法", summary="不落实怎么处理")
    published(number="FA-01", title="三年工作方案")

    def found(words):
        return [a.text for a in soup(client.get("/library/", {"q": words})).select("main li a.title")]

    assert found("追究 处理") == found("zd-01") == ["责任追究办法"]
    assert found("方案") == ["三年工作方案"]
    assert found("追究 方案") == []


def test_of_the_versions_in_force_the_newest_counts(client):
    document = published()
    later = datetime.date(2026, 12, 1)
    actions.add_version(document, seen=1, text=text(since=later), by=UserFactory(), at=NOW)

    assert document.version_on(NOW.date()).ordinal == 1
    assert document.version_on(later).ordinal == 2
    assert document.version_on(datetime.date(2025, 1, 1)) is None


def test_of_two_who_add_a_version_the_second_is_told(client, office):
    document = published()
    client.force_login(office)
    url = f"/workbench/library/{document.number}/version/"
    sent = {"seen": 1, "note": "改了第三条", "effective_from": "2026-12-01"}

    assert client.post(url, sent | {"file": SimpleUploadedFile("a.pdf", PDF)}).status_code == 302
    answer = client.post(url, sent | {"file": SimpleUploadedFile("a.pdf", PDF)})
    assert answer.status_code == 409
    assert "刚刚有人传了新的一版" in answer.content.decode() and "改了第三条" in answer.content.decode()
    assert Version.objects.count() == 2


def test_two_who_pass_the_check_together_still_make_one_version():
    """The constraint is the last guard, and what it refuses is said in words."""
    document = published()
    actions.add_version(document, seen=1, text=text(), by=UserFactory(), at=NOW)

    with pytest.raises(StaleRecord):
        actions._add(document, 2, text(), by=UserFactory(), at=NOW)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.exe", PDF, "只收 PDF、docx、xlsx 文件。旧格式先另存为 docx 或 xlsx 再传。"),
        ("a.pdf", b"<html>", "这个文件不是真正的 PDF 文件，打不开。重新导出再传。"),
        ("a.docx", PDF, "这个文件不是真正的 Word 文件，打不开。重新导出再传。"),
        ("a.xlsx", office_file("word"), "这个文件不是真正的 Excel 文件，打不开。重新导出再传。"),
        ("a.docx", office_file("word", "word/vbaProject.bin"), "这个文件带宏。另存为不带宏的 docx 或 xlsx 再传。"),
        ("a.pdf", b"", "这个文件是空的。换一个再传。"),
        ("a.pdf", PDF + b" " * 20 * 1024 * 1024, "文件太大（20 MB，最多 20 MB）。压缩图片后再传。"),
    ],
    ids=["type", "html", "pdf as docx", "docx as xlsx", "macro", "empty", "large"],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_the_words_stay(client, office, name, content, sentence):
    client.force_login(office)
    answer = client.post(NEW, typed(content, name))

    assert (answer.status_code, errors(answer)) == (422, [sentence])
    assert soup(answer).select_one("[name=title]")["value"] == "指导推进制度"
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"effective_to": "2026-12-01"}, "失效日期要晚于生效日期。"),
        ({"audience": "roles"}, "选定至少一个能看的角色。"),
        ({"number": "zd-01"}, "这个编号已经有文件。换一个编号，或到那个文件里传新的一版。"),
    ],
)
def test_a_document_that_is_not_right_is_refused(client, office, changes, sentence):
    published()
    client.force_login(office)

    assert errors(client.post(NEW, typed(**changes))) == [sentence]


def test_the_office_alone_keeps_the_library(client, office):
    published()
    pages = [NEW, "/workbench/library/ZD-01/version/"]
    for role in (Role.LEADER, Role.GUIDANCE, Role.ADMINISTRATOR):
        client.force_login(UserFactory(role=role))
        assert [client.get(page).status_code for page in pages] == [403, 403]
    client.force_login(office)
    assert [client.get(page).status_code for page in pages] == [200, 200]
    assert client.post(NEW, typed(office_file("xl"), "表.xlsx", audience="roles", roles=["leader"])).status_code == 302
    assert Document.objects.get(number="ZD-02").roles == ",leader,"


def test_the_list_asks_as_often_for_many_documents_as_for_few(client):
    def queries():
        Fact.read(SAMPLE_DATA)  # remembered: not asked again
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/library/").status_code == 200
        return len(asked)

    published()
    few = queries()
    for number in range(4):
        published(number=f"GZ-{number}")

    assert queries() == few <= 4


def test_a_document_is_found_by_what_one_of_its_versions_changed(client, office):
    changed, other = published(number="FA-01", title="三年工作方案"), published(number="ZD-02")
    for seen, note in ((1, "增加冬季清雪一节"), (2, "增加清雪名单")):
        said = actions.Text(text().file, NOW.date(), None, note)
        actions.add_version(changed, seen=seen, text=said, by=office, at=NOW)

    assert list(Document.objects.containing("清雪")) == [changed]
    assert list(Document.objects.containing("方案 名单")) == [changed]
    assert list(Document.objects.containing("方案 ZD-02")) == []
    assert [title.text for title in soup(client.get("/library/?q=清雪")).select(".title")] == ["三年工作方案"]
    assert other.versions.count() == 1
