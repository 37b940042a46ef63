"""Changing what is known of a unit; units themselves come in by import."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Unit, User
from audit import log
from audit.differences import differences


@transaction.atomic
def edit_unit(
    unit: Unit, *, headcount: int, contact_name: str, contact_phone: str, is_active: bool, by: User, at: datetime
) -> Unit:
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    before = _facts(unit)
    # The log never holds a phone: that it changed is enough.
    new_phone = {"contact_phone": "已更换"} if unit.contact_phone != contact_phone else {}
    unit.headcount, unit.is_active = headcount, is_active
    unit.contact_name, unit.contact_phone = contact_name, contact_phone
    changed = differences(before, _facts(unit) | new_phone)
    if changed:
        unit.save()
        log.record("修改单位", by=by, at=at, target=unit, **changed)
    return unit


def _facts(unit: Unit) -> dict[str, Any]:
    return {"headcount": unit.headcount, "contact_name": unit.contact_name, "is_active": unit.is_active}
