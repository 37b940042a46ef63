"""What the office does to the rules of dispatching (派遣规则), and what the portal does when one is broken."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from accounts.models import Role, User
from audit import log
from audit.differences import differences
from common.errors import DomainError, StaleRecord
from complaints.models import RoutingRule
from notifications.outbox import notify

OVERTAKEN = "刚刚有人改过这条规则，您这一次没有保存，填的内容还在。请对照最新内容再保存。"
EDITED = (
    "name", "category", "group", "town", "community", "grid", "unit", "is_automatic", "started_on", "ended_on",
    "is_active",
)  # fmt: skip


@transaction.atomic
def add_rule(rule: RoutingRule, *, by: User, at: datetime) -> None:
    """Put a new rule behind the others; `rule` is not stored yet."""
    _ensure_sound(rule)
    last: int | None = RoutingRule.objects.aggregate(last=Max("position"))["last"]
    rule.position = (last or 0) + 1
    rule.save(force_insert=True)
    log.record("新增派遣规则", by=by, at=at, target=rule, **differences({}, _told(rule)))


@transaction.atomic
def edit_rule(rule: RoutingRule, *, seen: int, by: User, at: datetime) -> None:
    """Store what `rule` says now; `seen` is the version that the person saw."""
    _ensure_sound(rule)
    before = _told(RoutingRule.objects.get(pk=rule.pk))
    changed = differences(before, _told(rule))
    values = {name: getattr(rule, name) for name in EDITED} | {"stopped_because": ""}
    if not RoutingRule.objects.filter(pk=rule.pk, version=seen).update(**values, version=F("version") + 1):
        raise StaleRecord(OVERTAKEN)
    if changed:
        log.record("修改派遣规则", by=by, at=at, target=rule, **changed)


@transaction.atomic
def move_rule(rule: RoutingRule, *, up: bool, by: User, at: datetime) -> None:
    """Exchange a rule with its neighbour above or below; at the end of the list nothing happens."""
    # All rows, locked in one order, so that two people moving rules at once leave each place taken once.
    order = list(RoutingRule.objects.select_for_update().order_by("position", "pk"))
    here = next((index for index, one in enumerate(order) if one.pk == rule.pk), None)
    there = None if here is None else here + (-1 if up else 1)
    if here is None or there is None or not 0 <= there < len(order):
        return
    order[here], order[there] = order[there], order[here]
    for position, one in enumerate(order, start=1):
        one.position = position
    RoutingRule.objects.bulk_update(order, ["position"])
    facts = differences({"次序": here + 1}, {"次序": there + 1})
    log.record("调整派遣规则次序", by=by, at=at, target=rule, **facts)


@transaction.atomic
def switch_off_broken_rules(*, at: datetime) -> int:
    """Switch off each rule that can no longer work and tell the office why; returns how many."""
    broken = [(rule, why) for rule in RoutingRule.objects.in_force() if (why := rule.trouble())]
    return sum(_switch_off(rule, why, at=at) for rule, why in broken)


def _switch_off(rule: RoutingRule, why: str, *, at: datetime) -> bool:
    as_read = RoutingRule.objects.filter(pk=rule.pk, version=rule.version, is_active=True)
    if not as_read.update(is_active=False, stopped_because=why[:120], version=F("version") + 1):
        return False
    log.record("自动停用派遣规则", by=None, at=at, target=rule, reason=why)
    notify(
        User.objects.filter(role=Role.OFFICE, is_active=True),
        reason=f"rule-stopped:{rule.pk}:{rule.version}",
        title=f"派遣规则“{rule.name}”已自动停用：{why}",
        url=rule.get_absolute_url(),
        at=at,
    )
    return True


def _ensure_sound(rule: RoutingRule) -> None:
    why = rule.trouble() if rule.is_active else ""
    if why:
        raise DomainError(f"这条规则不能启用：{why}。请改好再保存，或者先停用。")


def _told(rule: RoutingRule) -> dict[str, Any]:
    """By label, in the words that the history shows."""
    conditions = dict(rule.conditions)
    return {
        "名称": rule.name,
        "类别": conditions.get("类别", ""),
        "分组": conditions.get("分组", ""),
        "地方": conditions.get("地方", ""),
        "派给": rule.unit.name,
        "自动派遣": rule.is_automatic,
        "开始日期": f"{rule.started_on:%Y-%m-%d}",
        "结束日期": f"{rule.ended_on:%Y-%m-%d}" if rule.ended_on else "",
        "启用": rule.is_active,
    }
