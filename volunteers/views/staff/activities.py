"""Activities as organisers keep them: list, plan, one activity and what may be done with it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only, permit, staff
from accounts.models import Role
from common.clock import CITY_TIME
from common.errors import DomainError
from common.http import Request
from complaints.uploads import takes_photos
from volunteers import actions
from volunteers.actions import Repeat
from volunteers.forms import ActivityForm, NewActivityForm, ReasonForm, ReportForm
from volunteers.models import Activity, ServiceRecord, SignUp, Team
from volunteers.models.activity import OPENS_BEFORE
from volunteers.permissions import KEEPERS, may_keep
from volunteers.workflow import ActivityState

PER_PAGE = 40
TABS = {"coming": "要办的", "unconfirmed": "等确认时长", "all": "全部"}


@staff
@require_safe
def activities(request: Request) -> HttpResponse:
    """Those this person organises; who organises none sees all."""
    now, tab = timezone.now(), request.GET.get("show", "coming")
    tab = tab if tab in TABS else "coming"
    organises = request.user.role in KEEPERS
    mine = Activity.objects.kept_by(request.user) if organises else Activity.objects.public()
    over = mine.filter(state=ActivityState.PUBLISHED, ends_at__lte=now)
    coming = mine.filter(state__in=[ActivityState.DRAFT, ActivityState.PUBLISHED], ends_at__gt=now)
    found = {"coming": coming.order_by("starts_at", "pk"), "unconfirmed": over, "all": mine}[tab]
    counts = {"coming": coming.count(), "unconfirmed": over.count(), "all": None}
    facts = {
        "page": Paginator(found.named(), PER_PAGE).get_page(request.GET.get("page")),
        "tabs": [(value, label, counts[value]) for value, label in TABS.items()],
        "tab": tab,
        "now": now,
        "organises": organises,
    }
    return render(request, "volunteers/staff/activities.html", facts)


@only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def activity_new(request: Request) -> HttpResponse:
    now = timezone.now()
    teams = Team.objects.kept_by(request.user).open().select_related("unit")
    copied = Activity.objects.kept_by(request.user).filter(pk=_number(request.GET.get("from", ""))).first()
    initial = ActivityForm.told_by(copied) | {"on": None} if copied else {}
    data = request.POST if request.method == "POST" else None
    form = NewActivityForm(data, initial=initial, teams=teams, today=now.astimezone(CITY_TIME).date())
    if form.is_valid():
        repeat, until = Repeat(form.cleaned_data["repeat"]), form.cleaned_data["until"]
        try:
            planned = actions.plan_activity(form.plan, by=request.user, at=now, repeat=repeat, until=until)
        except DomainError as refused:
            form.add_error(None, refused.message)
        else:
            more = f"，一共 {len(planned)} 次" if len(planned) > 1 else ""
            messages.success(request, f"登记好了{more}。看一遍，没问题就发布。")
            return redirect("volunteers:activity_kept", planned[0].pk)
    facts = {"form": form, "activity": None, "has_teams": teams.exists()}
    return render(request, "volunteers/staff/activity_edit.html", facts, status=422 if form.errors else 200)


@only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def activity_edit(request: Request, pk: int) -> HttpResponse:
    now, edited = timezone.now(), kept_activity(request, pk)
    teams = Team.objects.kept_by(request.user).open().select_related("unit")
    data = request.POST if request.method == "POST" else None
    today = now.astimezone(CITY_TIME).date()
    form = ActivityForm(data, initial=ActivityForm.told_by(edited), teams=teams, today=today)
    status = 200
    if form.is_valid():
        edited.version = form.cleaned_data["version"] or 0
        try:
            actions.change_activity(edited, plan=form.plan, by=request.user, at=now)
        except DomainError as refused:
            form.add_error(None, refused.message)
            edited.refresh_from_db()
            # What was typed is sent next against the version that is shown now.
            form.data = {**{name: form.data[name] for name in form.data}, "version": str(edited.version)}
            status = 409
        else:
            messages.success(request, "改好了。报了名的人会收到新的时间地点。")
            return redirect("volunteers:activity_kept", pk)
    facts = {"form": form, "activity": edited, "has_teams": True}
    status = 422 if form.errors and status == 200 else status
    return render(request, "volunteers/staff/activity_edit.html", facts, status=status)


@staff
@require_safe
def activity_kept(request: Request, pk: int) -> HttpResponse:
    """One activity; names of those who signed up are for its organisers."""
    shown = get_object_or_404(Activity.objects.visible_to(request.user).named(), pk=pk)
    return _page(request, shown)


def _page(
    request: Request, shown: Activity, *, cancel_form: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    now, may = timezone.now(), may_keep(request.user, shown)
    sign_ups = list(shown.sign_ups.standing().select_related("volunteer")) if may else []
    is_open = shown.state in {ActivityState.DRAFT, ActivityState.PUBLISHED}
    is_published, is_over = shown.state == ActivityState.PUBLISHED, now >= shown.ends_at
    facts = {
        "activity": shown,
        "may_keep": may,
        "going": [one for one in sign_ups if one.state == SignUp.State.GOING],
        "waiting": [one for one in sign_ups if one.state == SignUp.State.WAITING],
        "is_draft": shown.state == ActivityState.DRAFT,
        "may_change": may and is_open and now < shown.starts_at,
        "may_cancel": may and is_open and not is_over,
        "may_note": may and is_published and now >= shown.starts_at - OPENS_BEFORE,
        "may_confirm": may and is_published and is_over,
        "may_report": may and is_over and shown.state in {ActivityState.PUBLISHED, ActivityState.CONFIRMED},
        "records": ServiceRecord.objects.filter(activity=shown).count(),
        "siblings": Activity.objects.filter(series=shown.series).count() if shown.series else 0,
        "is_over": is_over,
        "now": now,
        "cancel_form": cancel_form or ReasonForm(),
    }
    return render(request, "volunteers/staff/activity.html", facts, status=status)


@only(*KEEPERS)
@require_POST
def activity_publish(request: Request, pk: int) -> HttpResponse:
    """Open it for everybody; with `all` every draft of the series."""
    shown = kept_activity(request, pk)
    drafts = Activity.objects.filter(series=shown.series, state=ActivityState.DRAFT, starts_at__gt=timezone.now())
    chosen = list(drafts) if shown.series and "all" in request.POST else [shown]
    for one in chosen:
        actions.publish(one, by=request.user, at=timezone.now())
    messages.success(
        request, f"发布了 {len(chosen)} 场，居民可以报名了。" if len(chosen) > 1 else "发布了，居民可以报名。"
    )
    return redirect("volunteers:activity_kept", pk)


@only(*KEEPERS)
@require_POST
def activity_cancel(request: Request, pk: int) -> HttpResponse:
    shown = kept_activity(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, cancel_form=form, status=422)
    actions.cancel(shown, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    messages.success(request, "已取消，报名和候补的人都会收到消息。")
    return redirect("volunteers:activity_kept", pk)


@only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def activity_report(request: Request, pk: int) -> HttpResponse:
    shown = kept_activity(request, pk)
    initial = {"version": shown.version, "text": shown.report, "url": shown.report_url}
    form = ReportForm(request.POST, request.FILES) if request.method == "POST" else ReportForm(initial=initial)
    status = 200
    if form.is_valid():
        shown.version, sent = form.cleaned_data["version"], form.cleaned_data
        try:
            actions.report_activity(
                shown, text=sent["text"], url=sent["url"], photos=sent["photos"], by=request.user, at=timezone.now()
            )
        except DomainError as refused:
            form.add_error(None, refused.message)
            status = 409
        else:
            messages.success(request, "活动情况存好了，居民在活动页看得到。")
            return redirect("volunteers:activity_kept", pk)
    status = 422 if form.errors and status == 200 else status
    facts = {"form": form, "activity": shown, "photo_count": shown.photos.count()}
    return render(request, "volunteers/staff/report.html", facts, status=status)


def kept_activity(request: Request, pk: int) -> Activity:
    """One that this person organises: 404 where they may not see it, 403 where they may only see it."""
    found: Activity = get_object_or_404(Activity.objects.visible_to(request.user).named(), pk=pk)
    permit(request.user.role == Role.OFFICE or may_keep(request.user, found))
    return found


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
