"""How much one network may take part: a class of pupils behind one address may, a script may not for long."""

from datetime import datetime, timedelta

from django.conf import settings

from common.budgets import Limit, spend_all

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# All together may do as much as so many networks.
NETWORKS = 50
# A school answers a quiz from one address, and some answer it again.
ANSWERS_PER_FILED = 5
SLOGANS_PER_PHONE_AND_DAY = 20
UNPROVED_PER_CLIENT_AND_HOUR = 5
UNPROVED_PER_HOUR = 60


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


def spend_on_slogans(*, client: str, phone: str, is_proved: bool, at: datetime) -> None:
    """Count one form of slogans sent from this network. Raises TooMany; what was typed is not lost by it.

    All of them are read before they are shown, so that a browser that did no proof of work only has less of a budget.
    """
    kept = "您写的都还在"
    most = settings.INTAKE_PER_CLIENT_HOUR
    hourly = Limit("slogans-client-hour", most, HOUR, f"这个网络上一小时内送来得太多了。{kept}，请过一小时再送。")
    daily = Limit("slogans-client-day", most * 6, DAY, f"这个网络上今天送来得太多了。{kept}，请明天再送。")
    everybody = Limit("slogans-all-hour", most * NETWORKS, HOUR, f"现在送来的太多了。{kept}，请过一小时再送。")
    tries = [(hourly, client), (daily, client), (everybody, "")]
    if phone:
        refusal = f"这个手机号今天送来得太多了。{kept}，请明天再送。"
        tries.append((Limit("slogans-phone-day", SLOGANS_PER_PHONE_AND_DAY, DAY, refusal), phone))
    if not is_proved:
        refusal = f"没有自动核对的提交太多了。{kept}，请过一小时再送。"
        tries.append((Limit("slogans-unproved-client", UNPROVED_PER_CLIENT_AND_HOUR, HOUR, refusal), client))
        tries.append((Limit("slogans-unproved-all", UNPROVED_PER_HOUR, HOUR, refusal), ""))
    spend_all(tries, at=at)
