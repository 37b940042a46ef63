"""Pledges of the heads of units and the ledger of publicity work in the sample city."""

import hashlib
from datetime import datetime, timedelta

from common.clock import CITY_TIME
from complaints.pictures import CleanPhoto
from mohe_portal.sample_city.cast import Cast
from mohe_portal.sample_city.dice import dice
from mohe_portal.sample_city.pictures import HEIGHT, WIDTH, photo
from publicity.actions import ledger
from publicity.models import Work

# The units whose heads spoke.
SPOKE = (1, 2, 3, 5, 7, 8, 12, 15)
PLEDGE = (
    "创城是我们单位今年的头等大事（示例）。\n\n"
    "我们承诺：包保的网格每天有人巡查，看到的问题当天登记；派来的案件按时签收、按时办完，办完请居民评。\n\n"
    "做得到的马上做，一时做不到的写明原因和日期，插了蓝旗不找理由。"
)
WORKS: tuple[tuple[Work.Kind, str, str, int, int], ...] = (
    (Work.Kind.SCREEN, "创城宣传片滚动播放（示例）", "主要街路 LED 屏", 58, 7),
    (Work.Kind.TEXT_MESSAGE, "创城公益短信（示例）", "三家运营商", 30000, 7),
    (Work.Kind.HANDBOOK, "入户发放创城手册（示例）", "四个社区", 400, 20),
    (Work.Kind.VIDEO, "文明过马路短视频（示例）", "公交车载屏", 6, 24),
    (Work.Kind.MEDIA, "清雪志愿服务的报道（示例）", "示例媒体", 1, 17),
)
DAYS = 75


def publicize(seed: int, cast: Cast, *, until: datetime, files: list[str]) -> None:
    """Pledges, and what was done every few days; `files` learns what lies on the disk."""
    office, chance, today = cast.office[0], dice(seed, "publicity"), until.astimezone(CITY_TIME).date()
    for number, unit in enumerate(SPOKE):
        spoken_on = today - timedelta(days=40 + number)
        is_public = number != len(SPOKE) - 1
        draft = ledger.PledgeDraft(cast.unit(unit), "主要负责人（示例）", PLEDGE, spoken_on, is_public)
        ledger.write_pledge(draft, by=office, at=until)
    for kind, title, place, amount, every in WORKS:
        for back in range(chance.randint(1, 4), DAYS, every):
            is_last = kind == Work.Kind.HANDBOOK and back < every
            work = ledger.enter_work(
                ledger.WorkDraft(
                    kind, title, today - timedelta(days=back), place, None, amount, photo=_shot() if is_last else None
                ),
                by=office,
                at=until,
            )
            files += [str(work.picture.file.name)] if is_last else []


def _shot() -> CleanPhoto:
    content = photo("boxes", after=True, hue=3)
    return CleanPhoto(content, WIDTH, HEIGHT, hashlib.sha256(content).hexdigest())
