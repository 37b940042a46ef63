"""Filing by a program, which may lose the answer and send the same again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from common import crypto
from common.errors import Unprocessable
from complaints.actions.intake import Filed, answer_limit, filed_before
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
    submission = Submission(key=key, fingerprint=fingerprint, due_at=answer_limit(at).due_at, created_at=at)
    if not _take(submission):
        return _receipt(Submission.objects.get(key=key), fingerprint)
    return _told(file(), submission)


def _take(submission: Submission) -> bool:
    """Store the row unless there is one with its key, waiting for whoever is filing under it at this moment.

    By hand, since bulk_create ignores a conflict without telling of it.
    """
    names = ("key", "fingerprint", "due_at", "created_at")
    moment = Submission._meta.get_field("due_at").get_db_prep_value
    moments = [moment(one, connection) for one in (submission.due_at, submission.created_at)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO complaints_submission ({', '.join(names)}) VALUES (%s, %s, %s, %s)"  # noqa: S608 -- names of ours
            " ON CONFLICT (key) DO NOTHING",
            [submission.key, submission.fingerprint, *moments],
        )
        return bool(cursor.rowcount)


def _receipt(submission: Submission, fingerprint: str) -> Receipt:
    if submission.fingerprint != fingerprint:
        raise KeyReused
    filed = filed_before(submission.key)
    if filed is None:
        raise AssertionError("a submission is stored together with its case")
    return _told(filed, submission)


def _told(filed: Filed, submission: Submission) -> Receipt:
    return Receipt(filed.complaint.number, crypto.grouped(filed.code), submission.due_at)
