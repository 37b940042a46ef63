"""Month reports: the unit writes its own; office, leaders and the special group read what was submitted."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only, staff
from accounts.models import Role, Unit
from common.errors import DomainError
from common.http import Request, sealed
from common.months import Month
from complaints.uploads import takes_photos
from progress import actions, report_stats
from progress.evidence import ACCEPTED, clean
from progress.forms import MonthChoice
from progress.models import Evidence, MonthReport, MonthTask
from progress.models.report import KeptFile
from progress.permissions import may_mark_flags
from progress.report_forms import DueDayForm, ReportForm
from progress.views.boards import current_month, months_to_choose


@only(Role.OFFICE, Role.LIAISON, Role.GROUP_HEAD, Role.LEADER)
@require_safe
def reports(request: Request) -> HttpResponse:
    """For a unit its months; for the others the units of one month, with who has not reported on top."""
    if request.user.role == Role.LIAISON and request.user.unit:
        rows = report_stats.rows_of_unit(request.user.unit, last=current_month())
        facts = {"rows": rows, "current": current_month(), "dates": report_stats.ReportDates.of(current_month())}
        return render(request, "progress/report_months.html", facts)
    choice = MonthChoice(request.GET)
    month = (choice.cleaned_data["month"] if choice.is_valid() else None) or current_month()
    return _month_list(request, month)


@only(Role.OFFICE)
@require_POST
def due_day(request: Request) -> HttpResponse:
    """Set until which day reports are in time."""
    form = DueDayForm(request.POST)
    if not form.is_valid():
        return _month_list(request, current_month(), form, status=422)
    actions.set_due_day(form.cleaned_data["day"], by=request.user, at=timezone.now())
    messages.success(request, f"已保存：每月 {form.cleaned_data['day']} 日前上报。")
    return redirect("progress:reports")


@only(Role.LIAISON)
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def report(request: Request, year: int, month: int) -> HttpResponse:
    """Write the unit's own report: keep a draft or submit it. Once the month is over it is only read."""
    shown, unit = Month(year, month), _own_unit(request)
    if timezone.now() >= shown.ends_at:
        return redirect("progress:unit_report", unit.code, year, month)
    tasks = list(report_stats.reported_tasks(request.user, unit, shown))
    kept = MonthReport.objects.of_month(shown).filter(unit=unit).first()
    version = kept.version if kept else 0
    if request.method != "POST":
        return _form_page(request, shown, ReportForm(tasks, version=version))
    form = ReportForm(tasks, request.POST, version=version, submitted="submit" in request.POST)
    _keep_files(request, form)
    if form.is_valid() and not form.refusals and _saved(request, form, unit, shown):
        return redirect("progress:unit_report" if form.submitted else "progress:report", *_where(form, unit, shown))
    fresh = {task.pk: task for task in report_stats.reported_tasks(request.user, unit, shown)}
    for part in form.parts:  # with the files that were kept meanwhile
        part.line = getattr(fresh.get(part.task.pk), "report_line", None)
    return _form_page(request, shown, form, status=409 if form.note else 422)


@only(Role.OFFICE, Role.LIAISON, Role.GROUP_HEAD, Role.LEADER)
@require_safe
def unit_report(request: Request, unit: str, year: int, month: int) -> HttpResponse:
    """A report as it was submitted, in so far as its tasks concern this person."""
    shown = Month(year, month)
    owner = get_object_or_404(Unit, code=unit)
    tasks = list(report_stats.reported_tasks(request.user, owner, shown))
    if not tasks:
        raise Http404
    facts = {
        "unit": owner,
        "month": shown,
        "tasks": tasks,
        "report": MonthReport.objects.of_month(shown).visible_to(request.user).filter(unit=owner).first(),
        "dates": report_stats.ReportDates.of(shown),
        "may_write": request.user.role == Role.LIAISON and shown.starts_at <= timezone.now() < shown.ends_at,
    }
    return render(request, "progress/report.html", facts)


