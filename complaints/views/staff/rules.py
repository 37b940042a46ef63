"""The office keeps the rules of dispatching (派遣规则) and tries them out."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only
from accounts.models import Role
from audit.history import changes_of
from common.errors import DomainError, StaleRecord
from common.http import Request
from complaints import actions
from complaints.models import RoutingRule
from complaints.rule_forms import RuleForm, TryForm, today


@only(Role.OFFICE)
@require_safe
def rules(request: Request) -> HttpResponse:
    """The rules in their order, and where a case thought up would go."""
    day = today(timezone.now())
    listed = RoutingRule.objects.select_related("category", "town", "community", "grid__community", "unit")
    form = TryForm(request.GET if "on" in request.GET else None, on=day)
    rows = [(rule, rule.trouble() if rule.is_active else "") for rule in listed]
    context = {"rows": rows, "today": day, "form": form, "answer": form.answer()}
    return render(request, "complaints/staff/rules.html", context, status=422 if form.errors else 200)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request: Request) -> HttpResponse:
    form = RuleForm(request.POST or None, on=today(timezone.now()))
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    added = form.rule()
    try:
        actions.add_rule(added, by=request.user, at=timezone.now())
    except DomainError as refused:
        return _page(request, form, refusal=refused.message, status=409)
    messages.success(request, f"已新增规则“{added.name}”，排在最后。")
    return redirect("complaints:rules")


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: Request, pk: int) -> HttpResponse:
    stored = get_object_or_404(RoutingRule, pk=pk)
    form = RuleForm(request.POST or None, instance=stored, on=today(timezone.now()))
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    edited = form.rule()
    try:
        actions.edit_rule(edited, seen=form.cleaned_data["seen"], by=request.user, at=timezone.now())
    except DomainError as refused:
        return _page(request, form, refusal=refused.message, is_stale=isinstance(refused, StaleRecord), status=409)
    messages.success(request, f"规则“{edited.name}”已保存。")
    return redirect("complaints:rules")


@only(Role.OFFICE)
@require_POST
def rule_move(request: Request, pk: int, way: str) -> HttpResponse:
    """One place up or down."""
    if way not in {"up", "down"}:
        raise Http404
    moved = get_object_or_404(RoutingRule, pk=pk)
    actions.move_rule(moved, up=way == "up", by=request.user, at=timezone.now())
    return redirect("complaints:rules")


def _page(
    request: Request, form: RuleForm, *, refusal: str = "", is_stale: bool = False, status: int = 200
) -> HttpResponse:
    stored = RoutingRule.objects.filter(pk=form.instance.pk).first()
    seen = stored.version if stored and is_stale else form["seen"].value()
    context = {
        "form": form,
        "rule": stored,
        "refusal": refusal,
        "seen": seen,
        "changes": changes_of(stored) if stored else [],
    }
    return render(request, "complaints/staff/rule_edit.html", context, status=status)
