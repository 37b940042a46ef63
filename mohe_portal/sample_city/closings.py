"""The closed months of the sample city, and two corrections beside them."""

from datetime import datetime, time, timedelta

from common.clock import CITY_TIME
from common.months import Month
from mohe_portal.sample_city.cast import Cast
from progress.actions import close_month, correct_flag
from progress.models import Flag, MonthTask
from reports.actions import build_month_end

CORRECTED = 2
REPORTED = 2


def close_past_months(cast: Cast, *, until: datetime, months: int) -> None:
    """Close every month before the current one, each on its last day; correct two flags of the latest."""
    current = Month.of(until)
    for back in range(months, 0, -1):
        month = current.shifted(-back)
        if MonthTask.objects.of_month(month).exists():
            close_month(month, by=cast.office[0], at=datetime.combine(month.last_day, time(18, 30), CITY_TIME))
    blue = MonthTask.objects.of_month(current.shifted(-1)).filter(flag=Flag.BLUE, made_good_on=None).order_by("pk")
    for task in blue[:CORRECTED]:
        why = "复核台账，任务在当月最后一天已经完成（示例）。"
        at = max(current.starts_at, until - timedelta(days=2))
        correct_flag(task, Flag.RED, statement=None, why=why, number=0, by=cast.office[0], at=at)


def report_month_ends(*, until: datetime, months: int) -> None:
    """Freeze the reports of the latest months that are over, each in the first minutes of the next one."""
    current = Month.of(until)
    for back in range(min(months, REPORTED), 0, -1):
        month = current.shifted(-back)
        build_month_end(month, by=None, at=month.ends_at + timedelta(minutes=20))
