"""What a resident may ask for about the data kept of them, and what may keep it from being erased."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import Role, User
from audit import log
from common import crypto
from common.budgets import Limit, spend
from common.errors import DomainError, StaleRecord
from complaints.actions.contacts import erase
from complaints.models import Complaint, ErasureRequest, LegalHold, Reporter
from complaints.workflow import OPEN_STATES
from notifications.outbox import notify

CORRECTIONS = Limit("correct-contact", 5, timedelta(days=1), "今天改得太多次了。请明天再改，急事请打投诉热线。")
GONE = "联系方式已经删除了，不能再改。"


@transaction.atomic
def begin_legal_hold(case: Complaint, *, reason: str, by: User, at: datetime) -> None:
    """From now on no contact data of this case is erased. Begun twice, it began the first time."""
    try:
        with transaction.atomic():
            LegalHold.objects.create(complaint=case, reason=reason, began_at=at, began_by=by)
    except IntegrityError:
        return
    log.record("设置法律保全", by=by, at=at, target=case, reason=reason)


@transaction.atomic
def end_legal_hold(case: Complaint, *, reason: str, by: User, at: datetime) -> None:
    running = LegalHold.objects.running().filter(complaint=case)
    if running.update(ended_at=at, ended_by=by, end_reason=reason):
        log.record("解除法律保全", by=by, at=at, target=case, reason=reason)


def correct_contact(reporter: Reporter, *, phone: str, name: str, at: datetime) -> list[str]:
    """Change the phone (unless empty) and the name that a reporter left; gives back the words for what changed."""
    spend(CORRECTIONS, str(reporter.pk), at=at)
    changes: dict[str, str] = {}
    changed = []
    if phone and phone != reporter.phone:
        changes |= {"phone_encrypted": crypto.encrypt(phone), "phone_digest": crypto.digest("phone", phone)}
        changed.append("手机号")
    if name != reporter.name:
        changes["name_encrypted"] = crypto.encrypt(name) if name else ""
        changed.append("称呼")
    if not changed:
        return []
    with transaction.atomic():
        if not Reporter.objects.filter(pk=reporter.pk, erased_at=None).update(**changes):
            raise DomainError(GONE)
        log.record("反映人更正联系方式", by=None, at=at, target=reporter.complaint, changed=changed)
    return changed


@transaction.atomic
def ask_for_erasure(reporter: Reporter, *, at: datetime) -> ErasureRequest | None:
    """Erase a reporter's contact data at once, and give back None; or, where the case or a legal hold still needs it,
    the request that the office decides."""
    case = reporter.complaint
    held = LegalHold.objects.running().filter(complaint=case).exists()
    if case.state not in OPEN_STATES and not held:
        if erase(Reporter.objects.filter(pk=reporter.pk), at=at):
            log.record("按反映人请求删除联系方式", by=None, at=at, target=case)
        return None
    request, is_new = ErasureRequest.objects.get_or_create(
        reporter=reporter, outcome=ErasureRequest.Outcome.WAITING, defaults={"asked_at": at}
    )
    if is_new:
        log.record("反映人请求删除联系方式", by=None, at=at, target=case)
        office = User.objects.filter(role=Role.OFFICE, is_active=True)
        title = f"居民请求删除联系方式：{case.number}"
        notify(office, reason=f"erasure:{request.pk}", title=title, url="/workbench/complaints/erasures/", at=at)
    return request


@transaction.atomic
def grant_erasure(request: ErasureRequest, *, by: User, at: datetime) -> None:
    """Erase what the resident asked for. Raises DomainError while a legal hold runs."""
    case = request.reporter.complaint
    if LegalHold.objects.running().filter(complaint=case).exists():
        raise DomainError("这件有法律保全，不能删除。请先解除保全，或答复居民暂不删除。")
    _decide(request, ErasureRequest.Outcome.GRANTED, by=by, at=at)
    erase(Reporter.objects.filter(pk=request.reporter_id), at=at)
    log.record("同意删除联系方式", by=by, at=at, target=case)


@transaction.atomic
def refuse_erasure(request: ErasureRequest, *, reply: str, by: User, at: datetime) -> None:
    """Keep it for now; the resident reads `reply`, and what the retention says still holds."""
    _decide(request, ErasureRequest.Outcome.REFUSED, by=by, at=at, reply=reply)
    log.record("暂不删除联系方式", by=by, at=at, target=request.reporter.complaint, reply=reply)


def _decide(
    request: ErasureRequest, outcome: ErasureRequest.Outcome, *, by: User, at: datetime, reply: str = ""
) -> None:
    waiting = ErasureRequest.objects.filter(pk=request.pk, outcome=ErasureRequest.Outcome.WAITING)
    if not waiting.update(outcome=outcome, decided_by=by, decided_at=at, reply=reply):
        raise StaleRecord("这个请求刚刚被别人处理过了。请回到列表看最新的。")
