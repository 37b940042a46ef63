"""The life of an activity (志愿活动): planned, published, held and its hours confirmed, or cancelled. Pure."""

from django.db import models

from common.errors import DomainError


class ActivityState(models.TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    CONFIRMED = "confirmed", "时长已确认"
    CANCELLED = "cancelled", "已取消"


class ActivityMove(models.TextChoices):
    PUBLISH = "publish", "发布"
    CANCEL = "cancel", "取消"
    CONFIRM = "confirm", "确认时长"


_TABLE = {
    (ActivityMove.PUBLISH, ActivityState.DRAFT): ActivityState.PUBLISHED,
    (ActivityMove.CANCEL, ActivityState.DRAFT): ActivityState.CANCELLED,
    (ActivityMove.CANCEL, ActivityState.PUBLISHED): ActivityState.CANCELLED,
    (ActivityMove.CONFIRM, ActivityState.PUBLISHED): ActivityState.CONFIRMED,
}


class IllegalMove(DomainError):
    code = "illegal_move"


def destination(move: ActivityMove, state: ActivityState) -> ActivityState:
    """Where the move leads from this state; raises IllegalMove where it leads nowhere."""
    found = _TABLE.get((move, state))
    if found is None:
        raise IllegalMove(f"这个活动现在是“{state.label}”，不能{move.label}。请刷新页面看最新情况。")
    return found
