from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import staff
from common.http import Request, sealed
from volunteers.models import FindingPhoto, PatrolLog
from volunteers.views.patrols import log_context


@staff
@require_safe
def patrol_log(request: Request, pk: int) -> HttpResponse:
    """One patrol as it was logged."""
    logs = PatrolLog.objects.visible_to(request.user).select_related("by", "unit", "grid__community")
    log = get_object_or_404(logs, pk=pk)
    return render(request, "volunteers/log.html", log_context(log) | {"joined": list(log.joined_by.all())})


@staff
@require_safe
def finding_photo(request: Request, token: str) -> HttpResponse:
    """The picture of a finding, checked anew with each request."""
    visible = PatrolLog.objects.visible_to(request.user)
    photo = get_object_or_404(FindingPhoto.objects.filter(finding__log__in=visible), token=token)
    try:
        with photo.file.open("rb") as file:
            return sealed(HttpResponse(file.read(), content_type="image/jpeg"))
    except FileNotFoundError:
        raise Http404 from None
