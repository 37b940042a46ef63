"""Limits on guessing passwords: django-axes locks one account from one address, budgets bound everything else."""

from datetime import datetime, timedelta

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.db.models import Max
from django.http import HttpRequest

from common import client
from common.budgets import Limit, spend
from common.crypto import digest

WINDOW = timedelta(minutes=15)
LATER = "请 15 分钟后再试。一直登不上，找系统管理员。"
PER_ACCOUNT = Limit("sign-in-account", 30, WINDOW, f"这个用户名尝试登录的次数太多，{LATER}")
# A whole government building may stand behind one address.
PER_ADDRESS = Limit("sign-in-address", 120, WINDOW, f"从您这个网络尝试登录的次数太多，{LATER}")
OVERALL = Limit("sign-in-overall", 3000, WINDOW, f"现在登录的人太多，{LATER}")
OWN_PASSWORD = Limit("own-password", 10, WINDOW, "密码输错的次数太多，请 15 分钟后再试。")


def count_try(username: str, *, address: str, at: datetime) -> None:
    """Count one try to sign in, right or wrong; raises TooMany."""
    spend(PER_ACCOUNT, username, at=at)
    spend(PER_ADDRESS, address, at=at)
    spend(OVERALL, "", at=at)


def name_digest(username: str) -> str:
    """What stands for a typed user name where it is kept: people type passwords into that field."""
    return digest("sign-in-name", username)


def counted_name(request: HttpRequest, credentials: dict[str, str] | None) -> str:
    """The name under which django-axes counts failures (settings.AXES_USERNAME_CALLABLE)."""
    return name_digest((credentials or {}).get("username") or request.POST.get("username", ""))


def seconds_locked(request: HttpRequest, credentials: dict[str, str] | None, *, at: datetime) -> int:
    """How long this account stays locked for this address, at least 1."""
    failures = AccessAttempt.objects.filter(
        username=counted_name(request, credentials), ip_address=client.address(request)
    )
    last_failed_at = failures.aggregate(last=Max("attempt_time"))["last"] or at
    return max(1, int((last_failed_at + get_cool_off() - at).total_seconds()))


def unlock(username: str) -> None:
    """Let this account try again from everywhere."""
    AccessAttempt.objects.filter(username=name_digest(username)).delete()
