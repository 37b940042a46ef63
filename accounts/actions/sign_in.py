"""What the audit log tells of signing in and out."""

from datetime import datetime

from accounts.lockout import name_digest
from accounts.models import User
from audit import log


def note_sign_in(user: User, *, with_code: bool, address: str, at: datetime) -> None:
    log.record("登录", by=user, at=at, target=user, address=address, with_code=with_code)


def note_failed_sign_in(username: str, *, address: str, at: datetime) -> None:
    """A wrong password or an unknown name; the unknown name is kept as a digest only, for it may be a password."""
    _note_refusal("登录失败", username, address=address, at=at)


def note_lock_out(username: str, *, address: str, at: datetime) -> None:
    _note_refusal("登录锁定", username, address=address, at=at)


def note_wrong_code(user: User, *, address: str, at: datetime) -> None:
    log.record("动态口令错误", by=None, at=at, target=user, address=address)


def note_sign_out(user: User, *, idle: bool, at: datetime) -> None:
    log.record("超时退出" if idle else "退出登录", by=user, at=at, target=user)


def _note_refusal(verb: str, username: str, *, address: str, at: datetime) -> None:
    # One query whether the name exists or not: the time taken tells nothing.
    user = User.objects.select_related("unit", "group").filter(username=username).first()
    who = {} if user else {"name_digest": name_digest(username)[:16]}
    log.record(verb, by=None, at=at, target=user, address=address, **who)
