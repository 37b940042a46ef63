"""How much one network and one phone may file: more than any resident does, less than a flood."""

from datetime import datetime, timedelta

from django.conf import settings

from common.budgets import Limit, spend

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FILED_PER_PHONE_AND_DAY = 20
# An app files for a whole city from one address.
FILED_PER_APP_AND_HOUR = 2000
PHOTOS_PER_FILED = 10
FOLLOWED_PER_PHONE_AND_DAY = 10


def spend_on_filing(*, phone: str, client: str, at: datetime) -> None:
    """Count one case by this phone, sent from this network. Raises TooMany; what was typed is not lost by it."""
    most = settings.INTAKE_PER_CLIENT_HOUR
    hourly = Limit("file-client-hour", most, HOUR, _refusal("这个网络上一小时内提交得太多了", "过一小时"))
    daily = Limit("file-client-day", most * 6, DAY, _refusal("这个网络上今天提交得太多了", "明天"))
    spend(hourly, client, at=at)
    spend(daily, client, at=at)
    _spend_by_phone(phone, at=at)


def spend_on_app_filing(*, phone: str, app: str, at: datetime) -> None:
    """Count one case by this phone, sent by a program with a key of its own (`app` names it)."""
    hourly = Limit("file-app-hour", FILED_PER_APP_AND_HOUR, HOUR, _refusal("现在提交的人太多了", "过一会儿"))
    spend(hourly, app, at=at)
    _spend_by_phone(phone, at=at)


def _spend_by_phone(phone: str, *, at: datetime) -> None:
    daily = Limit("file-phone-day", FILED_PER_PHONE_AND_DAY, DAY, _refusal("这个手机号今天提交得太多了", "明天"))
    spend(daily, phone, at=at)


def spend_on_following(*, phone: str, client: str, at: datetime) -> None:
    """Count one case that this phone begins to follow, asked from this network."""
    most = settings.INTAKE_PER_CLIENT_HOUR
    hourly = Limit("follow-client-hour", most, HOUR, _refusal("这个网络上一小时内关注得太多了", "过一小时"))
    daily = Limit("follow-phone-day", FOLLOWED_PER_PHONE_AND_DAY, DAY, _refusal("这个手机号今天关注得太多了", "明天"))
    spend(hourly, client, at=at)
    spend(daily, phone, at=at)


def spend_on_photo(*, client: str, at: datetime) -> None:
    """Count one photo sent from this network, before it is decoded."""
    most = settings.INTAKE_PER_CLIENT_HOUR * PHOTOS_PER_FILED
    hourly = Limit("photo-client-hour", most, HOUR, _refusal("这个网络上一小时内照片传得太多了", "过一小时"))
    spend(hourly, client, at=at)


def _refusal(what: str, when: str) -> str:
    hotline = settings.FOOTER["hotline"]
    call = f"急事请打投诉热线 {hotline}" if hotline else f"急事请找{settings.FOOTER['organizer']}"
    return f"{what}。您填的都还在，请{when}再提交；{call}。"
