"""What residents of the sample city take part in: the initiative, the quiz, slogans."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from common.clock import CITY_TIME
from mohe_portal.sample_city import words
from mohe_portal.sample_city.cast import Cast
from mohe_portal.sample_city.dice import Dice, dice
from mohe_portal.sample_city.quiz_words import ROUNDS
from publicity.actions import initiative, quiz, slogans
from publicity.models import Attempt, Collection, Entry, Joining, Round

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
ANSWERED_A_DAY = 24
SENDERS = 40
FIRST_PHONE = 6000
FIRST = ("北极", "兴安", "松涛", "极光", "雪岭", "龙江源")
LAST = ("向北，向暖", "同心，同行", "有雪，有光", "守边，守心")
CALL = slogans.Call(
    title="漠河城市精神征集（示例）",
    about="用一句话说出漠河人的精神：守得住寒，待得了客，护得好林。\n\n"
    "不超过 30 个字，可以写几句说明。截止以后请居民代表和专家一起评选，入围和选用的都在这里公开。",
    opens_on=date(2000, 1, 1),
    closes_on=date(2000, 1, 1),
)


def invite(seed: int, cast: Cast, *, until: datetime) -> None:
    """Publish what residents can take part in, and let them."""
    _start_initiative(dice(seed, "initiative"), cast, until)
    _ask(dice(seed, "quiz"), cast, until)
    _collect(dice(seed, "slogans"), cast, until)


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


def _ask(chance: Dice, cast: Cast, until: datetime) -> None:
    """Rounds of two weeks each: the last one has not begun, the one before it runs."""
    office, today = cast.office[0], until.astimezone(CITY_TIME).date()
    for number, (title, about, drafts) in enumerate(ROUNDS):
        opens_on = today + timedelta(days=14 * (number - len(ROUNDS)) + 18)
        begun_at = min(datetime.combine(opens_on, time(9), CITY_TIME), until) - timedelta(days=3)
        made = quiz.begin(quiz.Frame(title, about, opens_on, opens_on + timedelta(days=13)), by=office, at=begun_at)
        quiz.replace_questions(made, drafts, by=office, at=begun_at)
        quiz.publish(made, by=office, at=begun_at)
        _answer(chance, made, until)


def _answer(chance: Dice, made: Round, until: datetime) -> None:
    questions = list(made.questions.all())
    starts_at = datetime.combine(made.opens_on, time(8), CITY_TIME)
    ends_at = min(datetime.combine(made.closes_on, time(22), CITY_TIME), until)
    if ends_at <= starts_at:
        return
    attempts = []
    for _ in range(int((ends_at - starts_at).days * ANSWERED_A_DAY)):
        knows = chance.choice((0.6, 0.8, 0.9, 1))
        letters = [one.right if chance.random() < knows else chance.choice(one.lettered)[0] for one in questions]
        right = quiz.count_right(questions, "".join(letters))
        at = starts_at + (ends_at - starts_at) * chance.random()
        attempts.append(Attempt(round=made, chosen="".join(letters), right=right, answered_at=at))
    Attempt.objects.bulk_create(sorted(attempts, key=lambda attempt: attempt.answered_at))


def _collect(chance: Dice, cast: Cast, until: datetime) -> None:
    """A collection that runs, with slogans in each state and some that nobody looked at yet."""
    office, today = cast.office[0], until.astimezone(CITY_TIME).date()
    call = replace(CALL, opens_on=today - timedelta(days=25), closes_on=today + timedelta(days=20))
    begun_at = datetime.combine(call.opens_on, time(9), CITY_TIME)
    collection = slogans.begin(call, by=office, at=begun_at)
    slogans.publish(collection, by=office, at=begun_at)
    spoken = [f"{first}{last}" for first in FIRST for last in LAST]
    chance.shuffle(spoken)
    for number in range(SENDERS):
        at = begun_at + (until - begun_at) * (number / SENDERS)
        sent = [
            slogans.Slogan(f"{text}（示例）", "写给冬天里的人。" if chance.random() < 0.3 else "")
            for text in chance.sample(spoken, chance.choice((1, 1, 2, 3)))
        ]
        has_phone = chance.random() < 0.5
        by = slogans.SentBy(
            token=f"sample-{number}",
            phone=words.phone(FIRST_PHONE + number) if has_phone else "",
            name=f"示例居民{number:02}" if has_phone else "",
        )
        slogans.send(collection, sent, by=by, at=at)
    _moderate(collection, cast, until)


def _moderate(collection: Collection, cast: Cast, until: datetime) -> None:
    entries = list(collection.entries.order_by("pk").values_list("pk", "version"))
    hidden, shortlisted, shown = entries[:2], entries[2:8], entries[8:-9]
    reason, office, at = "和别处的宣传语相同（示例）", cast.office[0], until - timedelta(days=1)
    slogans.decide(collection, hidden, Entry.State.HIDDEN, reason=reason, by=office, at=at)
    slogans.decide(collection, shortlisted, Entry.State.SHORTLISTED, by=office, at=at)
    slogans.decide(collection, shown, Entry.State.SHOWN, by=office, at=at)
