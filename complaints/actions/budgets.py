"""How much one network and one phone may file: more than any resident does, less than a flood."""

from datetime import datetime, timedelta

from django.conf import settings

from common.budgets import Limit, spend, spend_all

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FILED_PER_PHONE_AND_DAY = 20
# An app files for a whole city from one address.
FILED_PER_APP_AND_HOUR = 2000
PHOTOS_PER_FILED = 10
FOLLOWED_PER_PHONE_AND_DAY = 10
SAME_TEXTS_PER_DAY = 20
# All together may file as much as so many networks.
NETWORKS = 50
UNPROVED_PER_CLIENT_AND_HOUR = 5
UNPROVED_PER_HOUR = 60
HELD_PER_PHONE_AND_DAY = 5


def spend_on_filing(*, phone: str, client: str, text: str, at: datetime) -> None:
    """Count one case by this phone, sent from this network, in these words. Raises TooMany."""
    most = settings.INTAKE_PER_CLIENT_HOUR
    hourly = Limit("file-client-hour", most, HOUR, _refusal("这个网络上一小时内提交得太多了", "过一小时"))
    daily = Limit("file-client-day", most * 6, DAY, _refusal("这个网络上今天提交得太多了", "明天"))
    same = Limit("file-text-day", max(SAME_TEXTS_PER_DAY, most // 3), DAY, _refusal("同样的话今天提交得太多了", "明天"))
    everybody = Limit("file-all-hour", most * NETWORKS, HOUR, _refusal("现在提交的人太多了", "过一小时"))
    tries = [(hourly, client), (daily, client), (_phone_limit(), phone), (same, _bare(text)), (everybody, "")]
    spend_all(tries, at=at)


def _bare(text: str) -> str:
    """The words alone: a space or a full stop more makes no other text."""
    return "".join(letter for letter in text if letter.isalnum())


def spend_on_unproved(*, client: str, at: datetime) -> None:
    """Count one case whose browser did no proof of work, which is rare: an old one, or one without script."""
    refusal = _refusal("没有自动核对的提交太多了", "过一小时")
    own = Limit("file-unproved-client", UNPROVED_PER_CLIENT_AND_HOUR, HOUR, refusal)
    everybody = Limit("file-unproved-all", UNPROVED_PER_HOUR, HOUR, refusal)
    spend_all([(own, client), (everybody, "")], at=at)


def spend_on_holding(*, phone: str, client: str, at: datetime) -> None:
    """Count one report that is kept until somebody looked at it. Raises TooMany; what was typed is not lost by it."""
    most = settings.INTAKE_PER_CLIENT_HOUR
    hourly = Limit("held-client-hour", most, HOUR, _refusal("这个网络上一小时内提交得太多了", "过一小时"))
    daily = Limit("held-phone-day", HELD_PER_PHONE_AND_DAY, DAY, _refusal("这个手机号今天提交得太多了", "明天"))
    everybody = Limit("held-all-day", most * NETWORKS, DAY, _refusal("今天提交的人太多了", "明天"))
    spend_all([(hourly, client), (daily, phone), (everybody, "")], at=at)


def spend_on_app_filing(*, phone: str, app: str, at: datetime) -> None:
    """Count one case by this phone, sent by a program with a key of its own (`app` names it)."""
    hourly = Limit("file-app-hour", FILED_PER_APP_AND_HOUR, HOUR, _refusal("现在提交的人太多了", "过一会儿"))
    spend_all([(hourly, app), (_phone_limit(), phone)], at=at)


def _phone_limit() -> Limit:
    return Limit("file-phone-day", FILED_PER_PHONE_AND_DAY, DAY, _refusal("这个手机号今天提交得太多了", "明天"))


def spend_on_following(*, phone: str, client: str, at: datetime) -> None:
    """Count one case that this phone begins to follow, asked from this network."""
    most = settings.INTAKE_PER_CLIENT_HOUR
    hourly = Limit("follow-client-hour", most, HOUR, _refusal("这个网络上一小时内关注得太多了", "过一小时"))
    daily = Limit("follow-phone-day", FOLLOWED_PER_PHONE_AND_DAY, DAY, _refusal("这个手机号今天关注得太多了", "明天"))
    spend_all([(hourly, client), (daily, phone)], at=at)


def spend_on_photo(*, client: str, at: datetime) -> None:
    """Count one photo sent from this network, before it is decoded."""
    most = settings.INTAKE_PER_CLIENT_HOUR * PHOTOS_PER_FILED
    hourly = Limit("photo-client-hour", most, HOUR, _refusal("这个网络上一小时内照片传得太多了", "过一小时"))
    spend(hourly, client, at=at)


def _refusal(what: str, when: str) -> str:
    hotline = settings.FOOTER["hotline"]
    call = f"急事请打投诉热线 {hotline}" if hotline else f"急事请找{settings.FOOTER['organizer']}"
    return f"{what}。您填的都还在，请{when}再提交；{call}。"
