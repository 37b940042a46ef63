from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only
from accounts.models import Role
from common.http import Request
from grids.forms import UploadForm
from grids.importing import Plan, Source, import_files, preview
from grids.importing.city import read_city
from grids.importing.uploads import forget, keep, kept
from grids.importing.writing import all_names, archive, city_files, templates

ALL_TEMPLATES = "templates.zip"
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "zip": "application/zip",
}


@only(Role.OFFICE, Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: Request) -> HttpResponse:
    """Send files; what is wrong with them is said here, what they would change on the page after."""
    if request.method != "POST":
        return _page(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    sources = [Source(file.name or "", file.read()) for file in form.cleaned_data["chosen"]]
    now = timezone.now()
    plan = preview(sources, at=now, gcj02=form.cleaned_data["gcj02"])
    if plan.faults:
        return _page(request, form, plan, status=422)
    keep(sources, gcj02=form.cleaned_data["gcj02"], by=request.user, at=now)
    return redirect("grids:import_preview")


@only(Role.OFFICE, Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def import_preview(request: Request) -> HttpResponse:
    """What my files would change, line by line; confirming does just that."""
    now = timezone.now()
    upload = kept(request.user, at=now)
    if upload is None:
        messages.warning(request, "没有等您确认的导入，可能已经过了两小时。请重新选文件。")
        return redirect("grids:import")
    if request.method != "POST":
        plan = preview(upload.sources, at=now, gcj02=upload.gcj02)
        return render(request, "grids/import_preview.html", {"plan": plan, "upload": upload})
    seen = request.POST.get("digest", "")
    plan = import_files(upload.sources, by=request.user, at=now, gcj02=upload.gcj02, seen=seen)
    forget(request.user)
    messages.success(request, f"导入完成，{plan.changes} 处改动。")
    return redirect("grids:import")


@only(Role.OFFICE, Role.ADMINISTRATOR)
@require_POST
def import_cancel(request: Request) -> HttpResponse:
    forget(request.user)
    messages.info(request, "没有导入，数据没有变。")
    return redirect("grids:import")


@only(Role.OFFICE, Role.ADMINISTRATOR)
@require_safe
def import_template(request: Request, name: str) -> HttpResponse:
    files = templates()
    if name == ALL_TEMPLATES:
        return _download("网格数据模板.zip", archive(files))
    if name not in files:
        raise Http404
    return _download(name, files[name])


@only(Role.OFFICE, Role.ADMINISTRATOR)
@require_safe
def export(request: Request) -> HttpResponse:
    """The whole city as one archive, in the form in which it is imported."""
    name = f"漠河网格数据-{timezone.localdate()}.zip"
    return _download(name, archive(city_files(read_city())))


def _page(request: Request, form: UploadForm, plan: Plan | None = None, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "plan": plan,
        "names": all_names(),
        "all_templates": ALL_TEMPLATES,
        "waiting": kept(request.user, at=timezone.now()),
    }
    return render(request, "grids/import.html", context, status=status)


def _download(name: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=KINDS[name.rsplit(".", 1)[1]])
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
