"""How much one network may take part: a class of pupils behind one address may, a script may not for long."""

from datetime import datetime, timedelta

from django.conf import settings

from common.budgets import Limit, spend_all

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# All together may do as much as so many networks.
NETWORKS = 50
# A school answers a quiz from one address, and some answer it again.
ANSWERS_PER_FILED = 5


def spend_on_joining(*, client: str, at: datetime) -> None:
    """Count one who joins the initiative from this network. Raises TooMany."""
    most = settings.INTAKE_PER_CLIENT_HOUR
    hourly = Limit("join-client-hour", most, HOUR, "这个网络上一小时内参加的人太多了，这一次没有计入。请过一小时再点。")
    daily = Limit("join-client-day", most * 6, DAY, "这个网络上今天参加的人太多了，这一次没有计入。请明天再点。")
    everybody = Limit("join-all-hour", most * NETWORKS, HOUR, "现在参加的人太多了，这一次没有计入。请过一小时再点。")
    spend_all([(hourly, client), (daily, client), (everybody, "")], at=at)


def spend_on_answering(*, client: str, at: datetime) -> None:
    """Count one who answers a round of the quiz from this network. Raises TooMany."""
    most = settings.INTAKE_PER_CLIENT_HOUR * ANSWERS_PER_FILED
    hourly = Limit("quiz-client-hour", most, HOUR, "这个网络上一小时内交卷的人太多了。您选的都还在，请过一小时再交。")
    daily = Limit("quiz-client-day", most * 6, DAY, "这个网络上今天交卷的人太多了。您选的都还在，请明天再交。")
    everybody = Limit("quiz-all-hour", most * NETWORKS, HOUR, "现在交卷的人太多了。您选的都还在，请过一小时再交。")
    spend_all([(hourly, client), (daily, client), (everybody, "")], at=at)
