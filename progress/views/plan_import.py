"""A plan from a workbook: template, what is wrong with the file, preview, and taking it in whole."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only, permit
from accounts.models import Role
from common.http import Request
from progress import actions, plan_sheet, plan_stats
from progress.actions import TaskDraft
from progress.models import AnnualPlan
from progress.permissions import may_write
from progress.plan_forms import PlanUploadForm
from progress.plan_sheet import ReadPlan
from progress.views.annual import READERS, find_plan

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@only(Role.LIAISON)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request, unit: str, year: int) -> HttpResponse:
    """Send the workbook; what is wrong is said here by row and column, what it holds is shown before it is taken."""
    plan = find_plan(request, unit, year)
    permit(may_write(request.user, plan))
    if request.method != "POST":
        return _page(request, plan, PlanUploadForm())
    form = PlanUploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, plan, form, status=422)
    found = plan_sheet.read(form.cleaned_data["file"].read())
    if found.faults:
        return _page(request, plan, form, found, status=422)
    facts = {
        "plan": plan,
        "name": form.cleaned_data["file"].name,
        "drafts": found.drafts,
        "months": sum(len(draft.targets) for draft in found.drafts),
        "before": plan.tasks.count(),
        "sealed": plan_sheet.sealed(found.drafts, plan),
    }
    return render(request, "progress/plan_preview.html", facts)


@only(Role.LIAISON)
@require_POST
def confirm(request: Request, unit: str, year: int) -> HttpResponse:
    """Take in what was shown, all of it."""
    plan = find_plan(request, unit, year)
    permit(may_write(request.user, plan))
    drafts = plan_sheet.unsealed(request.POST.get("sealed", ""), plan)
    if drafts is None:
        messages.warning(request, "预览已经过了两小时，没有导入。请重新选文件。")
        return redirect("progress:plan_import", unit, year)
    actions.replace_tasks(plan, drafts, by=request.user, at=timezone.now())
    messages.success(request, f"已导入 {len(drafts)} 项任务。看过没有问题，再提交。")
    return redirect(plan)


@only(*READERS)
@require_safe
def template(request: Request, unit: str, year: int) -> HttpResponse:
    """The workbook: an empty template, or the plan as it stands, to be read or changed and sent back."""
    plan = find_plan(request, unit, year)
    content = plan_sheet.workbook(_drafts(request, plan))
    response = HttpResponse(content, content_type=XLSX)
    name = f"{plan.unit}-{year}年度工作计划.xlsx"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _drafts(request: Request, plan: AnnualPlan) -> list[TaskDraft]:
    return [
        TaskDraft(
            shown.task.group,
            shown.task.content,
            shown.task.measure,
            {cell.month: cell.planned.target for cell in shown.cells if cell.planned and not cell.is_dropped},
        )
        for shown in plan_stats.shown_tasks(request.user, plan)
    ]


def _page(
    request: Request, plan: AnnualPlan, form: PlanUploadForm, found: ReadPlan | None = None, status: int = 200
) -> HttpResponse:
    facts = {"plan": plan, "form": form, "faults": found.faults if found else [], "tasks": plan.tasks.count()}
    return render(request, "progress/plan_import.html", facts, status=status)
