from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from common.rows import insert
from complaints.models import Channel, Complaint, Event, ProblemGroup
from complaints.workflow import Move, State
from tests.factories.grids import GridFactory

AT = datetime(2026, 11, 23, 9, 20, 30, 123456, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def a_case(number, grid=None):
    return Complaint(
        number=number, channel=Channel.WEB, group=ProblemGroup.OTHER, text="路灯坏了，100% 不亮", grid=grid,
        longitude=122.53, latitude=52.97, intake_key=f"test:{number}", is_confidential=True,
        filed_at=AT, stage_started_at=AT,
    )  # fmt: skip


def columns(row: Model, *but: str) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in but}


def test_a_row_is_stored_as_save_stores_it():
    grid = GridFactory()
    for inserted, saved in [
        (insert(a_case("2026-000001", grid)), a_case("2026-000002", grid)),
        (insert(a_case("2026-000003")), a_case("2026-000004")),
    ]:
        saved.save(force_insert=True)
        found = Complaint.objects.get(pk=inserted.pk)
        assert columns(found) == columns(inserted)
        but = ("id", "number", "intake_key")
        assert columns(found, *but) == columns(Complaint.objects.get(pk=saved.pk), *but)


def test_what_was_stored_can_be_named_and_saved_again():
    case = insert(a_case("2026-000001"))
    event = insert(Event(complaint=case, version=0, move=Move.FILE, to_state=State.RECEIVED, at=AT))
    assert list(case.events.all()) == [event]
    case.place = "桥头"
    case.save()
    assert [one.place for one in Complaint.objects.all()] == ["桥头"]


def test_a_row_that_the_database_refuses_is_refused():
    insert(a_case("2026-000001"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(a_case("2026-000001"))
    assert Complaint.objects.count() == 1
