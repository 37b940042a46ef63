"""Counted reads of the quiz."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, Sum, Value
from django.db.models.functions import Length, Substr

from publicity.models import Attempt, Question, Round


@dataclass(frozen=True)
class RoundFigures:
    """`taken` counts participations (人次), not people. `right` of `asked` questions were answered right."""

    taken: int = 0
    perfect: int = 0
    right: int = 0
    asked: int = 0

    @property
    def percent(self) -> int | None:
        return round(100 * self.right / self.asked) if self.asked else None


@dataclass(frozen=True)
class QuestionFigures:
    number: int
    question: Question
    right: int
    taken: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.right / self.taken) if self.taken else None


def figures_by_round() -> dict[int, RoundFigures]:
    """By the key of each round that anybody answered, in one statement."""
    length = Length("chosen")
    counted = Attempt.objects.values_list("round").annotate(
        taken=Count("pk"), perfect=Count("pk", filter=Q(right=length)), given=Sum("right"), asked=Sum(length)
    )
    return {pk: RoundFigures(taken, perfect, right, asked) for pk, taken, perfect, right, asked in counted}


def figures_by_question(shown: Round, questions: Sequence[Question]) -> list[QuestionFigures]:
    """How many answered each question of a round right, in one statement."""
    letters = {f"right_{n}": Substr("chosen", Value(n), Value(1)) for n in range(1, len(questions) + 1)}
    rights = {
        f"number_{n}": Count("pk", filter=Q(**{f"right_{n}": question.right}))
        for n, question in enumerate(questions, start=1)
    }
    told = Attempt.objects.filter(round=shown).alias(**letters).aggregate(taken=Count("pk"), **rights)
    return [
        QuestionFigures(n, question, told[f"number_{n}"], told["taken"])
        for n, question in enumerate(questions, start=1)
    ]
