"""The rules of dispatching in the sample city, one of them out of use, and the classes that want a photo."""

from datetime import datetime

from accounts.models import Unit
from common.clock import CITY_TIME
from complaints import actions
from complaints.models import Category, ProblemGroup, RoutingRule
from grids.models import Community
from mohe_portal.sample_city.cast import Cast

WITH_PHOTO = ("非机动车乱停放", "占用消防通道", "露天烧烤")


def rule_dispatching(cast: Cast, *, until: datetime) -> None:
    """After the cases: their lives were told without these rules."""
    Category.objects.filter(name__in=WITH_PHOTO).update(needs_photo=True)
    since = until.astimezone(CITY_TIME).date()
    snow = Category.objects.filter(name="道路积雪、积冰").first()
    seat = Community.objects.filter(code="232701100001").first()
    rules = [
        RoutingRule(name="主干路积雪派环卫", category=snow, unit=cast.unit(12), is_automatic=True),
        RoutingRule(name="松苑社区路灯和井盖", group=ProblemGroup.LIGHTS, community=seat, unit=cast.unit(15)),
        RoutingRule(name="老平房区垃圾（试行结束）", group=ProblemGroup.GARBAGE, unit=_last_unit(), is_active=False),
    ]
    actions.save_filter(name="积雪，还没办完", query="group=cleaning&state=open", by=cast.office[0])
    for rule in rules:
        rule.started_on = since
        actions.add_rule(rule, by=cast.office[0], at=until)


def _last_unit() -> Unit:
    return Unit.objects.order_by("-code")[0]
