"""Meetings of the leading group and the special groups: list, one meeting, its agenda pack, its minutes."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import only, permit
from accounts.models import Role
from common.clock import CITY_TIME
from common.http import Request
from meetings import actions, stats
from meetings.forms import ChangeForm, InvitationForm, MeetingForm, MinutesForm
from meetings.models import READS_SOMETHING, ActionItem, Meeting
from meetings.permissions import HOLDERS, may_edit, may_read_pack

PER_PAGE = 50


@only(*READS_SOMETHING)
@require_safe
def meeting_list(request: Request) -> HttpResponse:
    """The meetings that concern this person, newest first."""
    found = Meeting.objects.visible_to(request.user).select_related("group")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    facts = {"page": page, "now": timezone.now(), "may_call": request.user.role in HOLDERS}
    return render(request, "meetings/list.html", facts)


@only(*HOLDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: Request) -> HttpResponse:
    own = request.user.group if request.user.role == Role.GROUP_HEAD else None
    form = MeetingForm(request.POST or None, own=own)
    if request.method == "POST" and form.is_valid():
        called = actions.call_meeting(
            group=form.chosen_group, invitation=form.invitation, by=request.user, at=timezone.now()
        )
        messages.success(request, "会议已登记。材料随数据更新，开会前打印。")
        return redirect(called)
    facts = {"form": form, "own": own}
    return render(request, "meetings/new.html", facts, status=422 if form.errors else 200)


@only(*READS_SOMETHING)
@require_safe
def meeting(request: Request, pk: int) -> HttpResponse:
    """One meeting. A unit reads the items that are its own."""
    shown = find_meeting(request, pk)
    items = ActionItem.objects.visible_to(request.user).filter(meeting=shown).named().most_urgent_first()
    facts = {
        "meeting": shown,
        "items": items,
        "today": timezone.now().astimezone(CITY_TIME).date(),
        "may_edit": may_edit(request.user, shown),
        "may_read_pack": may_read_pack(request.user, shown),
    }
    return render(request, "meetings/detail.html", facts)


@only(*HOLDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: Request, pk: int) -> HttpResponse:
    edited = find_meeting(request, pk)
    permit(may_edit(request.user, edited))
    form = ChangeForm(request.POST or None, initial=InvitationForm.told_by(edited))
    stale = ""
    if request.method == "POST" and form.is_valid():
        edited.version = form.cleaned_data["version"]
        try:
            actions.change_meeting(edited, invitation=form.invitation, by=request.user, at=timezone.now())
        except actions.StaleMeeting as refused:
            # Not left to the edge: what was typed has to stay on the page.
            stale = refused.message
        else:
            messages.success(request, "会议已修改。")
            return redirect(edited)
    status = 409 if stale else 422 if form.errors else 200
    return render(request, "meetings/edit.html", _editing(edited, form, stale), status=status)


@only(*HOLDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def minutes(request: Request, pk: int) -> HttpResponse:
    written = find_meeting(request, pk)
    permit(may_edit(request.user, written))
    form = MinutesForm(request.POST or None, initial={"minutes": written.minutes, "version": written.version})
    stale = ""
    if request.method == "POST" and form.is_valid():
        written.version = form.cleaned_data["version"]
        try:
            actions.write_minutes(written, minutes=form.cleaned_data["minutes"], by=request.user, at=timezone.now())
        except actions.StaleMeeting as refused:
            stale = refused.message
        else:
            messages.success(request, "会议纪要已保存。")
            return redirect(written)
    status = 409 if stale else 422 if form.errors else 200
    return render(request, "meetings/minutes.html", _editing(written, form, stale), status=status)


@only(*(READS_SOMETHING - {Role.LIAISON}))
@require_safe
def pack(request: Request, pk: int) -> HttpResponse:
    """The agenda pack, to be printed on A4."""
    shown = find_meeting(request, pk)
    permit(may_read_pack(request.user, shown))
    now = timezone.now()
    facts = {
        "meeting": shown,
        "pack": stats.pack(shown, at=now),
        "now": now,
        "today": now.astimezone(CITY_TIME).date(),
    }
    return render(request, "meetings/pack.html", facts)


def find_meeting(request: Request, pk: int) -> Meeting:
    found = Meeting.objects.visible_to(request.user).select_related("group", "minutes_by__unit", "minutes_by__group")
    return get_object_or_404(found, pk=pk)


def _editing(meeting: Meeting, form: ChangeForm | MinutesForm, stale: str) -> dict[str, object]:
    """After a refusal the newest minutes and version stand beside what was typed."""
    if not stale:
        return {"meeting": meeting, "form": form, "stale": ""}
    newest = Meeting.objects.select_related("group").get(pk=meeting.pk)
    form.show_against(newest.version)
    return {"meeting": newest, "form": form, "stale": stale}
