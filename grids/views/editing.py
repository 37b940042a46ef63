from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import only
from accounts.models import Role
from common.http import Request
from grids import actions
from grids.forms import AssignForm, EndForm, GridForm, NewGridForm, RetireForm
from grids.models import Grid, GridAssignment


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    if request.method != "POST":
        return render(request, "grids/new.html", {"form": NewGridForm(initial={"started_on": timezone.localdate()})})
    form = NewGridForm(request.POST)
    if not form.is_valid():
        return render(request, "grids/new.html", {"form": form}, status=422)
    grid = actions.add_grid(**form.cleaned_data, by=request.user, at=timezone.now())
    messages.success(request, f"加了{grid}，编码 {grid.code}。接着定主责单位。")
    return redirect("grids:edit", grid.code)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, code: str) -> HttpResponse:
    """Name and polygon; the forms beside them post to the views below."""
    grid = _grid(code)
    if request.method != "POST":
        return _page(request, grid)
    actions.ensure_unchanged(grid, version=_version(request))
    form = GridForm(request.POST, grid=grid)
    if not form.is_valid():
        return _page(request, grid, form=form, status=422)
    actions.change_grid(
        grid,
        name=form.cleaned_data["name"],
        boundary=form.cleaned_data["boundary"],
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, f"存好了{grid}的网格名和边界。")
    return redirect("grids:edit", code)


@only(Role.OFFICE)
@require_POST
def lead(request: Request, code: str) -> HttpResponse:
    grid = _grid(code)
    form = AssignForm(request.POST, grid=grid, today=timezone.localdate(), prefix="lead")
    if not form.is_valid():
        return _page(request, grid, lead_form=form, status=422)
    actions.ensure_unchanged(grid, version=form.cleaned_data["version"])
    unit, from_on = form.cleaned_data["unit"], form.cleaned_data["from_on"]
    actions.assign_lead(grid, unit=unit, from_on=from_on, by=request.user, at=timezone.now())
    messages.success(request, f"{unit}从 {from_on} 起主责{grid}。")
    return redirect("grids:edit", code)


@only(Role.OFFICE)
@require_POST
def helper(request: Request, code: str) -> HttpResponse:
    grid = _grid(code)
    form = AssignForm(request.POST, grid=grid, today=timezone.localdate(), prefix="helper")
    if not form.is_valid():
        return _page(request, grid, helper_form=form, status=422)
    actions.ensure_unchanged(grid, version=form.cleaned_data["version"])
    unit, from_on = form.cleaned_data["unit"], form.cleaned_data["from_on"]
    actions.add_helper(grid, unit=unit, from_on=from_on, by=request.user, at=timezone.now())
    messages.success(request, f"{unit}从 {from_on} 起协助{grid}。")
    return redirect("grids:edit", code)


@only(Role.OFFICE)
@require_POST
def end(request: Request, code: str) -> HttpResponse:
    grid = _grid(code)
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有结束：选一个结束日期再按。")
        return redirect("grids:edit", code)
    actions.ensure_unchanged(grid, version=form.cleaned_data["version"])
    assignment = get_object_or_404(grid.assignments.select_related("unit"), pk=form.cleaned_data["assignment"])
    assignment.grid = grid
    actions.end_assignment(assignment, on=form.cleaned_data["on"], by=request.user, at=timezone.now())
    what = assignment.get_kind_display()
    messages.success(request, f"{assignment.unit}{what}{grid}到 {form.cleaned_data['on']} 为止。")
    return redirect("grids:edit", code)


@only(Role.OFFICE)
@require_POST
def retire(request: Request, code: str) -> HttpResponse:
    grid = _grid(code)
    form = RetireForm(request.POST, grid=grid, today=timezone.localdate(), prefix="retire")
    if not form.is_valid():
        return _page(request, grid, retire_form=form, status=422)
    actions.ensure_unchanged(grid, version=form.cleaned_data["version"])
    actions.retire_grid(grid, on=form.cleaned_data["on"], by=request.user, at=timezone.now())
    messages.success(request, f"{grid}已停用。它的编号不再给别的网格。")
    return redirect("grids:list")


def _grid(code: str) -> Grid:
    grid: Grid = get_object_or_404(Grid.objects.select_related("community__town"), code=code)
    return grid


def _version(request: Request) -> int:
    version = request.POST.get("version", "")
    return int(version) if version.isdigit() else -1


def _page(request: Request, grid: Grid, status: int = 200, **bound: Any) -> HttpResponse:
    """The whole page; `bound` are the forms that came back with errors, by their name in the template."""
    today = timezone.localdate()
    wanted = request.GET.get("unit", "")
    assignments = list(grid.assignments.select_related("unit").order_by("-started_on", "unit__code"))
    going = [a for a in assignments if a.ended_on is None or a.ended_on > today]
    forms = {
        "form": GridForm(grid=grid),
        "lead_form": AssignForm(grid=grid, today=today, unit=wanted, prefix="lead"),
        "helper_form": AssignForm(grid=grid, today=today, unit=wanted, prefix="helper"),
        "retire_form": RetireForm(grid=grid, today=today, prefix="retire"),
    }
    context = {
        "grid": grid,
        "today": today,
        "leads": [a for a in going if a.kind == GridAssignment.Kind.LEAD],
        "helpers": [a for a in going if a.kind == GridAssignment.Kind.HELPER],
        "past": [a for a in assignments if a not in going],
        "with_errors": next(iter(bound.values()), None),
    }
    return render(request, "grids/edit.html", context | forms | bound, status=status)
