"""The creation office's desk of the quiz: rounds, their questions, and how they were answered."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only
from accounts.models import Role
from common.clock import CITY_TIME
from common.errors import DomainError
from common.filled_sheets import Fault
from common.http import Request
from publicity import quiz_sheet
from publicity.actions import quiz as actions
from publicity.forms.announcements import VersionForm
from publicity.forms.quiz import QuestionForm, QuestionsSheetForm, RoundForm
from publicity.forms.versioned import VersionedForm
from publicity.models import Question, Round
from publicity.quiz_stats import RoundFigures, figures_by_question, figures_by_round

PER_PAGE = 50
MOST_FAULTS = 300
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@only(Role.OFFICE)
@require_safe
def quiz_desk(request: Request) -> HttpResponse:
    """All rounds with their figures."""
    page = Paginator(Round.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    figures, today = figures_by_round(), timezone.now().astimezone(CITY_TIME).date()
    facts = {
        "page": page,
        "rows": [(one, one.phase(today), figures.get(one.pk, RoundFigures())) for one in page],
        "taken": sum(one.taken for one in figures.values()),
    }
    return render(request, "publicity/quiz_desk.html", facts)


@only(Role.OFFICE)
@require_safe
def round_desk(request: Request, number: int) -> HttpResponse:
    """One round: its state, its questions with how many answered them right."""
    shown = _find(number)
    questions = list(shown.questions.all())
    facts = {
        "round": shown,
        "phase": shown.phase(timezone.now().astimezone(CITY_TIME).date()),
        "questions": figures_by_question(shown, questions),
        "figures": figures_by_round().get(shown.pk, RoundFigures()),
    }
    return render(request, "publicity/round_desk.html", facts)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def round_new(request: Request) -> HttpResponse:
    now = timezone.now()
    today = now.astimezone(CITY_TIME).date()
    form = RoundForm(request.POST or None, initial={"version": 0, "opens_on": today})
    if request.method == "POST" and form.is_valid():
        begun = actions.begin(form.frame, by=request.user, at=now)
        messages.success(request, f"第 {begun.number} 期已建好，还没有发布。下面出题。")
        return redirect("publicity:round_desk", begun.number)
    return _form_page(request, "publicity/round_edit.html", form, None)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def round_edit(request: Request, number: int) -> HttpResponse:
    shown = _find(number)
    form = RoundForm(request.POST or None, initial=RoundForm.told_by(shown))
    return _saved(
        request, "publicity/round_edit.html", form, shown,
        lambda: actions.reframe(shown, form.frame, by=request.user, at=timezone.now()),
    )  # fmt: skip


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def question_new(request: Request, number: int) -> HttpResponse:
    shown = _find(number)
    form = QuestionForm(request.POST or None, initial={"version": shown.version})
    return _saved(
        request, "publicity/question_edit.html", form, shown,
        lambda: actions.add_question(shown, form.draft, by=request.user, at=timezone.now()),
    )  # fmt: skip


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def question_edit(request: Request, number: int, pk: int) -> HttpResponse:
    question = _find_question(number, pk)
    form = QuestionForm(request.POST or None, initial=QuestionForm.told_by(question))
    return _saved(
        request, "publicity/question_edit.html", form, question.round,
        lambda: actions.rewrite_question(question, form.draft, by=request.user, at=timezone.now()), question=question,
    )  # fmt: skip


@only(Role.OFFICE)
@require_POST
def question_remove(request: Request, number: int, pk: int) -> HttpResponse:
    question = _find_question(number, pk)
    return _moved(
        request, question.round, "已删除这一题。",
        lambda: actions.remove_question(question, by=request.user, at=timezone.now()),
    )  # fmt: skip


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def questions_import(request: Request, number: int) -> HttpResponse:
    """Take in a workbook whole, or say of every row what is wrong with it."""
    shown = _find(number)
    posted = request.method == "POST"
    form = QuestionsSheetForm(
        request.POST if posted else None, request.FILES if posted else None, initial={"version": shown.version}
    )
    faults: list[Fault] = []
    if form.is_valid():
        found = quiz_sheet.read(form.cleaned_data["file"].read())
        faults = found.faults
        if not faults:
            return _imported(request, shown, form, found.drafts)
    facts = {"round": shown, "form": form, "faults": faults[:MOST_FAULTS], "fault_count": len(faults)}
    status = 422 if form.errors or faults else 200
    return render(request, "publicity/questions_import.html", facts, status=status)


def _imported(
    request: Request, shown: Round, form: QuestionsSheetForm, drafts: list[actions.QuestionDraft]
) -> HttpResponse:
    shown.version = form.cleaned_data["version"]
    try:
        actions.replace_questions(shown, drafts, by=request.user, at=timezone.now())
    except DomainError as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, f"已导入 {len(drafts)} 题。")
    return redirect("publicity:round_desk", shown.number)


@only(Role.OFFICE)
@require_safe
def questions_sheet(request: Request, number: int) -> HttpResponse:
    """The template for the import, filled with the questions there are."""
    shown = _find(number)
    response = HttpResponse(quiz_sheet.workbook(shown.questions.all()), content_type=XLSX)
    name = f"创城答题第{number}期.xlsx"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@only(Role.OFFICE)
@require_POST
def round_publish(request: Request, number: int) -> HttpResponse:
    shown = _find(number)
    return _moved(
        request, shown, "已发布，到开始日期居民就能答。",
        lambda: actions.publish(shown, by=request.user, at=timezone.now()),
    )  # fmt: skip


@only(Role.OFFICE)
@require_POST
def round_withdraw(request: Request, number: int) -> HttpResponse:
    shown = _find(number)
    return _moved(
        request, shown, "已撤下，居民看不到了。",
        lambda: actions.withdraw(shown, by=request.user, at=timezone.now()),
    )  # fmt: skip


def _saved(
    request: Request,
    template: str,
    form: VersionedForm,
    shown: Round,
    save: Callable[[], object],
    *,
    question: Question | None = None,
) -> HttpResponse:
    """Show the form, or save it and go back to the round; who is refused keeps what was typed."""
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, template, form, shown, question=question)
    shown.version = form.cleaned_data["version"]
    try:
        save()
    except DomainError as refused:
        # Not left to the edge: what was typed has to stay on the page.
        newest = Round.objects.filter(pk=shown.pk).first() or shown
        form.show_against(newest.version)
        return _form_page(request, template, form, newest, refused=refused.message, question=question)
    messages.success(request, "已保存，公开页同时更新。" if shown.is_published else "已保存。")
    return redirect("publicity:round_desk", shown.number)


def _form_page(
    request: Request,
    template: str,
    form: VersionedForm,
    shown: Round | None,
    *,
    refused: str = "",
    question: Question | None = None,
) -> HttpResponse:
    facts = {"form": form, "round": shown, "refused": refused, "question": question}
    return render(request, template, facts, status=409 if refused else 422 if form.errors else 200)


def _moved(request: Request, shown: Round, done: str, move: Callable[[], object]) -> HttpResponse:
    seen = VersionForm(request.POST)
    if seen.is_valid():
        shown.version = seen.cleaned_data["version"]
    try:
        move()
        messages.success(request, done)
    except DomainError as refused:
        # The round's page shows the newest state beside the sentence.
        messages.warning(request, refused.message)
    return redirect("publicity:round_desk", shown.number)


def _find(number: int) -> Round:
    return get_object_or_404(Round, number=number)


def _find_question(number: int, pk: int) -> Question:
    return get_object_or_404(Question.objects.select_related("round"), pk=pk, round__number=number)
