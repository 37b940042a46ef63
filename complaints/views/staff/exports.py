"""Tables of what the queue shows: at once up to ten thousand rows, beyond that from the background."""

import tempfile

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.access import only
from common.clock import CITY_TIME
from common.http import Request
from complaints import actions, tasks
from complaints.exporting import as_csv, keys_of, rows_of, write_xlsx
from complaints.models import Complaint, Export, ExportFormat, ExportState
from complaints.permissions import MAY_EXPORT
from complaints.selection import Selection
from complaints.views.staff.searching import searched_phone

TYPES = {
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.CSV: "text/csv; charset=utf-8",
}


@only(*MAY_EXPORT)
@require_POST
def export(request: Request) -> HttpResponseBase:
    """Exactly the cases that the same parameters show in the queue, in the same order."""
    wanted = request.POST.get("format", "")
    if wanted not in ExportFormat.values:
        raise Http404
    chosen = ExportFormat(wanted)
    phone = searched_phone(request)
    selection = Selection(request.GET, user=request.user, at=timezone.now(), phone=phone)
    keys = keys_of(selection.in_order[: actions.AT_ONCE + 1])
    if len(keys) <= actions.AT_ONCE:
        actions.note_export(selection, format=chosen, count=len(keys))
        return _at_once(request, selection, keys, chosen)
    with transaction.atomic():
        actions.ask_for_export(selection, format=chosen)
        transaction.on_commit(tasks.nudge, robust=True)
    messages.success(request, "件数多，正在后台生成，好了会提醒您。可以先去办别的。")
    return redirect("complaints:exports")


def _at_once(request: Request, selection: Selection, keys: list[int], chosen: ExportFormat) -> HttpResponseBase:
    rows = rows_of(Complaint.objects.visible_to(request.user), keys)
    day = selection.at.astimezone(CITY_TIME)
    name = f"案件-{day:%Y%m%d-%H%M}.{chosen}"
    if chosen == ExportFormat.CSV:
        response: HttpResponseBase = StreamingHttpResponse(as_csv(rows), content_type=TYPES[chosen])
    else:
        scratch = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it
        write_xlsx(scratch, rows)
        scratch.seek(0)
        response = FileResponse(scratch, content_type=TYPES[chosen])
    return _download(response, name)


def _download(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@only(*MAY_EXPORT)
@require_safe
def exports(request: Request) -> HttpResponse:
    """My own, with how far each is; htmx asks for the list again while one is under way."""
    own = list(Export.objects.filter(owner=request.user, expires_at__gt=timezone.now()))
    context = {"exports": own, "is_waiting": any(one.is_under_way for one in own)}
    template = "complaints/staff/exports.html#list" if request.htmx else "complaints/staff/exports.html"
    return render(request, template, context)


@only(*MAY_EXPORT)
@require_safe
def export_file(request: Request, token: str) -> HttpResponseBase:
    """Only its owner's, only until it expires."""
    mine = Export.objects.filter(owner=request.user, state=ExportState.DONE, expires_at__gt=timezone.now())
    found = get_object_or_404(mine, token=token)
    try:
        file = found.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    asked = found.requested_at.astimezone(CITY_TIME)
    response = FileResponse(file, content_type=TYPES[ExportFormat(found.format)])
    return _download(response, f"案件-{asked:%Y%m%d-%H%M}.{found.format}")
