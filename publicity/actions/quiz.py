"""The quiz (创城答题): the office makes rounds, residents answer them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Max

from accounts.models import User
from audit import log
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from publicity.models import Attempt, Phase, Question, Round
from publicity.models.quiz import MOST_QUESTIONS

ANSWERED = "已经有人答过这一期，题目不能增减，选项的个数和正确答案也不能改，不然前后的分数对不上。"
FULL = f"一期最多 {MOST_QUESTIONS} 题。"


class StaleRound(StaleRecord):
    def __init__(self) -> None:
        super().__init__("这一期刚刚被别人改过，您这一次没有保存。您写的内容还在，请对照最新情况再保存。")


@dataclass(frozen=True)
class Frame:
    """What a round says besides its questions."""

    title: str
    about: str
    opens_on: date
    closes_on: date


@dataclass(frozen=True)
class QuestionDraft:
    text: str
    options: list[str]
    right: str
    explanation: str = ""


# --- the office -------------------------------------------------------------------------------------------------------


@transaction.atomic
def begin(frame: Frame, *, by: User, at: datetime) -> Round:
    """A new round, the next by number; only the office sees it until it is published."""
    last = Round.objects.aggregate(last=Max("number"))["last"] or 0
    begun = Round.objects.create(number=last + 1, written_by=by, **asdict(frame))
    log.record("新建答题", by=by, at=at, target=begun)
    return begun


@transaction.atomic
def reframe(changed: Round, frame: Frame, *, by: User, at: datetime) -> None:
    _touch(changed, **asdict(frame))
    log.record("修改答题", by=by, at=at, target=changed, closes_on=str(frame.closes_on))


@transaction.atomic
def add_question(changed: Round, draft: QuestionDraft, *, by: User, at: datetime) -> Question:
    _ensure_unanswered(changed)
    if changed.questions.count() >= MOST_QUESTIONS:
        raise DomainError(FULL)
    _touch(changed)
    added = Question.objects.create(round=changed, **asdict(draft))
    log.record("增加题目", by=by, at=at, target=changed, question=draft.text)
    return added


@transaction.atomic
def rewrite_question(question: Question, draft: QuestionDraft, *, by: User, at: datetime) -> None:
    """Change a question; once somebody answered the round, its words only."""
    if len(draft.options) != len(question.options) or draft.right != question.right:
        _ensure_unanswered(question.round)
    _touch(question.round)
    Question.objects.filter(pk=question.pk).update(**asdict(draft))
    log.record("修改题目", by=by, at=at, target=question.round, question=draft.text, earlier=question.text)


@transaction.atomic
def remove_question(question: Question, *, by: User, at: datetime) -> None:
    changed = question.round
    _ensure_unanswered(changed)
    if changed.is_published and changed.questions.count() == 1:
        raise DomainError("已发布的一期至少留一题。先撤下，再删。")
    _touch(changed)
    question.delete()
    log.record("删除题目", by=by, at=at, target=changed, question=question.text)


@transaction.atomic
def replace_questions(changed: Round, drafts: Sequence[QuestionDraft], *, by: User, at: datetime) -> None:
    """Let these be all the questions of the round, in this order."""
    _ensure_unanswered(changed)
    _touch(changed)
    changed.questions.all().delete()
    Question.objects.bulk_create(Question(round=changed, **asdict(draft)) for draft in drafts)
    log.record("导入题目", by=by, at=at, target=changed, questions=len(drafts))


@transaction.atomic
def publish(shown: Round, *, by: User, at: datetime) -> None:
    """Show it to everybody; it can be answered on its days."""
    if shown.is_published:
        raise DomainError("这一期已经发布。")
    if not shown.questions.exists():
        raise DomainError("这一期还没有题目，先出题再发布。")
    _touch(shown, published_at=at)
    log.record("发布答题", by=by, at=at, target=shown)


@transaction.atomic
def withdraw(shown: Round, *, by: User, at: datetime) -> None:
    """Take it back from the public; what was answered stays counted."""
    if not shown.is_published:
        raise DomainError("这一期没有发布，不用撤下。")
    _touch(shown, published_at=None)
    log.record("撤下答题", by=by, at=at, target=shown)


def _ensure_unanswered(changed: Round) -> None:
    if changed.attempts.exists():
        raise DomainError(ANSWERED)


def _touch(changed: Round, **changes: object) -> None:
    """Whatever is changed of a round or its questions goes by this: of two at once one is told so."""
    if not Round.objects.as_read(changed).update(version=F("version") + 1, **changes):
        raise StaleRound
    changed.refresh_from_db()


# --- residents --------------------------------------------------------------------------------------------------------


def answer(answered: Round, questions: Sequence[Question], chosen: str, *, at: datetime) -> Attempt | None:
    """Count one who answered with these letters, one for each question; None where the round is not open (any more)."""
    if answered.phase(at.astimezone(CITY_TIME).date()) != Phase.RUNNING:
        return None
    right = count_right(questions, chosen)
    return Attempt.objects.create(round=answered, chosen=chosen, right=right, answered_at=at)


def count_right(questions: Sequence[Question], chosen: str) -> int:
    return sum(question.right == letter for question, letter in zip(questions, chosen, strict=True))
