"""Filing by a program, which may lose the answer and send the same again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from common import crypto
from common.errors import Unprocessable
from complaints.actions.intake import Filed, filed_before
from complaints.models import Submission


@dataclass(frozen=True)
class Receipt:
    """What a submission is answered with, the first time and every other."""

    number: str
    code: str
    due_at: datetime


class KeyReused(Unprocessable):
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("这个 Idempotency-Key 已经用来提交过别的内容。新的一件请换一个新的键。")


def app_key(sender: str, key: str) -> str:
    """The key of a submission; two senders' equal keys are two."""
    sent = f"{sender}\0{key}"
    return f"api:{crypto.digest('submission-key', sent)}"


def submitted_before(key: str, *, fingerprint: str) -> Receipt | None:
    """The answer to the submission with this key, if there was one. Raises KeyReused if its body was another."""
    earlier = Submission.objects.filter(key=key).first()
    return _receipt(earlier, fingerprint) if earlier else None


@transaction.atomic
def submit(*, key: str, fingerprint: str, file: Callable[[], Filed], at: datetime) -> Receipt:
    """Call `file`, which counts and files under `key`, for the first of those who come with the key; tell all the same.

    The row is taken first: of many at once one files, and the others wait for its answer without being counted.
    """
    row = Submission(key=key, fingerprint=fingerprint, created_at=at)
    # Waits for whoever is filing under the key at this moment. A row without an answer is the one just made: one that
    # somebody else made is seen only with its answer.
    Submission.objects.bulk_create([row], ignore_conflicts=True)
    submission = Submission.objects.get(key=key)
    if submission.due_at:
        return _receipt(submission, fingerprint)
    filed = file()
    submission.due_at = filed.complaint.due_at
    submission.save(update_fields=["due_at"])
    return _told(filed, submission)


def _receipt(submission: Submission, fingerprint: str) -> Receipt:
    if submission.fingerprint != fingerprint:
        raise KeyReused
    filed = filed_before(submission.key)
    if filed is None:
        raise AssertionError("a submission is stored together with its case")
    return _told(filed, submission)


def _told(filed: Filed, submission: Submission) -> Receipt:
    if submission.due_at is None:
        raise AssertionError("a submission is stored together with its answer")
    return Receipt(filed.complaint.number, crypto.grouped(filed.code), submission.due_at)
