"""The quiz (创城答题) as residents answer it: no account, nothing kept but the letters and the score."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import public
from common import client
from common.clock import CITY_TIME
from common.errors import TooMany
from common.revalidation import revalidated
from publicity.actions import quiz as actions
from publicity.actions.budgets import spend_on_answering
from publicity.forms.quiz import AnswersForm
from publicity.models import Phase, Question, Round
from publicity.permissions import may_publish
from publicity.quiz_stats import RoundFigures, figures_by_round
from publicity.views.anybody import try_later, without_token
from publicity.views.public import frame


@dataclass(frozen=True)
class Option:
    letter: str
    text: str
    is_right: bool
    is_chosen: bool


@dataclass(frozen=True)
class Marked:
    """A question with its answer, and what somebody chose (nothing where it is only read)."""

    number: int
    question: Question
    options: list[Option]
    chosen: str

    @property
    def is_right(self) -> bool:
        return self.chosen == self.question.right


@dataclass(frozen=True)
class Listed:
    round: Round
    phase: Phase
    figures: RoundFigures


@public
@require_safe
@revalidated("quiz", "attempts")
def quiz(request: HttpRequest) -> HttpResponse:
    """All rounds, what can be answered first."""
    today, figures = _today(timezone.now()), figures_by_round()
    rounds = [Listed(one, one.phase(today), figures.get(one.pk, RoundFigures())) for one in Round.objects.published()]
    facts = {
        "running": [one for one in rounds if one.phase == Phase.RUNNING],
        "coming": [one for one in rounds if one.phase == Phase.COMING],
        "over": [one for one in rounds if one.phase == Phase.OVER],
        "may_publish": may_publish(request.user),
    }
    return render(request, "publicity/quiz.html", frame(request) | facts)


@public
@require_safe
@revalidated("quiz")
def quiz_round(request: HttpRequest, number: int) -> HttpResponse:
    """A round on its days; before them when it begins, after them with the answers."""
    shown = _find(number)
    phase = shown.phase(_today(timezone.now()))
    if phase == Phase.OVER:
        return _marked_page(request, shown, phase, "")
    if phase == Phase.COMING:
        return _page(request, shown, None)
    return _page(request, shown, AnswersForm(questions=list(shown.questions.all())))


@public
@without_token
@require_http_methods(["GET", "HEAD", "POST"])
def round_answer(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take what somebody chose, and show what is right."""
    now, shown = timezone.now(), _find(number)
    if request.method != "POST" or shown.phase(_today(now)) == Phase.COMING:
        return redirect(shown)
    questions = list(shown.questions.all())
    form = AnswersForm(request.POST, questions=questions)
    if not form.is_valid():
        return _page(request, shown, form, status=422)
    try:
        spend_on_answering(client=client.network(request), at=now)
    except TooMany as refused:
        form.add_error(None, refused.message)
        return try_later(_page(request, shown, form, status=429), refused)
    actions.answer(shown, questions, form.chosen, at=now)
    # What was chosen stands in the address: the page can be reloaded and shown around, and nothing is kept for it.
    return redirect(f"{reverse('publicity:round_result', args=[number])}?{urlencode({'chosen': form.chosen})}")


@public
@require_safe
def round_result(request: HttpRequest, number: int) -> HttpResponse:
    """Score and explanations for the letters in the address."""
    shown = _find(number)
    phase = shown.phase(_today(timezone.now()))
    if phase == Phase.COMING:
        return redirect(shown)
    return _marked_page(request, shown, phase, request.GET.get("chosen", ""))


def _find(number: int) -> Round:
    return get_object_or_404(Round.objects.published(), number=number)


def _page(request: HttpRequest, shown: Round, form: AnswersForm | None, *, status: int = 200) -> HttpResponse:
    facts = {"round": shown, "form": form, "may_publish": may_publish(request.user)}
    return render(request, "publicity/round.html", frame(request) | facts, status=status)


def _marked_page(request: HttpRequest, shown: Round, phase: Phase, chosen: str) -> HttpResponse:
    questions = list(shown.questions.all())
    letters = chosen if _fits(chosen, questions) else ""
    if chosen and not letters:
        raise Http404
    facts = {
        "round": shown,
        "marked": [_mark(n, question, letters[n - 1 : n]) for n, question in enumerate(questions, start=1)],
        "is_answered": bool(letters),
        "right": actions.count_right(questions, letters) if letters else 0,
        "is_over": phase == Phase.OVER,
        "may_publish": may_publish(request.user),
    }
    return render(request, "publicity/round_marked.html", frame(request) | facts)


def _fits(chosen: str, questions: list[Question]) -> bool:
    """Whether these are letters of this round, one for each question."""
    of_each = [{letter for letter, _ in question.lettered} for question in questions]
    return len(chosen) == len(of_each) and all(
        letter in letters for letter, letters in zip(chosen, of_each, strict=True)
    )


def _mark(number: int, question: Question, chosen: str) -> Marked:
    options = [Option(letter, text, letter == question.right, letter == chosen) for letter, text in question.lettered]
    return Marked(number, question, options, chosen)


def _today(at: datetime) -> date:
    return at.astimezone(CITY_TIME).date()
