"""The rules of dispatching in the sample city, one of them out of use, and the classes that want a photo."""

from datetime import datetime

from accounts.models import Unit
from common.clock import CITY_TIME
from complaints import actions
from complaints.models import Category, ProblemGroup, RoutingRule
from grids.models import Community
from mohe_portal.sample_city.cast import Cast

# None of these is what the sample cases are about: their lives were told without rules and without this wish.
WITH_PHOTO = ("路面塌陷", "工地扬尘", "行道树")


def rule_dispatching(cast: Cast, *, until: datetime) -> None:
    Category.objects.filter(name__in=WITH_PHOTO).update(needs_photo=True)
    since = until.astimezone(CITY_TIME).date()
    classes = {one.name: one for one in Category.objects.filter(name__in=WITH_PHOTO)}
    seat = Community.objects.filter(code="232701100001").first()
    rules = [
        RoutingRule(name="路面塌陷马上派", category=classes["路面塌陷"], unit=cast.unit(12), is_automatic=True),
        RoutingRule(name="松苑社区行道树", category=classes["行道树"], community=seat, unit=cast.unit(15)),
        RoutingRule(name="老平房区垃圾（试行结束）", group=ProblemGroup.GARBAGE, unit=_last_unit(), is_active=False),
    ]
    actions.save_filter(name="积雪，还没办完", query="group=cleaning&state=open", by=cast.office[0])
    for rule in rules:
        rule.started_on = since
        actions.add_rule(rule, by=cast.office[0], at=until)


def _last_unit() -> Unit:
    return Unit.objects.order_by("-code")[0]
