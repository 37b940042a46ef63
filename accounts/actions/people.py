"""Making and changing accounts. Residents have none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.lockout import unlock
from accounts.models import Leader, Role, SpecialGroup, Unit, User
from accounts.passwords import initial_password
from accounts.permissions import may_change_post_of
from audit import log
from audit.differences import differences
from common.errors import DomainError


@dataclass(frozen=True)
class Post:
    """What a person is here for: a role, and whom they hold it for where the role needs that."""

    role: str
    unit: Unit | None = None
    group: SpecialGroup | None = None
    leader: Leader | None = None
    is_unit_head: bool = False


@dataclass(frozen=True)
class Issued:
    """An account and its initial password, which is told once and kept nowhere."""

    user: User
    password: str


@transaction.atomic
def create_user(*, username: str, name: str, post: Post, by: User, at: datetime) -> Issued:
    user = User(username=username, name=name, must_change_password=True, date_joined=at)
    _appoint(user, post)
    password = initial_password()
    user.set_password(password)
    user.save()
    log.record("新增用户", by=by, at=at, target=user, after={"username": username} | _facts(user))
    return Issued(user, password)


@transaction.atomic
def edit_user(person: User, *, name: str, post: Post, is_active: bool, by: User, at: datetime) -> User:
    """Raises DomainError if `by` would change their own post, or nobody would be left to administer the portal."""
    administrators = _active_administrators()
    user = User.objects.select_related("unit", "group", "leader").get(pk=person.pk)
    before = _facts(user)
    user.name, user.is_active = name, is_active
    _appoint(user, post)
    changed = differences(before, _facts(user))
    if not changed:
        return user
    if set(changed["after"]) != {"name"} and not may_change_post_of(by, user):
        raise DomainError("自己的角色和停用状态不能自己改，请让另一位系统管理员来改。")
    if user.pk in administrators and len(administrators) == 1 and not _administers(user):
        raise DomainError("这是最后一位在用的系统管理员。请先设另一位，再改这一位。")
    user.save()
    log.record("修改用户", by=by, at=at, target=user, **changed)
    return user


@transaction.atomic
def reset_password(person: User, *, by: User, at: datetime) -> Issued:
    """Give a new initial password, end every session of the person and lift their lock-out."""
    if person.pk == by.pk:
        raise DomainError("自己的密码请到“我的账号”里改。")
    password = initial_password()
    _set_password(person, password, must_change=True)
    unlock(person.username)
    log.record("重设密码", by=by, at=at, target=person)
    return Issued(person, password)


@transaction.atomic
def change_password(user: User, *, password: str, at: datetime) -> None:
    """Set the person's own new password; their sessions elsewhere end with the old one."""
    _set_password(user, password, must_change=False)
    log.record("修改密码", by=user, at=at, target=user)


def _set_password(user: User, password: str, *, must_change: bool) -> None:
    user.set_password(password)
    user.must_change_password = must_change
    user.save(update_fields=["password", "must_change_password"])


def _appoint(user: User, post: Post) -> None:
    user.role, user.unit, user.group, user.leader = post.role, post.unit, post.group, post.leader
    user.is_unit_head = post.is_unit_head


def _active_administrators() -> list[int]:
    """Their ids, locked in one order: two who demote each other at once take turns, and the second is refused."""
    administrators = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True)
    return list(administrators.order_by("pk").values_list("pk", flat=True))


def _administers(user: User) -> bool:
    return user.is_active and user.role == Role.ADMINISTRATOR


def _facts(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": str(user.role),
        "unit": user.unit.code if user.unit else "",
        "group": user.group.code if user.group else "",
        "leader": user.leader.code if user.leader else "",
        "is_unit_head": user.is_unit_head,
        "is_active": user.is_active,
    }
