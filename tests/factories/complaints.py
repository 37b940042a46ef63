import datetime
import io
import itertools

import factory
from PIL import Image

from accounts.models import Role, User
from common.clock import CITY_TIME, Clock
from complaints import actions
from complaints.models import Category, Channel, Complaint, ProblemGroup
from complaints.pictures import CleanPhoto, clean
from complaints.workflow import State
from tests.factories.accounts import UnitFactory, UserFactory

MONDAY = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)
HOUR = datetime.timedelta(hours=1)
PHONE = "13800001234"
_serial = itertools.count(1)


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category

    kind = Category.Kind.EVENT
    major_code = "01"
    major_name = "市容环境"
    minor_code = factory.Sequence(lambda n: f"{n % 10000:04}")
    name = factory.Sequence(lambda n: f"积雪结冰 {n:05}")
    group = ProblemGroup.CLEANING
    clock = Clock.WORK_DAY
    limit = 5
    urgent_clock = Clock.URGENT_HOUR
    urgent_limit = 24


def jpeg(colour: str = "grey", size: tuple[int, int] = (64, 48)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def clean_photo(colour: str = "grey") -> CleanPhoto:
    content = jpeg(colour)
    return clean(io.BytesIO(content), len(content))


def filed(*, at: datetime.datetime = MONDAY, **changes) -> actions.Filed:
    """A case as a resident files it, with the code to follow it by."""
    answers = {
        "text": "单元门口积雪结冰四天了。老人出门容易滑倒。",
        "group": ProblemGroup.CLEANING,
        "channel": Channel.WEB,
        "contact": actions.Contact(phone=PHONE),
        "key": f"test:{next(_serial)}",
        "place": "示例小区 3 号楼",
    }
    return actions.file(**(answers | changes), at=at)


def case_in(state: State, *, unit=None, at: datetime.datetime = MONDAY, **changes) -> Complaint:
    """A case brought to `state` by the real actions, an hour a step; `unit` handles it."""
    case = filed(at=at, **changes).complaint
    office = UserFactory()
    if state == State.REJECTED:
        actions.reject(case, reason="不属于受理范围，请拨打 12345。", by=office, at=at + HOUR)
        return case
    unit = unit or UnitFactory()
    liaison = User.objects.filter(unit=unit, role=Role.LIAISON).first() or UserFactory(role=Role.LIAISON, unit=unit)
    steps = {
        State.ACCEPTED: lambda t: actions.accept(case, category=CategoryFactory(), by=office, at=t),
        State.DISPATCHED: lambda t: actions.dispatch(case, to=unit, by=office, at=t),
        State.HANDLING: lambda t: actions.sign(case, by=liaison, at=t),
        State.HANDLED: lambda t: actions.submit_result(case, result="已清理干净。", by=liaison, at=t),
        State.CLOSED: lambda t: actions.pass_verification(case, by=office, at=t),
    }
    for reached, (target, step) in enumerate(steps.items(), start=1):
        if case.state == state:
            break
        step(at + reached * HOUR)
        if target == state:
            break
    return case
