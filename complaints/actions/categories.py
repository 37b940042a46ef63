"""What the office does to the classes of case (案件类别). Deadlines set before keep what was promised then."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import User
from audit import log
from audit.differences import differences
from common.clock import Clock
from common.errors import DomainError, StaleRecord
from complaints.actions.routing_rules import switch_off_broken_rules
from complaints.catalogue import standard_categories
from complaints.deadlines import limit_words
from complaints.models import Category

OVERTAKEN = "刚刚有人改过这个类别，您这一次没有保存，填的内容还在。请对照最新内容再保存。"
EDITED = (
    "kind", "major_code", "major_name", "minor_code", "name", "group", "unit", "clock", "limit", "urgent_clock",
    "urgent_limit", "needs_photo", "is_active",
)  # fmt: skip


@transaction.atomic
def add_category(category: Category, *, by: User, at: datetime) -> None:
    """Store a class that is new; `category` is not stored yet."""
    category.save(force_insert=True)
    log.record("新增案件类别", by=by, at=at, target=category, **differences({}, _told(category)))


@transaction.atomic
def edit_category(category: Category, *, seen: int, by: User, at: datetime) -> None:
    """Store what `category` says now; `seen` is the version that the person saw. What changed is kept in the log."""
    before = _told(Category.objects.select_related("unit").get(pk=category.pk))
    changed = differences(before, _told(category))
    if not changed:
        return
    values = {name: getattr(category, name) for name in EDITED}
    if not Category.objects.filter(pk=category.pk, version=seen).update(**values, version=F("version") + 1):
        raise StaleRecord(OVERTAKEN)
    log.record("修改案件类别", by=by, at=at, target=category, **changed)
    if not category.is_active:
        switch_off_broken_rules(at=at)


@transaction.atomic
def bring_in_standard_categories(*, by: User, at: datetime) -> int:
    """Fill an empty table with the published classes; returns how many."""
    if Category.objects.exists():
        raise DomainError("已经有类别了，不能再整批填入。请逐个新增或修改。")
    made = Category.objects.bulk_create(standard_categories())
    log.record("填入标准案件类别", by=by, at=at, count=len(made))
    return len(made)


def _told(category: Category) -> dict[str, Any]:
    """By label, in the words that the history shows."""
    return {
        "大类": f"{category.get_kind_display()} {category.major_code} {category.major_name}",
        "小类": f"{category.minor_code} {category.name}",
        "居民分组": category.get_group_display(),
        "职能部门": category.unit.name if category.unit else "",
        "时限": limit_words(Clock(category.clock), category.limit),
        "紧急时限": limit_words(Clock(category.urgent_clock), category.urgent_limit),
        "要照片": category.needs_photo,
        "在用": category.is_active,
    }
