"""The code that an organiser shows on the spot: signed, for one activity, good for some minutes. It holds no secret."""

from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer

# Shown anew every minute, so that whoever scans has at least two left to press the button.
LASTS = timedelta(minutes=3)
_signer = Signer(salt="volunteers.check")


def attendance_code(activity_id: int, *, at: datetime) -> str:
    return _signer.sign(f"{activity_id}-{int((at + LASTS).timestamp())}").replace(":", ".")


def read_attendance_code(code: str, *, at: datetime) -> int | None:
    """The activity whose code it is; None where it is none of ours or too old."""
    try:
        activity_id, until = _signer.unsign(code.replace(".", ":", 1)).split("-")
    except (BadSignature, ValueError):
        return None
    return int(activity_id) if at.timestamp() < int(until) else None
