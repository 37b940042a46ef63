"""The office keeps the classes of case (案件类别): unit, limits, group, photo, in use or not."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only
from accounts.models import Role
from audit.history import changes_of
from common.clock import Clock
from common.errors import StaleRecord
from common.http import Request
from complaints import actions
from complaints.category_forms import CategoryFilters, CategoryForm
from complaints.deadlines import limit_words
from complaints.models import Category

PER_PAGE = 50


@only(Role.OFFICE)
@require_safe
def categories(request: Request) -> HttpResponse:
    filters = CategoryFilters(request.GET)
    page = Paginator(filters.found(), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(one, limit_words(Clock(one.clock), one.limit), _urgent_words(one)) for one in page]
    is_empty = not Category.objects.exists()
    context = {"page": page, "rows": rows, "filters": filters, "is_empty": is_empty}
    return render(request, "complaints/staff/categories.html", context)


def _urgent_words(category: Category) -> str:
    clock = Clock(category.urgent_clock)
    return f"{category.urgent_limit} 小时" if clock == Clock.URGENT_HOUR else limit_words(clock, category.urgent_limit)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def category_new(request: Request) -> HttpResponse:
    form = CategoryForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    added = form.save(commit=False)
    actions.add_category(added, by=request.user, at=timezone.now())
    messages.success(request, f"已新增类别“{added.name}”。")
    return redirect("complaints:categories")


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def category_edit(request: Request, pk: int) -> HttpResponse:
    """Change a class; who had not seen the newest state is told so and keeps what was typed."""
    form = CategoryForm(request.POST or None, instance=get_object_or_404(Category, pk=pk))
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    edited = form.save(commit=False)
    try:
        actions.edit_category(edited, seen=form.cleaned_data["seen"], by=request.user, at=timezone.now())
    except StaleRecord as refused:
        return _page(request, form, refusal=refused.message, status=409)
    messages.success(request, f"类别“{edited.name}”已保存。已经定下的期限不变。")
    return redirect("complaints:categories")


@only(Role.OFFICE)
@require_POST
def categories_standard(request: Request) -> HttpResponse:
    """Fill the empty table with the published classes."""
    count = actions.bring_in_standard_categories(by=request.user, at=timezone.now())
    messages.success(request, f"已填入 {count} 个标准类别。请逐个核对职能部门和时限。")
    return redirect("complaints:categories")


def _page(request: Request, form: CategoryForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
    stored = Category.objects.filter(pk=form.instance.pk).first()
    context = {
        "form": form,
        "category": stored,
        "refusal": refusal,
        "changes": changes_of(stored) if stored else [],
        "version": stored.version if stored else 0,
    }
    return render(request, "complaints/staff/category_edit.html", context, status=status)
