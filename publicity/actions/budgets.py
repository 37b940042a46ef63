"""How much one network may take part: a class of pupils behind one address may, a script may not for long."""

from datetime import datetime, timedelta

from django.conf import settings

from common.budgets import Limit, spend_all

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# All together may do as much as so many networks.
NETWORKS = 50


def spend_on_joining(*, client: str, at: datetime) -> None:
    """Count one who joins the initiative from this network. Raises TooMany."""
    most = settings.INTAKE_PER_CLIENT_HOUR
    hourly = Limit("join-client-hour", most, HOUR, "这个网络上一小时内参加的人太多了，这一次没有计入。请过一小时再点。")
    daily = Limit("join-client-day", most * 6, DAY, "这个网络上今天参加的人太多了，这一次没有计入。请明天再点。")
    everybody = Limit("join-all-hour", most * NETWORKS, HOUR, "现在参加的人太多了，这一次没有计入。请过一小时再点。")
    spend_all([(hourly, client), (daily, client), (everybody, "")], at=at)
