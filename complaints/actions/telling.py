"""Telling the people who filed or follow a case, where the portal can send text messages."""

from datetime import datetime

from complaints.models import Complaint
from notifications.outbox import Text, reaches_phones, text_phones

CLOSED = "{what}的事办完了（案件 {number}）。请到漠河创城网站“查进度”，用查询码看结果{then}。"


def tell_of_closing(case: Complaint, *, at: datetime) -> None:
    """Whoever filed it and whoever follows it, alike; each closing once. No words of the case: phones are shared."""
    if not reaches_phones():
        return
    reached = [one for one in case.reporters.exclude(phone_encrypted="") if one.phone]
    texts = [
        Text(
            phone=one.phone,
            reason=f"case-closed:{case.number}:{case.version}:{one.pk}",
            words=CLOSED.format(
                what="您关注" if one.is_follower else "您反映",
                number=case.number,
                then="" if one.is_follower else "，作个评价",
            ),
        )
        for one in reached
    ]
    text_phones(texts, what="办结通知", at=at)
