"""The words of the sample city: plain, plausible and visibly invented (示例)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mohe_portal.sample_city.dice import Dice

Scene = Literal["snow", "bin", "lamp", "cover", "pothole", "car", "water", "boxes", "poster", "stall"]

STEMS = "甲乙丙丁戊己庚辛壬癸"

TOWNS = (
    ("232701100", "西林吉镇"),
    ("232701101", "图强镇"),
    ("232701102", "阿木尔镇"),
    ("232701103", "兴安镇"),
    ("232701104", "北极镇"),
    ("232701105", "古莲镇"),
)

SPECIAL_GROUPS = (  # code, name, has a board
    ("sanitation", "环境卫生组（示例）", True),
    ("facilities", "基础设施组（示例）", True),
    ("traffic", "交通秩序组（示例）", True),
    ("markets", "市场环境组（示例）", True),
    ("communities", "社区建设组（示例）", True),
    ("publicity", "文明宣传组（示例）", True),
    ("volunteering", "志愿服务组（示例）", True),
    ("minors", "未成年人组（示例）", True),
    ("services", "公共服务组（示例）", True),
    ("supervision", "督导组（示例）", False),
)

_COMPOUND_BEGINNINGS = [
    "阳光",
    "松苑",
    "明苑",
    "桥北",
    "林海",
    "雪原",
    "北极光",
    "樟松",
    "白桦",
    "落叶松",
    "杜鹃",
    "金沟",
    "兴林",
    "振兴",
    "和平",
    "幸福",
    "安居",
    "康乐",
    "惠民",
    "春晖",
    "朝阳",
    "向阳",
    "晨光",
    "星河",
    "银河",
    "冰晶",
    "瑞雪",
    "清河",
    "河畔",
    "临江",
    "青松",
    "翠林",
    "绿野",
    "百草",
    "蓝莓",
    "红豆",
    "鹿鸣",
    "云杉",
    "山水",
    "静园",
    "书香",
    "育才",
    "祥和",
    "平安",
    "吉祥",
    "团结",
    "友谊",
    "建设",
    "新风",
    "文明",
]
_COMPOUND_ENDINGS = ("小区", "家园", "花园", "新村", "公寓", "嘉园", "苑", "里")


def compound_names(dice: Dice, count: int) -> Iterator[str]:
    """Yield names of residential compounds, no two alike."""
    names = [f"{beginning}{ending}（示例）" for beginning in _COMPOUND_BEGINNINGS for ending in _COMPOUND_ENDINGS]
    unlike = [name for name in names if "苑苑" not in name]
    return iter(dice.sample(unlike, count))


def unit_name(number: int) -> str:
    return f"示例单位 {number:02d}"


def person_name(number: int) -> str:
    """Return 示例人员甲 … 癸, then 示例人员 11 and so on."""
    return f"示例人员{STEMS[number - 1]}" if number <= len(STEMS) else f"示例人员 {number}"


def liaison_name(unit: int) -> str:
    return f"示例联络员 {unit:02d}"


def phone(number: int) -> str:
    """Return a number of the range that samples use: 1380000 and four digits."""
    return f"1380000{number % 10000:04d}"


def leader_name(number: int) -> str:
    return f"示例领导{STEMS[number - 1]}" if number <= len(STEMS) else f"示例领导 {number}"


@dataclass(frozen=True)
class Matter:
    """One kind of problem: its fine class, how residents put it, how units answer, when in the year it happens."""

    category: str
    texts: tuple[str, ...]
    places: tuple[str, ...]
    results: tuple[str, ...]
    scene: Scene | None = None
    months: frozenset[int] = frozenset(range(1, 13))
    weight: int = 3


WINTER = frozenset({10, 11, 12, 1, 2, 3, 4})
SUMMER = frozenset({5, 6, 7, 8, 9})

DOORS = ("{house} 号楼 {door} 单元门口", "{house} 号楼前", "{house} 号楼 {door} 单元")
STAIRS = ("{house} 号楼 {door} 单元楼道", "{house} 号楼 {door} 单元二楼缓台")
ROADS = ("大门口", "院内主路", "北侧人行道", "南门外路口", "{house} 号楼东侧路段")
YARDS = ("{house} 号楼后院", "院内空地", "垃圾点旁", "围墙外")
SHOPS = ("临街门市前", "南门早市", "{house} 号楼一楼门市", "公交站旁")

MATTERS = (
    Matter(
        "道路积雪、积冰",
        (
            "{place}积雪结冰{days}了，老人出门容易滑倒，请尽快清理。",
            "下完雪{days}没人清，{place}已经踩成冰了，孩子上学不好走。",
            "{place}的雪堆在路边，把人行道占了，行人只能走车道。",
            "房檐的冰溜子掉在{place}，地面也全是冰，走路不安全。",
        ),
        (*DOORS, *ROADS),
        (
            "已用铲雪车和人工清理积雪，并撒防滑砂。",
            "{staff}人到场，门口和通道的冰雪已铲净运走。",
            "积雪已清运，冰面已刨除，留了防滑垫。",
        ),
        "snow",
        WINTER,
        12,
    ),
    Matter(
        "道路不洁",
        (
            "{place}{days}没有清扫，纸屑和烟头到处都是。",
            "{place}泥土很多，一刮风全是灰，希望每天扫一次。",
            "{place}的落叶和垃圾没人管，请安排清扫。",
        ),
        ROADS,
        ("已安排保洁员清扫，并加了一次下午保洁。", "路面已清扫干净，列入每天巡查。"),
        "bin",
        weight=5,
    ),
    Matter(
        "垃圾满溢",
        (
            "{place}的垃圾箱满了{days}没人收，垃圾堆到外面来了。",
            "垃圾桶总是满的，{place}味道很大，请增加清运次数。",
            "{place}垃圾箱满溢，流浪狗把袋子扯得到处都是。",
        ),
        YARDS,
        ("垃圾已清运，清运改为每天两次。", "已清空并冲洗垃圾箱，又加放了 {staff} 个桶。"),
        "bin",
        weight=9,
    ),
    Matter(
        "暴露生活垃圾",
        (
            "{place}有人乱倒生活垃圾，已经堆了{days}。",
            "{place}成了垃圾点，夏天有味冬天冻成一片，请清走。",
        ),
        YARDS,
        ("垃圾已清理，立了提示牌，并在巡查中盯守。", "已清运垃圾 {staff} 车，地面已整平。"),
        "bin",
        weight=6,
    ),
    Matter(
        "垃圾箱（果皮箱、桶）",
        ("{place}的果皮箱坏了，门掉在地上。", "{place}垃圾桶没有盖，风一吹垃圾就飞出来。"),
        ROADS,
        ("果皮箱已更换。", "已修好箱门并刷漆。"),
        "bin",
    ),
    Matter(
        "路灯",
        (
            "{place}的路灯不亮{days}了，晚上很黑，请修一下。",
            "{place}两盏路灯一闪一闪的，晚上看不清路。",
            "天黑以后{place}没有灯光，放学的孩子害怕。",
        ),
        (*ROADS, "广场北侧", "河边步道"),
        ("线路接头老化，已更换，路灯已亮。", "已换灯头 {staff} 个，夜间复查正常。"),
        "lamp",
        weight=9,
    ),
    Matter(
        "污水井盖",
        (
            "{place}道路中间井盖松动，车一过就响。",
            "{place}的井盖缺了一块，容易崴脚。",
            "{place}井盖下沉，比路面低一截。",
        ),
        ROADS,
        ("已更换井盖并加固井圈。", "井圈已重新浇筑，养护三天后放行。"),
        "cover",
        weight=6,
    ),
    Matter(
        "雨水箅子",
        ("{place}雨水箅子堵了，一下雨就积水。", "{place}的雨水箅子断了两根，自行车轮会卡进去。"),
        ROADS,
        ("已清掏井室并换新箅子。", "淤泥已清出，排水通畅。"),
        "cover",
        SUMMER,
        4,
    ),
    Matter(
        "道路破损",
        ("{place}路面有坑，车过去颠得厉害，请修补。", "{place}翻浆了，坑越来越大，{days}前有人在这里摔倒。"),
        ROADS,
        ("坑洼已用冷补料填平。", "路面已修补 {staff} 处，恢复通行。"),
        "pothole",
        weight=6,
    ),
    Matter(
        "人行道",
        ("{place}的步道砖松了，踩上去溅一身水。", "{place}步道砖缺了一片，老人走路不方便。"),
        ROADS,
        ("松动的步道砖已重新铺好。", "已补砖 {staff} 平方米。"),
        "pothole",
        SUMMER,
    ),
    Matter(
        "占用消防通道",
        ("{place}消防通道被私家车占了，{days}没挪。", "{place}的消防通道总停车，万一有事车进不来。"),
        ("院内主路", "{house} 号楼前", "北门"),
        ("已联系车主挪车，重新划了禁停线。", "通道已腾空，门卫每天看两次。"),
        "car",
        weight=6,
    ),
    Matter(
        "私设地桩、地锁、停车杆",
        ("{place}有人私自装地锁占车位。", "{place}放了水泥墩占车位，别人没法停车。"),
        ("院内空地", "{house} 号楼前"),
        ("地锁已拆除，地面已修平。", "占位物已清走，已向住户说明规定。"),
        "car",
    ),
    Matter(
        "非机动车乱停放",
        ("{place}自行车和电动车乱放，门都打不开。", "{place}电动车停了一排，挡住盲道。"),
        (*DOORS, *SHOPS),
        ("车辆已摆齐，划了停放区。", "无人认领的旧车已登记移走。"),
        "car",
        SUMMER,
    ),
    Matter(
        "热力管道破裂",
        (
            "{place}暖气不热，室内只有 {degrees} ℃，已经{days}了。",
            "{place}供热管道漏水，楼道里都是热气，家里不热。",
            "{place}二楼管道渗水，楼道结冰，暖气也不热。",
        ),
        ("{house} 号楼 {door} 单元",),
        ("管道漏点已焊补，室温回到 20 ℃以上。", "已清洗过滤器、调平支管，入户测温合格。"),
        "water",
        WINTER,
        10,
    ),
    Matter(
        "供水管道破裂",
        (
            "{place}自来水管漏水，路面上都是水。",
            "{place}停水{days}了，没有看到通知。",
            "{place}地下往外冒水，像是水管破了。",
        ),
        ("{house} 号楼前", "大门口", "院内主路"),
        ("漏点已挖开修好，恢复供水。", "已更换爆裂管段 {staff} 米，路面已回填。"),
        "water",
        weight=6,
    ),
    Matter(
        "排水管道堵塞、破裂",
        ("{place}下水堵了，脏水冒到地面上。", "{place}污水外溢{days}，味道很大，请疏通。"),
        ("{house} 号楼后院", "{house} 号楼 {door} 单元门口"),
        ("管道已疏通，污水已抽净消杀。", "已更换塌陷管段，排水正常。"),
        "water",
        weight=6,
    ),
    Matter(
        "乱堆物堆料",
        (
            "{place}堆了很多杂物，过人要侧着身子。",
            "{place}堆放纸箱和木头，怕着火，请清一清。",
            "{place}有人堆沙子和砖{days}了，一直没人管。",
        ),
        (*STAIRS, *YARDS),
        ("杂物已清走，和住户讲明了不能再堆。", "已清运堆物 {staff} 车，楼道畅通。"),
        "boxes",
        weight=9,
    ),
    Matter(
        "废弃家具设备",
        ("{place}堆放旧家具和纸箱，占了半个楼道。", "{place}扔着旧沙发和床垫，已经{days}了。"),
        (*STAIRS, *YARDS),
        ("旧家具已拉走，通知了大件垃圾投放点。", "已联系住户搬走。"),
        "boxes",
        weight=5,
    ),
    Matter(
        "非法小广告",
        ("{place}贴满了开锁、疏通的小广告。", "{place}墙上的小广告刚刷完又贴上了。"),
        (*STAIRS, *DOORS),
        ("小广告已清除，墙面已粉刷。", "已清除小广告 {staff}0 余张。"),
        "poster",
        weight=6,
    ),
    Matter(
        "违规养犬",
        ("{place}有人遛狗不牵绳，孩子害怕。", "{place}养了好几条大狗，半夜叫，影响休息。"),
        ("院内空地", "{house} 号楼 {door} 单元"),
        ("已上门告知养犬规定，住户答应牵绳。", "已联合派出所登记，大型犬已送走。"),
        weight=4,
    ),
    Matter(
        "店外经营",
        ("{place}有店家把货摆到人行道上，行人要走车道。", "{place}有店家把冰柜和桌子放在外面，一直占道。"),
        SHOPS,
        ("店家已把货物收回店内，签了承诺。", "已劝导整改，连续三天复查没有再犯。"),
        "stall",
        weight=5,
    ),
    Matter(
        "占道经营",
        ("{place}摆摊的占了半条路，早上堵车。", "{place}散市以后满地菜叶，没人收拾。"),
        SHOPS,
        ("摊位已引导进市场，地面已清扫。", "已划定摊区，收摊后由专人清扫。"),
        "stall",
        weight=5,
    ),
    Matter(
        "露天烧烤",
        ("{place}烧烤店油烟直排居民窗口。", "{place}晚上露天烧烤，烟大声也大。"),
        SHOPS,
        ("店家已改用净化炉具，桌椅退回店内。", "已停止露天烧烤，晚间复查三次。"),
        "stall",
        SUMMER,
        5,
    ),
    Matter(
        "商业噪音",
        ("{place}店铺大喇叭从早放到晚。", "{place}音响声音太大，晚上十点还在放。"),
        SHOPS,
        ("店家已撤下喇叭。", "已测声并要求调低，店家已照办。"),
    ),
    Matter(
        "施工扰民",
        ("{place}装修电钻中午也不停，老人休息不了。", "{place}夜里还在施工，吵得睡不着。"),
        ("{house} 号楼 {door} 单元", "围墙外"),
        ("已约定中午和夜间停工。", "工地已调整时间，夜间不再施工。"),
        months=SUMMER,
    ),
    Matter(
        "施工物料乱堆放",
        ("{place}施工剩下的砖和沙子堆在路边{days}。", "{place}施工材料堆在路边，没有围挡。"),
        ROADS,
        ("物料已清走，路面已清扫。", "已设围挡，余料三天内运完。"),
        "boxes",
        SUMMER,
    ),
    Matter(
        "绿地脏乱",
        ("{place}绿地里都是塑料袋。", "{place}花坛里长满杂草，还有垃圾。"),
        ("院内空地", "广场北侧", "大门口"),
        ("垃圾已捡净，杂草已除。", "绿地已整理，补种了花苗。"),
        "bin",
        SUMMER,
        4,
    ),
    Matter(
        "水域不洁",
        ("{place}水面漂着垃圾。", "{place}岸边有塑料瓶和渔线，请捡一捡。"),
        ("河边步道", "大桥下"),
        ("岸边垃圾已捡净。", "已打捞漂浮物，并加一次巡河。"),
        "bin",
        SUMMER,
    ),
    Matter(
        "户外健身设施",
        ("{place}健身器材螺丝松了，不敢用。", "{place}的漫步机坏了一边，容易夹手。"),
        ("院内空地", "广场北侧"),
        ("螺丝已紧固，器材可以使用。", "损坏器材已更换。"),
        weight=4,
    ),
    Matter(
        "线体垂落",
        ("{place}有线缆垂下来，伸手就能碰到。", "{place}电线杆上的线断了一根，搭在树上。"),
        (*DOORS, *ROADS),
        ("线缆已收紧固定。", "经查为废弃通信线，已剪除。"),
        weight=4,
    ),
    Matter(
        "公共厕所",
        ("{place}公厕水管坏了，已经{days}没开门。", "{place}公厕没人打扫，味道大。"),
        ("广场北侧", "南门早市"),
        ("水管已修好，公厕已开放。", "已加保洁一次，通风扇已换。"),
    ),
    Matter(
        "无障碍坡道及盲道",
        ("{place}的坡道太陡，轮椅上不去。", "{place}盲道被柱子挡住了。"),
        SHOPS,
        ("坡道已按标准改缓，加了扶手。", "挡住盲道的柱子已移开。"),
        weight=2,
    ),
)

DAYS = ("两天", "三天", "四天", "五天", "一个星期", "十来天")

THANKS = ("办得快，谢谢。", "已经弄好了，挺满意。", "来人很快，态度也好。", "比以前强多了。", "")
GRUMBLES = ("清了一半，边上还有。", "修好一天又坏了。", "没有看到人来处理。", "时间太长了。", "")

ACCEPT_NOTES = ("情况清楚，予以受理。", "照片和位置清楚，受理。", "电话核实过，受理。", "")
REJECT_REASONS = (
    "这是住户之间的纠纷，请找社区居委会调解。",
    "涉及劳动报酬，请拨打 12333。",
    "位置和内容看不明白，电话也没有打通。请补充后再提交。",
    "这件事已由法院受理，请按判决办理。",
    "涉及消费退款，请拨打 12315。",
)
SIGN_NOTES = ("已安排人员到现场。", "今天下午到场处理。", "已转维修班组。", "已联系住户，明天上午处理。", "")
RETURN_REASONS = (
    "该处不在我单位包保网格内。",
    "属于管线单位的设施，我单位没有维修资格。",
    "现场核对，位置在相邻网格。",
    "这一类由职能单位办理更合适。",
)
VERIFY_NOTES = ("到现场看过，已办好。", "现场照片和反映位置一致，办结。", "和反映人通过电话，确认已解决。")
REWORK_REASONS = ("现场还有一段没清，返工。", "照片不是反映的位置，请重新办理。", "修好当天又坏，请查明原因再办。")

MONTH_TASKS: dict[str, tuple[str, ...]] = {
    "sanitation": (
        "清运无物业楼院垃圾 {n} 次",
        "公厕保洁巡查 {n} 次",
        "主街果皮箱维修 {n} 个",
        "背街小巷卫生死角清零",
        "垃圾分类宣传入户 {many} 户",
        "宠物粪便文明提示牌 {n} 块",
        "清掏化粪池 {few} 处",
    ),
    "facilities": (
        "修补破损路面 {many} 平方米",
        "更换松动井盖 {n} 个",
        "检修路灯 {n} 盏",
        "清掏井室 {n} 处",
        "补铺步道砖 {many} 平方米",
        "维修健身器材 {few} 套",
        "无障碍坡道改造 {few} 处",
    ),
    "traffic": (
        "路口交通劝导 {n} 次",
        "施划停车泊位 {n} 个",
        "清理僵尸车 {few} 台",
        "学校门前护学岗 {n} 班次",
        "非机动车停放区划线 {few} 处",
        "消防通道占用整治 {few} 处",
    ),
    "markets": (
        "早市环境整治 {few} 次",
        "检查餐饮店 {n} 家",
        "规范门前经营 {n} 户",
        "公平秤校验 {few} 台",
        "明码标价检查 {n} 户",
    ),
    "communities": (
        "楼道堆物清理 {n} 处",
        "清除楼道小广告 {many} 张",
        "楼道粉刷 {few} 个单元",
        "召开居民议事会 {few} 次",
        "社区公约上墙 {few} 处",
        "无物业楼院整治 {few} 处",
        "飞线充电整治 {n} 处",
    ),
    "publicity": (
        "更新公益广告 {n} 处",
        "发放市民手册 {many} 册",
        "文明宣传进小区 {few} 次",
        "投稿 {few} 篇",
        "LED 屏播放公益短片 {n} 次",
        "文明用语上墙 {few} 处",
    ),
    "volunteering": (
        "楼道卫生整治活动 {few} 次",
        "交通劝导志愿活动 {few} 次",
        "扶残助老入户 {n} 户",
        "志愿者注册率达到 90%",
        "双岗党员入网格服务 {few} 次",
    ),
    "minors": (
        "网吧检查 {few} 次",
        "校园周边整治 {few} 次",
        "学雷锋主题班会 {few} 次",
        "心理辅导课 {few} 节",
        "家庭教育讲座 {few} 场",
        "少年宫活动 {few} 次",
    ),
    "services": (
        "窗口服务规范检查 {few} 次",
        "办事大厅设爱心座椅 {n} 个",
        "公共场所禁烟检查 {few} 次",
        "文明窗口评比 1 次",
        "老年人绿色通道开通 {few} 处",
        "群众满意度回访 {n} 人",
    ),
}

WINTER_TASKS: dict[str, tuple[str, ...]] = {
    "sanitation": ("单元门口清雪责任牌上墙", "完成 {few} 处积雪倾倒点围挡", "主街清雪不过夜"),
    "facilities": ("坡道和桥面撒防滑砂 {n} 次", "供热管网巡检 {n} 次"),
    "communities": ("楼顶冰溜子清除 {n} 处",),
    "volunteering": ("清雪志愿活动 {few} 次",),
}
SUMMER_TASKS: dict[str, tuple[str, ...]] = {
    "sanitation": ("河道两侧白色垃圾清理", "除草 {many} 平方米"),
    "facilities": ("供热管网检修 {few} 处", "屋面防水修补 {few} 处"),
    "markets": ("露天烧烤整治 {few} 次",),
    "communities": ("小区补植花草 {many} 平方米",),
}

BLUE_REASONS = (
    ("材料未到货", "已与供货方确认发货日期，到货即装。"),
    ("车辆检修，次数没有做够", "借用环卫车辆补做。"),
    ("住户意见不一致，还没有签字", "由社区再开一次议事会。"),
    ("资金还没有拨付", "已报财政，同时先做不用钱的部分。"),
    ("人手不够，只完成一半", "从机关抽调人员，每周两次补齐。"),
    ("合作单位时间对不上", "已重新约定日期。"),
    ("证据没有留全，不能算完成", "补拍照片，补签到表。"),
)
WINTER_BLUE_REASONS = (
    ("水管冻裂，正在抢修", "抢修后恢复开放。"),
    ("连续降雪，人员先保主街", "雪停后集中补做，每周报进度。"),
    ("气温低，不能施工", "改为室内部分先做，室外部分列入开春计划。"),
)
