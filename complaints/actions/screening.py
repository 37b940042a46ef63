"""Which reports become cases at once, and which a person looks at first (docs/adr/0017)."""

from datetime import datetime

from common.errors import TooMany
from common.proof import Proof
from complaints.actions.budgets import spend_on_filing, spend_on_unproved
from complaints.models import Held

_REASONS = {
    "file-client": Held.Reason.CLIENT,
    "file-phone": Held.Reason.PHONE,
    "file-text": Held.Reason.TEXT,
    "file-all": Held.Reason.EVERYBODY,
    "file-unproved": Held.Reason.UNPROVED,
}


def doubt_about(
    *, phone: str, client: str, text: str, proof: Proof, is_hasty: bool, at: datetime
) -> Held.Reason | None:
    """Count one report; say why a person should look at it first, None where nothing speaks against it.

    `is_hasty`: the form was filled in faster than anybody types, which only a proof excuses.
    """
    if proof is Proof.BAD:
        return Held.Reason.BAD_PROOF
    if is_hasty and proof is Proof.MISSING:
        return Held.Reason.TOO_FAST
    try:
        if proof is Proof.MISSING:
            spend_on_unproved(client=client, at=at)
        spend_on_filing(phone=phone, client=client, text=text, at=at)
    except TooMany as used_up:
        return next(reason for name, reason in _REASONS.items() if used_up.limit.startswith(name))
    return None
