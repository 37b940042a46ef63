"""The library of rules and plans (制度文件): found by words, read by whom it is for, kept by the office."""

from datetime import date
from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import only, public
from accounts.models import Role
from common.clock import CITY_TIME
from common.errors import StaleRecord
from common.http import Request
from common.revalidation import revalidated
from complaints.uploads import takes_photos
from library import actions
from library.forms import DocumentForm, VersionForm
from library.models import Audience, Document, Version
from library.permissions import may_keep

PER_PAGE = 50
LONGEST_QUERY = 100


@public
@require_safe
@revalidated("library")
def documents(request: HttpRequest) -> HttpResponse:
    """The documents this person may see, those with all the words looked for."""
    words = request.GET.get("q", "")[:LONGEST_QUERY].replace("\0", "").strip()
    found = Document.objects.visible_to(request.user).containing(words).prefetch_related("versions")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    on = _today()
    rows = [(document, document.version_on(on)) for document in page]
    facts = {"page": page, "rows": rows, "words": words, "may_keep": may_keep(request.user)}
    return render(request, "library/list.html", _frame(request) | facts)


@public
@require_safe
@revalidated("library")
def document(request: HttpRequest, number: str) -> HttpResponse:
    """One document with all its versions; what one may not see is not there."""
    shown = get_object_or_404(Document.objects.visible_to(request.user), number=number)
    versions = list(shown.versions.all())
    on = _today()
    current = next((version for version in versions if version.is_in_force(on)), None)
    facts = {"document": shown, "versions": versions, "current": current, "today": on}
    return render(request, "library/detail.html", _frame(request) | facts | {"may_keep": may_keep(request.user)})


@public
@require_safe
def file(request: HttpRequest, token: str) -> FileResponse:
    """The file itself: checked again at each request, saved and never opened inside the portal."""
    visible = Document.objects.visible_to(request.user)
    version = get_object_or_404(Version.objects.select_related("document"), token=token, document__in=visible)
    try:
        response = FileResponse(version.file.open("rb"), content_type="application/octet-stream")
    except FileNotFoundError:
        raise Http404 from None
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(version.download_name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def document_new(request: Request) -> HttpResponse:
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("number", "title", "summary")}
        published = actions.publish(
            **said,
            audience=Audience(form.cleaned_data["audience"]),
            roles=[Role(role) for role in form.cleaned_data["roles"]],
            text=form.text,
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, f"已上传：{published}。")
        return redirect(published)
    return render(request, "library/new.html", {"form": form}, status=422 if form.errors else 200)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def version_new(request: Request, number: str) -> HttpResponse:
    """Add a version; whoever had not seen the newest one is told and keeps what was typed."""
    changed = get_object_or_404(Document, number=number)
    newest = changed.versions.first()
    form = VersionForm(request.POST or None, request.FILES or None, initial={"seen": newest.ordinal if newest else 0})
    stale = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_version(
                changed, seen=form.cleaned_data["seen"], text=form.text, by=request.user, at=timezone.now()
            )
        except StaleRecord as refused:
            stale = refused.message
        else:
            messages.success(request, "新的一版已上传。")
            return redirect(changed)
    facts = {"document": changed, "form": form, "newest": newest, "stale": stale}
    return render(request, "library/version.html", facts, status=409 if stale else 422 if form.errors else 200)


def _frame(request: HttpRequest) -> dict[str, object]:
    return {"frame": "base_staff.html" if request.user.is_authenticated else "base_public.html"}


def _today() -> date:
    return timezone.now().astimezone(CITY_TIME).date()
