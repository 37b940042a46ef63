"""Places in an activity: taken one by one, a waiting list in order, and who moves up."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from common.clock import CITY_TIME
from common.errors import DomainError
from volunteers.actions.messages import tell
from volunteers.models import Activity, SignUp, Volunteer
from volunteers.workflow import ActivityState

# Two activities that overlap by no more than this may be meant; by more nobody can do both.
SMALL_OVERLAP = timedelta(hours=1)


class NotOpen(DomainError):
    code = "not_open"

    def __init__(self) -> None:
        super().__init__("这个活动不能报名了：已经取消，或者已经结束。请看看别的活动。")


class Clash(DomainError):
    """It overlaps by more than an hour with something they are going to."""

    code = "clash"

    def __init__(self, other: Activity) -> None:
        super().__init__(f"和您已报的{_told(other)}时间重叠超过 1 小时，不能两个都报。要改报这个，请先取消那一个。")
        self.other = other


class SmallClash(DomainError):
    """It overlaps by an hour at most; said once, they may sign up all the same."""

    code = "small_clash"

    def __init__(self, other: Activity) -> None:
        super().__init__(f"和您已报的{_told(other)}有不到 1 小时重叠。来得及就再确认一次，来不及就不报。")
        self.other = other


@transaction.atomic
def sign_up(activity: Activity, *, volunteer: Volunteer, at: datetime, accept_overlap: bool = False) -> SignUp:
    """Take a place, or the next number of the waiting list. Signed up already, it is the same sign-up.

    Raises NotOpen; Clash or, unless `accept_overlap`, SmallClash.
    """
    # Held to the end: two sign-ups of one person at once must see each other for the check of clashes.
    person = Volunteer.objects.select_for_update().get(pk=volunteer.pk)
    if person.erased_at:
        raise NotOpen
    earlier = SignUp.objects.standing().filter(activity=activity, volunteer=person).first()
    if earlier:
        return earlier
    # The row is ours until the commit: numbers are drawn one after the other, and the place is counted under it.
    is_open = Activity.objects.filter(pk=activity.pk, state=ActivityState.PUBLISHED, ends_at__gt=at)
    if not is_open.update(last_turn=F("last_turn") + 1):
        raise NotOpen
    activity.refresh_from_db()
    _ensure_free(person, activity, accept_overlap=accept_overlap)
    gets_place = not activity.is_full
    if gets_place:
        _take_place(activity)
    state = SignUp.State.GOING if gets_place else SignUp.State.WAITING
    return SignUp.objects.create(
        activity=activity, volunteer=person, state=state, turn=activity.last_turn, signed_up_at=at
    )


@transaction.atomic
def withdraw(sign_up: SignUp, *, at: datetime) -> None:
    """Give the place back, until the start; whoever waits first moves up. Withdrawn twice it is once."""
    activity = Activity.objects.select_for_update().get(pk=sign_up.activity_id)
    if activity.has_begun(at=at):
        raise DomainError("活动已经开始，不能取消了。来不了请直接告诉组织者。")
    mine = SignUp.objects.filter(pk=sign_up.pk)
    had_place = bool(mine.going().update(state=SignUp.State.WITHDRAWN, withdrawn_at=at))
    mine.filter(state=SignUp.State.WAITING).update(state=SignUp.State.WITHDRAWN, withdrawn_at=at)
    if had_place:
        Activity.objects.filter(pk=activity.pk).update(taken=F("taken") - 1)
        activity.refresh_from_db()
        move_up(activity, at=at)
    sign_up.refresh_from_db()


def move_up(activity: Activity, *, at: datetime) -> None:
    """Give free places to those who wait, in order, and tell them; in a transaction that holds the activity's row."""
    for waiting in activity.sign_ups.waiting().select_related("volunteer")[: max(activity.places_left, 0)]:
        SignUp.objects.filter(pk=waiting.pk).update(state=SignUp.State.GOING, moved_up_at=at)
        _take_place(activity)
        tell(
            [waiting.volunteer],
            reason=f"moved-up:{waiting.pk}",
            text=f"{_told(activity)}有了空位，您已经从候补转为报上。来不了请尽早取消。",
            url=activity.get_absolute_url(),
            at=at,
        )


def _take_place(activity: Activity) -> None:
    Activity.objects.filter(pk=activity.pk).update(taken=F("taken") + 1)
    activity.taken += 1


def _ensure_free(person: Volunteer, activity: Activity, *, accept_overlap: bool) -> None:
    """Waiting elsewhere counts like going there: the place may come at any moment."""
    others = Activity.objects.filter(
        pk__in=SignUp.objects.standing().filter(volunteer=person).values("activity"),
        state=ActivityState.PUBLISHED,
        starts_at__lt=activity.ends_at,
        ends_at__gt=activity.starts_at,
    ).exclude(pk=activity.pk)
    for other in others:
        overlap = min(other.ends_at, activity.ends_at) - max(other.starts_at, activity.starts_at)
        if overlap > SMALL_OVERLAP:
            raise Clash(other)
        if not accept_overlap:
            raise SmallClash(other)


def _told(activity: Activity) -> str:
    """“雪后清雪”（11 月 28 日 09:00）"""
    starts = activity.starts_at.astimezone(CITY_TIME)
    return f"“{activity.title}”（{starts.month} 月 {starts.day} 日 {starts:%H:%M}）"
