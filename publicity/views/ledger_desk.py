"""The creation office's desk of pledges and of the ledger of publicity work."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only
from accounts.models import Role
from common.clock import CITY_TIME
from common.errors import StaleRecord
from common.http import Request
from complaints.uploads import takes_photos
from publicity.actions import ledger as actions
from publicity.forms.ledger import KindChoice, PledgeForm, WorkForm
from publicity.forms.versioned import VersionedForm
from publicity.ledger_stats import work_by_month
from publicity.models import Pledge, Work, WorkPhoto

PER_PAGE = 50
MOST_MONTHS = 24
Kept = TypeVar("Kept", Pledge, Work)


@only(Role.OFFICE)
@require_safe
def pledges_desk(request: Request) -> HttpResponse:
    page = Paginator(Pledge.objects.select_related("unit"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "publicity/pledges_desk.html", {"page": page})


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def pledge_new(request: Request) -> HttpResponse:
    form = PledgeForm(request.POST or None, initial={"version": 0, "pledged_on": _today()})
    if request.method == "POST" and form.is_valid():
        actions.write_pledge(form.draft, by=request.user, at=timezone.now())
        messages.success(request, "已保存。")
        return redirect("publicity:pledges_desk")
    return _form_page(request, "publicity/pledge_edit.html", form, None)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def pledge_edit(request: Request, pk: int) -> HttpResponse:
    written = get_object_or_404(Pledge.objects.select_related("unit"), pk=pk)
    form = PledgeForm(request.POST or None, initial=PledgeForm.told_by(written))
    return _saved(
        request, "publicity/pledge_edit.html", form, written, "publicity:pledges_desk",
        lambda: actions.rewrite_pledge(written, form.draft, by=request.user, at=timezone.now()),
    )  # fmt: skip


@only(Role.OFFICE)
@require_safe
def ledger(request: Request) -> HttpResponse:
    """What was done, of one kind or of all, and the figures by month."""
    choice = KindChoice(request.GET)
    kind = choice.cleaned_data["kind"] if choice.is_valid() else ""
    found = Work.objects.select_related("unit", "picture")
    facts = {
        "page": Paginator(found.filter(kind=kind) if kind else found, PER_PAGE).get_page(request.GET.get("page")),
        "kind": kind,
        "kinds": Work.Kind.choices,
        "months": work_by_month()[:MOST_MONTHS],
    }
    return render(request, "publicity/ledger.html", facts)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def work_new(request: Request) -> HttpResponse:
    initial = {"version": 0, "done_on": _today(), "amount": 1}
    form = WorkForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.enter_work(form.draft, by=request.user, at=timezone.now())
        messages.success(request, "已登记。")
        return redirect("publicity:ledger")
    return _form_page(request, "publicity/work_edit.html", form, None)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def work_edit(request: Request, pk: int) -> HttpResponse:
    written = get_object_or_404(Work.objects.select_related("unit", "picture"), pk=pk)
    form = WorkForm(request.POST or None, request.FILES or None, initial=WorkForm.told_by(written))
    return _saved(
        request, "publicity/work_edit.html", form, written, "publicity:ledger",
        lambda: actions.rewrite_work(written, form.draft, by=request.user, at=timezone.now()),
    )  # fmt: skip


@only(Role.OFFICE)
@require_POST
def work_remove(request: Request, pk: int) -> HttpResponse:
    actions.remove_work(get_object_or_404(Work, pk=pk), by=request.user, at=timezone.now())
    messages.success(request, "已删除这一条。")
    return redirect("publicity:ledger")


@only(Role.OFFICE)
@require_safe
def work_photo(request: Request, token: str) -> FileResponse:
    """The picture in the ledger; nothing but a picture."""
    stored = get_object_or_404(WorkPhoto, token=token)
    try:
        response = FileResponse(stored.file.open("rb"), content_type="image/jpeg")
    except FileNotFoundError:
        raise Http404 from None
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline; filename=photo.jpg"
    response["Cache-Control"] = "private, no-cache"
    return response


def _saved(
    request: Request, template: str, form: VersionedForm, written: Kept, back: str, save: Callable[[], None]
) -> HttpResponse:
    """Show the form, or save it and go back to the list; who is refused keeps what was typed."""
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, template, form, written)
    written.version = form.cleaned_data["version"]
    try:
        save()
    except StaleRecord as refused:
        written.refresh_from_db()
        form.show_against(written.version)
        return _form_page(request, template, form, written, refused=refused.message)
    messages.success(request, "已保存。")
    return redirect(back)


def _form_page(
    request: Request, template: str, form: VersionedForm, written: Pledge | Work | None, *, refused: str = ""
) -> HttpResponse:
    facts = {"form": form, "written": written, "refused": refused}
    return render(request, template, facts, status=409 if refused else 422 if form.errors else 200)


def _today() -> object:
    return timezone.now().astimezone(CITY_TIME).date()
