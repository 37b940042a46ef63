"""A submitted inspection is corrected, never overwritten without a trace."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import User
from audit import log
from audit.differences import differences
from common.errors import DomainError, StaleRecord
from supervision.actions.drafts import Facts
from supervision.models import Correction, Finding, Inspection


class StaleInspection(StaleRecord):
    def __init__(self, winner: Correction | None) -> None:
        what = f"{winner.by}刚刚更正过" if winner else "这次指导推进刚刚被别人改动"
        super().__init__(f"{what}，您这一次没有保存。您写的内容还在，请对照最新情况再保存。")


@transaction.atomic
def correct(
    inspection: Inspection, *, facts: Facts, texts: Mapping[int, str], reason: str, by: User, at: datetime
) -> Correction:
    """Change the facts and the words of findings (`texts` by key), keeping what stood there and why it was changed.

    What a finding has become stays as it is: the case, the task and the unit have been told.
    """
    # A referral has a record of its own, and its words must not come to others by way of the corrections.
    offered = Finding.objects.filter(inspection=inspection).but_referrals()
    findings = {finding.pk: finding for finding in offered if finding.pk in texts}
    before = _told(inspection) | _words({pk: one.text for pk, one in findings.items()})
    columns = facts.columns
    for name, value in columns.items():
        setattr(inspection, name, value)
    if not inspection.where:
        raise DomainError("在哪里不能是空的：选网格、选单位，或者写地点，有一样就行。")
    changed = differences(before, _told(inspection) | _words({pk: texts[pk] for pk in findings}))
    if not changed:
        raise DomainError("没有改动。改好要更正的地方再保存。")
    as_read = Inspection.objects.submitted().filter(pk=inspection.pk, version=inspection.version)
    if not as_read.update(version=F("version") + 1, **columns):
        raise StaleInspection(inspection.corrections.select_related("by__unit", "by__group").last())
    inspection.version += 1
    for pk, finding in findings.items():
        finding.text = texts[pk]
        finding.save(update_fields=["text"])
    log.record("更正指导推进", by=by, at=at, target=inspection)
    return Correction.objects.create(
        inspection=inspection, version=inspection.version, changes=changed, reason=reason, by=by, at=at
    )


def _told(inspection: Inspection) -> dict[str, Any]:
    """By the labels that people read."""
    return {
        "日期": f"{inspection.on:%Y-%m-%d}",
        "网格": str(inspection.grid or ""),
        "涉及单位": str(inspection.unit or ""),
        "地点": inspection.place,
        "看了什么": inspection.looked_at,
    }


def _words(texts: dict[int, str]) -> dict[str, str]:
    return {f"第 {number} 个问题": text for number, (_, text) in enumerate(sorted(texts.items()), start=1)}