@staff
@require_safe
def evidence(request: Request, token: str) -> FileResponse:
    """A file of a report: a photo to look at, a document to save; never by its address alone."""
    kept = get_object_or_404(Evidence.objects.visible_to(request.user), token=token)
    return kept_file(kept)


def kept_file(kept: KeptFile) -> FileResponse:
    """Answer with a photo to look at or a document to save."""
    is_photo = kept.kind == KeptFile.Kind.PHOTO
    try:
        response = FileResponse(
            kept.file.open("rb"),
            as_attachment=not is_photo,
            filename="photo.jpg" if is_photo else kept.name,
            content_type="image/jpeg" if is_photo else "application/octet-stream",
        )
    except FileNotFoundError:
        raise Http404 from None
    return sealed(response)


@only(Role.LIAISON)
@require_POST
def remove_evidence(request: Request, token: str) -> HttpResponse:
    """Take a file of the unit's own report back."""
    kept = get_object_or_404(
        Evidence.objects.visible_to(request.user).select_related("line__task__unit", "line__report__unit"), token=token
    )
    task = kept.line.task
    actions.remove_evidence(kept, by=request.user, at=timezone.now())
    messages.success(request, f"已删除：{kept.name}。")
    return redirect("progress:report", task.year, task.month)


def _own_unit(request: Request) -> Unit:
    if request.user.unit is None:  # the database holds that a liaison has one
        raise Http404
    return request.user.unit


def _month_list(request: Request, month: Month, form: DueDayForm | None = None, status: int = 200) -> HttpResponse:
    rows = report_stats.rows_of_month(request.user, month)
    dates = report_stats.ReportDates.of(month)
    facts = {
        "month": month,
        "months": months_to_choose(month),
        "rows": rows,
        "submitted": sum(row.is_submitted for row in rows),
        "late": sum(bool(row.report and row.report.is_late) for row in rows),
        "dates": dates,
        "due_form": form or DueDayForm(initial={"day": dates.due.day}),
        "may_set": may_mark_flags(request.user),
    }
    return render(request, "progress/reports.html", facts, status=status)


def _form_page(request: Request, month: Month, form: ReportForm, status: int = 200) -> HttpResponse:
    facts = {
        "month": month,
        "form": form,
        "report": MonthReport.objects.of_month(month).filter(unit=request.user.unit).first(),
        "dates": report_stats.ReportDates.of(month),
        "accepted": ACCEPTED,
    }
    return render(request, "progress/report_form.html", facts, status=status)


def _keep_files(request: Request, form: ReportForm) -> None:
    """Keep what can be kept, whatever the texts beside it are; say why of each file that cannot."""
    for part in form.parts:
        for file in request.FILES.getlist(part.files_name):
            if not isinstance(file, UploadedFile):
                raise BadRequest
            try:
                _keep(request, part.task, file)
            except DomainError as error:
                form.refusals.append(f"“{file.name}”：{error.message}")


def _keep(request: Request, task: MonthTask, file: UploadedFile) -> None:  # type: ignore[type-arg]  # bytes
    cleaned = clean(file, name=file.name or "", size=file.size or 0)
    actions.add_evidence(task, evidence=cleaned, by=request.user, at=timezone.now())


def _saved(request: Request, form: ReportForm, unit: Unit, month: Month) -> bool:
    save = actions.submit_report if form.submitted else actions.save_report
    try:
        save(unit, month, answers=form.answers, version=form.version, by=request.user, at=timezone.now())
    except DomainError as error:
        # Caught here and not at the edge: what was typed must stay on the page.
        form.note = error.message
        return False
    messages.success(request, f"{month.month} 月的报告已上报。" if form.submitted else "草稿已保存，还没有上报。")
    return True


def _where(form: ReportForm, unit: Unit, month: Month) -> tuple[str | int, ...]:
    return (unit.code, month.year, month.month) if form.submitted else (month.year, month.month)
