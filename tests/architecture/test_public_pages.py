"""A public page that is kept ready names all that it depends on: each table that it reads is watched by its topics."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts.models import Unit
from common.change_triggers import watched_tables
from common.models import SAMPLE_DATA, Fact
from complaints import actions as cases
from complaints.workflow import State
from grids.models import Landmark
from progress import actions as flags
from progress.models import Flag
from projects import actions as project_work
from publicity import actions as publicity
from publicity.actions import initiative, ledger, slogans
from publicity.models import Entry, Section
from reports import rollups
from tests.architecture.addresses import every_address
from tests.factories import crew, library, projects
from tests.factories.accounts import SpecialGroupFactory, UserFactory
from tests.factories.complaints import HOUR, MONDAY, case_in, clean_photo
from tests.factories.grids import GridAssignmentFactory, GridFactory, LeaderAssignmentFactory, square
from tests.factories.progress import MARKED_AT, NOVEMBER, BlueTaskFactory, RedTaskFactory
from tests.publicity.quiz import answered, round_of
from tests.publicity.slogans import collection_of, sent_to

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# Read, and not watched under a topic of the page.
SEEN_OTHERWISE = {
    "common_change": "the revisions themselves",
    "complaints_photo": "a photo's row is never changed; which are shown, complaints_publicversion_photos says",
    "reports_tally": "changed only under the hold of reports_rollupstate",
}
FRIDAY = MONDAY + timedelta(days=4)
TABLE = re.compile(r'(?:FROM|JOIN) "(\w+)"')


def ready_pages():
    return {one.name: one.callback.topics for one in every_address() if hasattr(one.callback, "topics")}


@contextmanager
def tables_read() -> Iterator[set[str]]:
    found: set[str] = set()

    def note(execute, sql, *arguments):
        found.update(TABLE.findall(sql))
        return execute(sql, *arguments)

    with connection.execute_wrapper(note):
        yield found


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def office():
    return UserFactory()


@pytest.fixture
def published(office):
    case = case_in(State.CLOSED, photos=[clean_photo("red")])
    case.grid = GridFactory(boundary=square(122.5, 52.9))
    case.save()
    words = {"title": "冰清了", "text": "门口结冰。", "result": "清理干净。"}
    cases.publish(case, **words, photos=list(case.photos.all()), by=office, at=MONDAY)
    rollups.refresh(at=MONDAY)
    return case


@pytest.fixture
def task(office):
    group = SpecialGroupFactory()
    blue = BlueTaskFactory(group=group)
    RedTaskFactory(group=group, unit=blue.unit)
    flags.close_month(NOVEMBER, by=office, at=MARKED_AT)
    flags.correct_flag(blue, Flag.RED, statement=None, why="台账有误", number=0, by=office, at=MARKED_AT)
    return blue


@pytest.fixture
def places(published, task, office):
    """The arguments of each address, in a city where each page has something to show."""
    unit, grid = task.unit, published.grid
    GridAssignmentFactory(grid=grid, unit=unit)
    LeaderAssignmentFactory(community=grid.community)
    Landmark.objects.create(kind=Landmark.Kind.RIVER, name="河", shape=square(122.5, 52.901))
    team = crew.team(unit)
    over = crew.activity(team, starts_at=MONDAY + HOUR)
    crew.served(over, crew.member(team, crew.volunteer(is_listed=True)))
    crew.confirmed(over)
    coming = crew.activity(team, grid=grid)
    project = projects.started(unit=unit)
    project_work.write_progress(project, text="动工了", stage=None, photos=[clean_photo()], by=office, at=MONDAY)
    draft = publicity.Draft(section=Section.UNDER_WAY, title="清雪", dated_on=MONDAY.date(), text="都清了。")
    news = publicity.write(draft, by=office, at=MONDAY)
    publicity.publish(news, by=office, at=MONDAY)
    words = initiative.Words("倡议书", "扫雪。", "创城办")
    initiative.join(initiative.publish(words, seen=0, by=office, at=MONDAY), at=MONDAY)
    spoken = ledger.PledgeDraft(unit, "负责人", "每天巡查。", MONDAY.date(), is_public=True)
    pledge = ledger.write_pledge(spoken, by=office, at=MONDAY)
    quiz_round = round_of(office, opens_on=MONDAY.date(), closes_on=FRIDAY.date())
    answered(quiz_round, "AC")
    collection = collection_of(office, on=MONDAY.date(), at=MONDAY)
    sent = sent_to(collection, "向北，向暖", at=MONDAY)
    slogans.decide(collection, sent, Entry.State.SHOWN, by=office, at=MONDAY)
    board, month = {"group": task.group.code}, {"year": 2026, "month": 11}
    return {
        "complaints:published_case": {"number": published.number},
        "grids:detail": {"code": grid.code},
        "library:document": {"number": library.published().number},
        "progress:board_month": board | month,
        "progress:board_year": board | {"year": 2026},
        "progress:city_month": month,
        "progress:city_year": {"year": 2026},
        "progress:unit_year": {"unit": unit.code, "year": 2026},
        "progress:wall_board_month": board | month,
        "progress:wall_board_year": board | {"year": 2026},
        "progress:wall_city_month": month,
        "progress:wall_city_year": {"year": 2026},
        "projects:project": {"number": project.number},
        "publicity:announcement": {"pk": news.pk},
        "publicity:pledge": {"pk": pledge.pk},
        "publicity:round": {"number": quiz_round.number},
        "publicity:collection": {"pk": collection.pk},
        "volunteers:activity": {"pk": coming.pk},
    }


def test_topics_are_those_that_are_watched():
    known = {one.topic for one in watched_tables()}
    assert {topic for topics in ready_pages().values() for topic in topics} <= known


def test_a_page_reads_no_table_whose_changes_it_would_not_see(client, places):
    Fact.write(SAMPLE_DATA, True)
    unseen = {}
    for name, topics in ready_pages().items():
        Unit.objects.update(contact_name=name)  # what is remembered is read anew
        with tables_read() as tables:
            answer = client.get(reverse(name, kwargs=places.get(name)))
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-cache"), name
        watched = {one.table for one in watched_tables() if one.topic in {"facts", *topics}}
        if tables - watched - SEEN_OTHERWISE.keys():
            unseen[name] = tables - watched - SEEN_OTHERWISE.keys()

    assert unseen == {}, "put these tables under a topic of the page (AppConfig.watched)"
