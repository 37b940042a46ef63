"""Livelihood projects as everybody reads them; staff see the same pages inside the workbench."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import public
from common.clock import CITY_TIME
from common.masking import hide_phones
from common.revalidation import revalidated
from projects import stats
from projects.forms import ProjectFilter
from projects.models import Note, Picture, Project, ProjectQuerySet
from projects.permissions import may_plan, may_write_progress

PER_PAGE = 50


@dataclass(frozen=True)
class Shown:
    """For templates/components/photo_grid.html."""

    thumb_url: str
    url: str
    alt: str


@dataclass(frozen=True)
class Told:
    """A note as the public reads it: who wrote it and phones are not there."""

    what: str
    on: date
    text: str
    pictures: list[Shown]


@public
@require_safe
@revalidated("projects", "reference")
def project_list(request: HttpRequest) -> HttpResponse:
    """A year's projects with their completion rate."""
    choice = ProjectFilter(request.GET)
    wanted = choice.cleaned_data if choice.is_valid() else {}
    on, years = today(), stats.years()
    year = wanted.get("year") or (years[0] if years else on.year)
    found = _chosen(Project.objects.filter(year=year), wanted, on)
    if wanted.get("mine") and request.user.is_authenticated:
        found = found & Project.objects.kept_by(request.user)
    facts = {
        "page": Paginator(found.named(), PER_PAGE).get_page(request.GET.get("page")),
        "choice": choice,
        "year": year,
        "years": years or [year],
        "rates": stats.completion(year, on=on),
        "today": on,
        "may_plan": may_plan(request.user),
    }
    return render(request, "projects/list.html", frame(request) | facts)


@public
@require_safe
@revalidated("projects", "reference")
def project(request: HttpRequest, number: str) -> HttpResponse:
    shown = get_object_or_404(Project.objects.named(), number=number)
    notes = shown.notes.select_related("stage").prefetch_related("pictures")
    facts = {
        "project": shown,
        "notes": [_told(note) for note in notes],
        "today": today(),
        "may_write": may_write_progress(request.user, shown),
    }
    return render(request, "projects/detail.html", frame(request) | facts)


@public
@require_safe
def picture(request: HttpRequest, token: str) -> FileResponse:
    """A picture of a project: public, and nothing but a picture."""
    stored = get_object_or_404(Picture, token=token)
    try:
        response = FileResponse(stored.file.open("rb"), content_type="image/jpeg")
    except FileNotFoundError:
        raise Http404 from None
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline; filename=photo.jpg"
    response["Cache-Control"] = "public, max-age=86400"
    return response


def frame(request: HttpRequest) -> dict[str, object]:
    return {"frame": "base_staff.html" if request.user.is_authenticated else "base_public.html"}


def today() -> date:
    return timezone.now().astimezone(CITY_TIME).date()


def _chosen(projects: ProjectQuerySet, wanted: dict[str, str], on: date) -> ProjectQuerySet:
    if wanted.get("kind"):
        projects = projects.filter(kind=wanted["kind"])
    state = wanted.get("state")
    if state == "completed":
        return projects.filter(completed_on__isnull=False)
    if state == "overdue":
        return projects.overdue(on=on)
    return projects.under_way() if state == "under_way" else projects


def _told(note: Note) -> Told:
    what = f"完成阶段：{note.stage.name}" if note.stage else note.get_what_display()
    addresses = [reverse("projects:picture", args=[picture.token]) for picture in note.pictures.all()]
    return Told(
        what=what,
        on=note.at.astimezone(CITY_TIME).date(),
        text=hide_phones(note.text),
        pictures=[Shown(url, url, f"{what}的照片") for url in addresses],
    )
