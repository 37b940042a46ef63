"""What residents did besides filing: follow a case, talk on the phone, wait to be let in, ask to be forgotten."""

from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import Role, User
from complaints import actions
from complaints.models import CallBack, Channel, Complaint, Draft, Held, Reporter
from complaints.models.complaint import Satisfaction
from complaints.workflow import OPEN_STATES, State
from mohe_portal.sample_city import words

FOLLOWED, CALLED = 6, 4
HELD = (
    ("lights", "中央大街这一段路灯晚上不亮。", Held.Reason.CLIENT),
    ("garbage", "广告：低价代办，联系我们。", Held.Reason.BAD_PROOF),
)


def let_residents_act(*, until: datetime) -> None:
    _follow(until)
    _call_back(until)
    _hand_in(until)
    reporter = Reporter.objects.filter(complaint__state=State.HANDLING, is_follower=False).exclude(phone_encrypted="")
    asking = reporter.select_related("complaint").order_by("complaint__filed_at").first()
    if asking:
        actions.ask_for_erasure(asking, at=until - timedelta(hours=5))


def _follow(until: datetime) -> None:
    cases = Complaint.objects.filter(state__in=OPEN_STATES, is_confidential=False).order_by("-filed_at")
    for number, case in enumerate(cases[:FOLLOWED]):
        for follower in range(number % 3 + 1):
            contact = actions.Contact(words.phone(700 + 10 * number + follower))
            actions.follow(case, contact=contact, key=f"sample:{follower}", at=until - timedelta(minutes=30))


def _call_back(until: datetime) -> None:
    operator = User.objects.filter(role=Role.OPERATOR).order_by("pk").first()
    cases = Complaint.objects.filter(state=State.CLOSED, rated_at=None, channel=Channel.HOTLINE)
    cases = cases.filter(closed_at__lt=until - timedelta(hours=4))
    for number, case in enumerate(cases.order_by("-closed_at")[:CALLED]):
        if operator is None:
            return
        at = until - timedelta(hours=2, minutes=7 * number)
        if number % 2:
            actions.call_back(case, outcome=CallBack.Outcome.UNREACHED, note="没人接。", by=operator, at=at)
            continue
        said = actions.Said(Satisfaction.SATISFIED, is_solved=True)
        actions.call_back(case, outcome=CallBack.Outcome.REACHED, note="", by=operator, at=at, said=said)


def _hand_in(until: datetime) -> None:
    for number, (group, text, doubt) in enumerate(HELD):
        at = until - timedelta(minutes=50 - 20 * number)
        answers = {"group": group, "text": text, "place": "示例路口", "grid": "", "longitude": None, "latitude": None}
        draft = Draft.objects.create(id=UUID(int=number + 1), answers=answers | {"photos": True}, created_at=at)
        contact = actions.Contact(words.phone(760 + number))
        actions.hand_in(
            draft, contact=contact, is_confidential=False, doubt=doubt, key=actions.web_key(draft.pk), at=at
        )  # fmt: skip
