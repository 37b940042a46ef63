"""Finding cases by words, keeping filters, and taking along exactly what is shown."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Role
from audit.models import Entry
from complaints import actions
from complaints.models import Complaint, Export, ExportState, SavedFilter
from complaints.models.finding import grams
from complaints.workflow import State
from notifications.models import Notice
from tests.factories.accounts import UserFactory
from tests.factories.complaints import HOUR, MONDAY, PHONE, CategoryFactory, case_in, filed
from tests.factories.grids import CommunityFactory, GridFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon")]
QUEUE = "/workbench/complaints/"
EXPORT = f"{QUEUE}export/"
EXPORTS = "/workbench/exports/"


def found(words: str) -> list[str]:
    return [case.number for case in Complaint.objects.containing(words).order_by("pk")]


@pytest.mark.parametrize(
    ("words", "hits"),
    [
        ("积雪", ["snow"]),
        ("雪", ["snow", "lid"]),
        ("单元门口积雪结冰", ["snow"]),
        ("门口结冰", []),  # every pair of it stands there, but not in a row
        ("步行街北", ["lid"]),
        ("积雪 老人", ["snow"]),
        ("积雪 井盖", []),
        ("led灯", ["lamp"]),
        ("雪山小区", ["lid"]),
        ("桥北", ["lamp"]),
        ("2026-000002", ["lid"]),
        ("2026-0000", ["snow", "lid", "lamp"]),
        ("000003", ["lamp"]),
        ("50%", ["lamp"]),
        ("%", ["lamp"]),
        ("_", []),
    ],
)
def test_words_are_found_wherever_they_stand(words, hits):
    bridge = GridFactory(community=CommunityFactory(code="232701100003", name="桥北社区"), name="示例小区")
    cases = {
        "snow": filed(text="单元门口积雪结冰四天了。老人出门容易滑倒。", place="3 号楼").complaint,
        "lid": filed(text="井盖松动。", place="步行街北口", grid=GridFactory(name="雪山小区")).complaint,
        "lamp": filed(text="LED灯坏了 50% 以上。", place="", grid=bridge).complaint,
    }

    assert found(words) == [cases[name].number for name in hits]


ALPHABET = "积雪结冰aB%_\\'、 "
TEXTS = st.lists(st.text(ALPHABET, min_size=1, max_size=12), min_size=3, max_size=3)


@pytest.fixture
def three():
    return [filed().complaint for _ in range(3)]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(texts=TEXTS, place=st.text(ALPHABET, max_size=6), asked=st.text(ALPHABET, max_size=5), at=st.integers(0, 9))
def test_whatever_is_asked_is_found_as_by_reading_each_case(three, texts, place, asked, at):
    asked = f"{asked} {texts[0][at : at + 3].swapcase()}"
    for case, text in zip(three, texts, strict=True):
        Complaint.objects.filter(pk=case.pk).update(text=text, place=place)

    def holds(text: str) -> bool:
        return all(word.lower() in text.lower() or word.lower() in place.lower() for word in asked.split())

    assert found(asked) == [case.number for case, text in zip(three, texts, strict=True) if holds(text)]


@pytest.mark.needs_postgres
def test_words_are_answered_from_the_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Complaint.objects.containing("积雪").explain()

    assert "Bitmap Index Scan on complaint_grams" in plan


@pytest.mark.once
@settings(max_examples=100, deadline=None)
@given(st.text("积雪结冰ab", min_size=1, max_size=8))
def test_the_pairs_that_are_asked_for_stand_in_every_text_with_the_word(word):
    around = f"x{word}y"
    there = {around[at : at + size] for size in (1, 2) for at in range(len(around))}

    assert set(grams(word)) <= there
    assert set(word) <= set("".join(grams(word)))


def test_a_search_counts_no_more_final_cases_than_it_must(open_page, office, monkeypatch):
    monkeypatch.setattr("complaints.queue_page.MOST_COUNTED", 1)
    for _ in range(3):
        case_in(State.CLOSED)
    filed()

    page = open_page(office, f"{QUEUE}?state=all")

    counted = {tab.contents[0].strip(): tab.b.get_text() for tab in page.select("nav.tabs a")}
    assert (counted["待受理"], counted["已办结"], counted["全部"]) == ("1", "2+", "3+")


def test_the_tab_of_one_final_state_says_its_own_count_however_many_are_in_another(open_page, office, monkeypatch):
    monkeypatch.setattr("complaints.queue_page.MOST_COUNTED", 1)
    for state in [State.CLOSED] * 3 + [State.REJECTED]:
        case_in(state)

    page = open_page(office, QUEUE)

    counted = {tab.contents[0].strip(): tab.b.get_text() for tab in page.select("nav.tabs a")}
    assert (counted["已办结"], counted["不予受理"], counted["全部"]) == ("2+", "1", "3+")


@pytest.mark.parametrize("most", [2, 1000])
def test_a_word_finds_the_same_whether_it_is_counted_to_the_end_or_not(open_page, office, monkeypatch, most):
    monkeypatch.setattr("complaints.queue_page.MOST_LOOKED_AT", most)
    found = [case_in(State.CLOSED, text="井盖响。").number for _ in range(3)]
    case_in(State.CLOSED, text="路灯不亮。")

    page = open_page(office, f"{QUEUE}?q=井盖")

    assert sorted(row.a.get_text() for row in page.select("[data-row] td.num")) == sorted(found)


def test_what_no_case_has_is_not_looked_for_among_the_newest(client, office):
    case_in(State.CLOSED)
    client.force_login(office)
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(f"{QUEUE}?q=魑魅").content.decode()

    assert "没有符合条件的案件" in page
    assert sum("魑魅" in query["sql"] for query in queries) == 2  # among the open ones, among the final ones


# --- filters of one's own ---------------------------------------------------------------------------------------------


def test_filters_are_kept_under_a_name_used_again_and_deleted_by_their_owner_only(open_page, office):
    other = UserFactory()
    wanted = "group=cleaning&light=overdue"
    data = {"name": "积雪超时", "query": f"{wanted}&cursor=x&phone=1&evil=2"}

    open_page(office, f"{QUEUE}filters/save/", data)
    open_page(office, f"{QUEUE}filters/save/", data | {"query": "group=roads"})

    saved = SavedFilter.objects.get()
    assert (saved.owner, saved.query) == (office, "group=roads")
    assert [link["href"] for link in open_page(office, QUEUE).select(".saved-list a")] == [f"{QUEUE}?group=roads"]
    assert open_page(other, QUEUE).select(".saved-list a") == []
    assert open_page(other, f"{QUEUE}filters/{saved.pk}/delete/", {}).status == 404
    open_page(office, f"{QUEUE}filters/{saved.pk}/delete/", {})
    assert SavedFilter.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"name": "", "query": "group=roads"}, "请给筛选起个名称。"),
        ({"name": "空"}, "没有可存的筛选条件。先选条件，再存。"),
    ],
)
def test_a_filter_without_a_name_or_a_condition_is_refused(open_page, office, data, said):
    page = open_page(office, f"{QUEUE}filters/save/", data)

    assert (page.status, said in page.get_text(), SavedFilter.objects.count()) == (422, True, 0)


# --- export -----------------------------------------------------------------------------------------------------------


def table(client, user, query="", format="csv", **more):
    client.force_login(user)
    answer = client.post(f"{EXPORT}?{query}", {"format": format}, **more)
    assert answer.status_code == 200, answer
    content = b"".join(answer.streaming_content)
    if format == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    lines = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


@pytest.fixture
def many(liaison):
    return [
        case_in(
            State.HANDLING, unit=liaison.unit, at=MONDAY - timedelta(days=14), text="=1+1 积雪，电话 13912345678。"
        ),
        filed(at=MONDAY + HOUR, text="楼道积雪没人清理。", grid=GridFactory()).complaint,
        filed(at=MONDAY + 2 * HOUR, text="井盖松动。", is_confidential=True).complaint,
        case_in(State.CLOSED, at=MONDAY - timedelta(days=20)),
    ]


@pytest.mark.parametrize("query", ["", "state=all", "q=积雪", "light=overdue", "state=closed", "group=roads", "grid=1"])
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_an_export_holds_exactly_what_the_queue_shows_in_its_order(client, open_page, office, many, query, format):
    shown = [row.a.get_text() for row in open_page(office, f"{QUEUE}?{query}").select("[data-row] td.num")]

    assert [row["案件编号"] for row in table(client, office, query, format)] == shown


def test_an_export_tells_nobody_who_filed_and_starts_no_formula(client, office, many):
    in_csv, in_book = (table(client, office, "q=积雪 1%2B1", format)[0] for format in ("csv", "xlsx"))

    for row in (in_csv, in_book):
        assert row["反映内容"] == "'=1+1 积雪，电话 （电话已隐去）。"
        assert not any(PHONE in str(value) for value in row.values())
        assert "电话" not in "".join(row)
    assert in_csv["反映时间"] == "2026-11-09 09:00"
    assert in_book["反映时间"].isoformat() == "2026-11-09T09:00:00"
    assert Entry.objects.filter(verb="导出案件").count() == 2


def test_everybody_exports_what_they_see_and_no_more(client, liaison, stranger, many):
    guidance = UserFactory(role=Role.GUIDANCE)

    assert [row["案件编号"] for row in table(client, liaison, "state=all")] == [many[0].number]
    assert table(client, stranger, "state=all") == []
    assert len(table(client, guidance, "state=all")) == 3
    client.force_login(UserFactory(role=Role.AUDITOR))
    assert client.post(EXPORT, {"format": "csv"}).status_code == 403


def test_the_cases_of_a_phone_are_exported_by_the_desk_only(client, office, liaison, many):
    client.force_login(office)
    client.post(QUEUE, {"q": PHONE})
    answer = client.post(f"{EXPORT}?phone=1&state=received", {"format": "csv"})

    assert b"".join(answer.streaming_content).count(b"\r\n") == 3
    assert "phone" not in str(Entry.objects.latest("pk").facts["filters"])


@pytest.fixture
def in_background(monkeypatch, tmp_path, settings):
    """From two rows on in the background; nudged by hand."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("complaints.actions.AT_ONCE", 1)
    monkeypatch.setattr("complaints.tasks.nudge", lambda: None)


