"""How a resident comes back to a case: the code opens it, the last four digits of the phone what they wrote."""

import secrets
from datetime import datetime, timedelta

from common import crypto
from common.budgets import Limit, give_back, spend
from complaints.models import Held, Reporter

TAIL_LENGTH = 4
CODES_PER_CLIENT = Limit(
    name="code-client",
    most=120,
    per=timedelta(hours=1),
    refusal="这里查得太多了。请过一小时再查，急事请打投诉热线。",
)
# There are only 10,000 tails, so what counts is how many wrong ones a case may see in a year, not in a minute.
TAILS_PER_CASE = (
    Limit(
        name="tail-hour",
        most=5,
        per=timedelta(hours=1),
        refusal="手机号后四位试错太多次了。请过一小时再试；只看进度不用填后四位。",
    ),
    Limit(
        name="tail-day",
        most=10,
        per=timedelta(days=1),
        refusal="今天手机号后四位试错太多次了。请明天再试；只看进度不用填后四位。",
    ),
)


def find_reporter(*, code: str, tail: str, client: str, at: datetime) -> Reporter | None:
    """Who has this tracking code, and this end of the phone number unless `tail` is empty.

    An unknown code and a wrong tail give the same answer, None, after the same work. `client` is the network address
    that asks. Raises TooMany.
    """
    spend(CODES_PER_CLIENT, client, at=at)
    digest = crypto.digest("code", code)
    if tail:
        _spend_a_tail(digest, at=at)
    reporters = Reporter.objects.select_related("complaint__unit", "complaint__grid__community")
    reporter = reporters.filter(code_digest=digest).first()
    if not tail:
        return reporter
    return reporter if _matches(reporter, tail, digest, at=at) else None


def find_held(*, code: str, tail: str, at: datetime) -> Held | None:
    """Who has this code of a report that is no case yet. To be asked after `find_reporter`, which counts the tries."""
    digest = crypto.digest("code", code)
    held = Held.objects.filter(code_digest=digest, complaint=None).first()
    if not tail:
        return held
    return held if _matches(held, tail, digest, at=at) else None


def is_tail_of(reporter: Reporter, *, tail: str, at: datetime) -> bool:
    """Whether the reporter's phone ends like this. Raises TooMany past a few wrong ones for one case."""
    _spend_a_tail(reporter.code_digest, at=at)
    return _matches(reporter, tail, reporter.code_digest, at=at)


def _spend_a_tail(code_digest: str, *, at: datetime) -> None:
    for limit in TAILS_PER_CASE:
        spend(limit, code_digest, at=at)


def _matches(reporter: Reporter | Held | None, tail: str, code_digest: str, *, at: datetime) -> bool:
    # Where there is nothing to decrypt, something is encrypted: it takes as long.
    phone = reporter.phone if reporter else crypto.encrypt(tail)[:0]
    matches = len(phone) > TAIL_LENGTH and secrets.compare_digest(phone[-TAIL_LENGTH:].encode(), tail.encode())
    if matches:
        for limit in TAILS_PER_CASE:
            give_back(limit, code_digest, at=at)
    return matches
