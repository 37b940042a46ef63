"""What residents of the sample city take part in: the initiative and who joined it."""

from datetime import datetime, timedelta

from mohe_portal.sample_city.cast import Cast
from mohe_portal.sample_city.dice import Dice, dice
from publicity.actions import initiative
from publicity.models import Joining

INITIATIVE = initiative.Words(
    title="创城全民倡议书（示例）",
    text=(
        "全市居民朋友们：\n\n"
        "漠河正在争创全国文明城市。城市是大家的，干净、有序、和气，要靠每一个人。我们倡议：\n\n"
        "一、爱护环境。垃圾分好类、放进桶；门前的雪，当天扫。\n\n"
        "二、守规矩。走斑马线，不闯红灯；车停在线里，不占盲道和消防通道。\n\n"
        "三、讲公德。楼道不堆东西，公共场所不吸烟、不大声喧哗，遛狗牵绳。\n\n"
        "四、帮一把。邻居有难处，问一声；有空，报名一次志愿活动。\n\n"
        "五、说一声。看到问题，拍张照片告诉我们，一起盯着办好。"
    ),
    signed_by="漠河市创城办（示例）",
)
SECOND_NOTE = "第一条补上“门前的雪，当天扫”"
JOINED = 846
DAYS = 60


def invite(seed: int, cast: Cast, *, until: datetime) -> None:
    """Publish what residents can take part in, and let them."""
    _start_initiative(dice(seed, "initiative"), cast, until)


def _start_initiative(chance: Dice, cast: Cast, until: datetime) -> None:
    office, began_at = cast.office[0], until - timedelta(days=DAYS)
    shorter = INITIATIVE.text.replace("；门前的雪，当天扫", "")
    first = initiative.publish(
        initiative.Words(INITIATIVE.title, shorter, INITIATIVE.signed_by), seen=0, by=office, at=began_at
    )
    changed_at = until - timedelta(days=20)
    second = initiative.publish(
        initiative.Words(INITIATIVE.title, INITIATIVE.text, INITIATIVE.signed_by, SECOND_NOTE),
        seen=1, by=office, at=changed_at,
    )  # fmt: skip
    moments = [began_at + (until - began_at) * chance.random() for _ in range(JOINED)]
    Joining.objects.bulk_create(
        Joining(version=second if at >= changed_at else first, joined_at=at) for at in sorted(moments)
    )