@pytest.mark.usefixtures("in_background")
def test_a_large_export_is_made_in_the_background_for_its_owner_and_deleted_after_a_day(
    client, open_page, office, many, tmp_path
):
    other = UserFactory()
    client.force_login(office)
    client.post(f"{EXPORT}?state=all&group=cleaning", {"format": "csv"})
    export = Export.objects.get()
    assert (export.state, export.total, export.described) == (ExportState.WAITING, 4, "全部，清扫和积雪")
    assert "等待生成 0%" in open_page(office, EXPORTS, htmx=True).get_text()
    assert client.get(f"{EXPORTS}{export.token}/").status_code == 404

    assert actions.make_exports(now=timezone.now) == 1
    assert actions.make_exports(now=timezone.now) == 0

    export.refresh_from_db()
    assert (export.state, export.done) == (ExportState.DONE, 4)
    assert list(Notice.objects.filter(title__startswith="导出好了").values_list("recipient", "url")) == [
        (office.pk, EXPORTS)
    ]
    link = open_page(office, EXPORTS).select_one("#exports a.btn")["href"]
    rows = list(csv.reader(io.StringIO(b"".join(client.get(link).streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 5
    # Nobody else's, whatever they know.
    assert open_page(other, EXPORTS).select("#exports a.btn") == []
    assert open_page(other, link).status == 404

    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        client.force_login(office)
        assert client.get(link).status_code == 404
        assert actions.forget_exports(at=timezone.now()) == 1
    assert not Export.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.usefixtures("in_background")
def test_an_export_follows_its_owners_sight_when_it_is_made(client, liaison, many):
    case_in(State.HANDLING, unit=liaison.unit)
    client.force_login(liaison)
    client.post(f"{EXPORT}?state=all", {"format": "xlsx"})
    liaison.is_active = False
    liaison.save()

    actions.make_exports(now=timezone.now)

    assert Export.objects.get().state == ExportState.FAILED


@pytest.mark.usefixtures("in_background")
def test_a_worker_that_died_leaves_its_export_to_the_next_and_only_so_often(client, office, many):
    client.force_login(office)
    client.post(f"{EXPORT}?state=all", {"format": "csv"})
    now = timezone.now()
    held = Export.objects.filter(state=ExportState.WAITING)
    held.update(state=ExportState.RUNNING, tries=1, lease_until=now + timedelta(minutes=1))
    assert actions.make_exports(now=lambda: now) == 0

    assert actions.make_exports(now=lambda: now + timedelta(minutes=2)) == 1
    Export.objects.update(state=ExportState.RUNNING, tries=3, lease_until=None)
    assert actions.make_exports(now=lambda: now) == 0
    assert Export.objects.get().state == ExportState.FAILED


@pytest.mark.usefixtures("in_background")
def test_nobody_puts_on_more_than_a_few_at_once(client, office, many):
    client.force_login(office)
    answers = [client.post(f"{EXPORT}?state=all", {"format": "csv"}).status_code for _ in range(4)]

    assert answers == [302, 302, 302, 409]


def test_an_export_asks_the_database_once_for_each_chunk(client, office, many):
    client.force_login(office)
    table(client, office, "state=all")  # the log's chain and the session's minute are begun
    with CaptureQueriesContext(connection) as queries:
        table(client, office, "state=all")
    few = len(queries)
    for _ in range(5):
        filed(at=MONDAY)
    with CaptureQueriesContext(connection) as queries:
        assert len(table(client, office, "state=all")) == 9

    assert len(queries) == few


def test_the_queue_is_filtered_by_the_fine_class_and_the_grid(open_page, office):
    category = CategoryFactory(name="路面积雪")
    case = filed(grid=GridFactory(name="雪山小区")).complaint
    actions.accept(case, category=category, by=office, at=MONDAY + HOUR)
    filed()

    for query in (f"category={category.pk}", f"grid={case.grid.code}"):
        page = open_page(office, f"{QUEUE}?{query}")
        assert [row.a.get_text() for row in page.select("[data-row] td.num")] == [case.number]
        assert page.select_one("[data-in-use]") is not None
