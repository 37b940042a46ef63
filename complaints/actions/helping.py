"""Helping units (协办): named by the office, they see the case and add what they did; nothing else."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import Unit, User
from common.errors import DomainError
from complaints.actions.moving import liaisons_of, make_move, tell
from complaints.actions.photos import attach, store
from complaints.models import Complaint, HelpingUnit, Photo
from complaints.pictures import CleanPhoto
from complaints.workflow import Move


@transaction.atomic
def set_helpers(complaint: Complaint, *, units: Sequence[Unit], by: User, at: datetime, note: str = "") -> None:
    """Let exactly these units help from now on."""
    if any(unit.pk == complaint.unit_id for unit in units):
        raise DomainError(f"{complaint.unit}是主办单位，不能再选作协办。")
    before = {helper.unit_id: helper.unit.name for helper in complaint.helpers.select_related("unit")}
    added = [unit.name for unit in units if unit.pk not in before]
    gone = [name for pk, name in before.items() if pk not in {unit.pk for unit in units}]
    if not added and not gone:
        raise DomainError("协办单位没有变化。请增加或去掉单位再保存。")
    parts = [f"增加协办：{'、'.join(added)}" if added else "", f"不再协办：{'、'.join(gone)}" if gone else ""]
    make_move(complaint, Move.HELPERS, by=by, at=at, note=note, basis="；".join(filter(None, parts)))
    put_helpers(complaint, units, at=at)


def put_helpers(complaint: Complaint, units: Sequence[Unit], *, at: datetime) -> None:
    """Store who helps, and tell those who did not before."""
    keep = {unit.pk for unit in units} - {complaint.unit_id}
    complaint.helpers.exclude(unit__in=keep).delete()
    new = keep - set(complaint.helpers.values_list("unit_id", flat=True))
    HelpingUnit.objects.bulk_create(HelpingUnit(complaint=complaint, unit_id=unit, added_at=at) for unit in new)
    if new:
        tell(complaint, liaisons_of(*new), "请协办", at=at)


@transaction.atomic
def add_note(complaint: Complaint, *, text: str, by: User, at: datetime, photos: Sequence[CleanPhoto] = ()) -> None:
    """What a unit did on the way, whether it handles the case or helps with it; the others of them hear of it."""
    event = make_move(complaint, Move.NOTE, by=by, at=at, note=text, event_unit=by.unit)
    attach(store(photos, at=at), to=event, kind=Photo.Kind.DURING)
    units = {complaint.unit_id, *complaint.helpers.values_list("unit_id", flat=True)} - {by.unit_id}
    tell(complaint, liaisons_of(*units), "补充进展", at=at)
