"""Month tasks as a list, and one more that the office gives beside the annual plan they come from."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import only
from accounts.models import Role
from common.http import Request
from common.months import Month
from progress import actions
from progress.forms import TaskFilter, TaskForm
from progress.models import MonthTask
from progress.permissions import may_mark_flags
from progress.views.boards import current_month, months_to_choose

PAGE_SIZE = 50


@only(Role.OFFICE, Role.LIAISON, Role.GROUP_HEAD, Role.LEADER)
@require_safe
def tasks(request: Request) -> HttpResponse:
    """A month's tasks that concern this person: their unit's, their group's, or all."""
    choice = TaskFilter(request.GET)
    chosen = choice.cleaned_data if choice.is_valid() else {}
    month, group = chosen.get("month") or current_month(), chosen.get("group")
    found = MonthTask.objects.visible_to(request.user).of_month(month).select_related("unit", "group")
    if group:
        found = found.on_board(group)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    facts = {
        "page": page,
        "month": month,
        "months": months_to_choose(month),
        "group": group,
        "groups": choice.fields["group"].queryset,  # type: ignore[attr-defined]  # a ModelChoiceField
        "may_plan": may_mark_flags(request.user),
    }
    return render(request, "progress/tasks.html", facts)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def task_new(request: Request) -> HttpResponse:
    """Give a unit one more month task; beside an approved plan that is an amendment of it."""
    months = _months_to_plan()
    form = TaskForm(request.POST or None, months=months, initial={"month": str(current_month())})
    if request.method == "POST" and form.is_valid():
        task = actions.plan_task(**form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, f"已加：{task.unit}，{task.month} 月，{task.content}。")
        return redirect("progress:task_new" if "again" in request.POST else "progress:tasks")
    return render(request, "progress/task_new.html", {"form": form}, status=422 if form.errors else 200)


def _months_to_plan() -> list[Month]:
    """From this January to the December of next year."""
    january = Month(current_month().year, 1)
    return [january.shifted(by) for by in range(24)]
