"""Pledges of the heads of units (表态发言) as everybody reads them."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import public
from common.revalidation import revalidated
from publicity.models import Pledge
from publicity.permissions import may_publish
from publicity.views.public import frame

PER_PAGE = 30


@public
@require_safe
@revalidated("pledges", "reference")
def pledges(request: HttpRequest) -> HttpResponse:
    found = Pledge.objects.filter(is_public=True).select_related("unit")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    facts = {"page": page, "may_publish": may_publish(request.user)}
    return render(request, "publicity/pledges.html", frame(request) | facts)


@public
@require_safe
@revalidated("pledges", "reference")
def pledge(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Pledge.objects.filter(is_public=True).select_related("unit"), pk=pk)
    return render(request, "publicity/pledge.html", frame(request) | {"pledge": shown})
