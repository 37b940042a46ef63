"""News of the sample city in the three sections: published, one withdrawn and one still a draft."""

import hashlib
from datetime import datetime, time, timedelta

from common.clock import CITY_TIME
from complaints.pictures import CleanPhoto
from mohe_portal.sample_city.cast import Cast
from mohe_portal.sample_city.pictures import HEIGHT, WIDTH, photo
from mohe_portal.sample_city.words import Scene
from publicity import actions
from publicity.models import Announcement, Section

# Days before today, section, title, text; scene and words of the picture.
NEWS: tuple[tuple[int, Section, str, str, tuple[Scene, str] | None], ...] = (
    (
        1, Section.UNDER_WAY, "降雪以后，各单位清扫包保网格（示例）",
        "昨夜降雪，各责任单位一早到包保网格清雪，先清出入口、楼道口和公交站。\n\n"
        "居民看到还有没清的地方，可以在首页“我要投诉”里拍照告诉我们，写明哪个小区、哪栋楼。",
        ("snow", "清过雪的小区道路"),
    ),
    (
        4, Section.CAMPAIGN, "本月红蓝旗开始标旗，下旬公布（示例）",
        "各单位本月任务的完成情况正在核对。按时完成的插红旗；没完成的插蓝旗，写明原因、下一步和新的完成日期。\n\n"
        "九块图版在“红蓝旗”里随时可以看，领导小组会议以后锁定，不再改动。",
        None,
    ),
    (
        8, Section.PIONEERS, "示例单位 07 的志愿者：每周三清一次楼道（示例）",
        "示例单位 07 的志愿队每周三到包保网格清楼道堆物，先和住户商量，再一起搬。三个月清了十一个单元。\n\n"
        "队长说，东西清走容易，难的是不再堆。所以每次走之前，都给每个单元留一个看楼道的人。",
        ("boxes", "清理以后的楼道口"),
    ),
    (
        13, Section.UNDER_WAY, "路灯补装：先补小区出入口（示例）",
        "入冬天黑得早，路灯不亮的反映多了起来。创城办和承办单位排了先后：先补小区出入口和公交站，再补院内。\n\n"
        "每一处补好以后，都在“办好的事”里公开办理前后的照片。",
        ("lamp", "补装以后亮起来的路灯"),
    ),
    (
        19, Section.CAMPAIGN, "怎样查自己住的地方由哪个单位负责（示例）",
        "打开“我的网格”，点自己住的地方，或者写小区名，就能看到这个网格由哪个单位包保、哪位领导联系。\n\n"
        "有事先找社区，也可以直接在这里反映，系统会送到该办的单位。",
        None,
    ),
    (
        27, Section.PIONEERS, "热线受理员的一天（示例）",
        "热线受理员接起电话，先问在哪里、什么事，再读一遍查询码。遇到老人，就慢一点再读一遍。\n\n"
        "她说，最高兴的是回访时听到一句：办好了。",
        None,
    ),
    (
        34, Section.UNDER_WAY, "农贸市场门前不再占道（示例）",
        "门前的摊位挪进了市场里的固定位置，人行道让了出来。示例单位 12 每天早晚各看一次，一周没有反弹。",
        ("stall", "让出来的人行道"),
    ),
    (
        48, Section.CAMPAIGN, "民生实事进展网上看得到（示例）",
        "今年的重大民生实事和为民办实事都在“民生实事”里公开，写明谁办、办到哪一步、什么时候办完。\n\n"
        "进展由责任单位填写，完成由创城办核实后登记。",
        None,
    ),
)  # fmt: skip
DRAFT = ("冬季清雪怎么分工（草稿，示例）", "主次干道、小区和单位门前各由谁清，还在核对名单。")


def publish_news(cast: Cast, *, until: datetime, files: list[str]) -> None:
    """Write and publish the news, each on its day; `files` learns what lies on the disk."""
    office = cast.office[0]
    for number, (days, section, title, text, picture) in enumerate(NEWS):
        day = until.astimezone(CITY_TIME).date() - timedelta(days=days)
        at = datetime.combine(day, time(10, 30), CITY_TIME)
        shot, words = (_shot(picture[0], number), picture[1]) if picture else (None, "")
        written = actions.write(
            actions.Draft(section, title, day, text, photo=shot, photo_words=words), by=office, at=at
        )
        actions.publish(written, by=office, at=at + timedelta(minutes=20))
        files += [str(written.photo.file.name)] if written.photo else []
    last = Announcement.objects.order_by("dated_on")[0]
    actions.withdraw(last, by=office, at=until)
    title, text = DRAFT
    actions.write(
        actions.Draft(Section.UNDER_WAY, title, until.astimezone(CITY_TIME).date(), text), by=office, at=until
    )


def _shot(scene: Scene, hue: int) -> CleanPhoto:
    content = photo(scene, after=True, hue=hue)
    return CleanPhoto(content, WIDTH, HEIGHT, hashlib.sha256(content).hexdigest())
