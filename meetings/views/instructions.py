"""Leaders' instructions (批示) on a case, a month task or a figure; each is an action item that its unit answers."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import only
from accounts.models import Role, Unit, User
from common.clock import CITY_TIME
from common.http import Request
from complaints.models import Complaint
from meetings import actions, stats
from meetings.forms import AboutForm, InstructionForm
from meetings.models import ActionItem
from meetings.views.meetings import PER_PAGE
from progress.models import MonthTask

USUAL_DAYS = 7


@dataclass(frozen=True)
class Link:
    """On what an instruction is written, for this person: without an address where they may not open it."""

    words: str
    url: str = ""


@only(Role.LEADER, Role.OFFICE)
@require_safe
def instructions(request: Request) -> HttpResponse:
    """A leader's own with their replies; for the office those of all leaders."""
    now = timezone.now()
    written = stats.instructions_of(request.user)
    facts = {
        "page": Paginator(stats.with_replies(written).most_urgent_first(), PER_PAGE).get_page(request.GET.get("page")),
        "counts": stats.item_counts(written, at=now),
        "today": now.astimezone(CITY_TIME).date(),
    }
    return render(request, "meetings/instructions.html", facts)


@only(Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def instruction_new(request: Request) -> HttpResponse:
    """Write on what the address names: `?case=2026-000123`, `?task=7`, `?figure=结案率&value=8／9&page=/cockpit/`."""
    about, now = _about(request), timezone.now()
    if about is None:
        messages.info(request, "批示写在具体的事上：打开一个案件或一项月任务，再点“写批示”。")
        return redirect("meetings:instructions")
    today = now.astimezone(CITY_TIME).date()
    usual = {"unit": _concerned(about), "due_on": today + timedelta(days=USUAL_DAYS)}
    form = InstructionForm(request.POST or None, today=today, initial=usual)
    if request.method == "POST" and form.is_valid():
        given = actions.instruct(about, **form.cleaned_data, by=request.user, at=now)
        messages.success(request, f"批示已交给{given.unit}，回复会提醒您。")
        return redirect(given)
    facts = {"form": form, "about": _link(about, request.user)}
    return render(request, "meetings/instruction_new.html", facts, status=422 if form.errors else 200)


def about_link(item: ActionItem, user: User) -> Link | None:
    """On what an item was written; None where it is no instruction."""
    written = item.on
    if written is None:
        return None
    return _link(actions.About(written.case, written.task, written.figure, written.value, written.page), user)


def _about(request: Request) -> actions.About | None:
    """What the address names; None if it names nothing."""
    named = AboutForm(request.GET)
    if not named.is_valid():
        raise Http404
    said = named.cleaned_data
    if said["case"]:
        visible = Complaint.objects.visible_to(request.user).select_related("unit")
        return actions.About(case=get_object_or_404(visible, number=said["case"]))
    if said["task"]:
        visible_tasks = MonthTask.objects.visible_to(request.user).select_related("unit", "group")
        return actions.About(task=get_object_or_404(visible_tasks, pk=said["task"]))
    if not said["figure"]:
        return None
    return actions.About(figure=said["figure"], value=said["value"], page=said["page"])


def _concerned(about: actions.About) -> Unit | None:
    """The unit that is proposed: the one that handles the case or has the task."""
    on = about.case or about.task
    return on.unit if on else None


def _link(about: actions.About, user: User) -> Link:
    if about.case:
        words = f"案件 {about.case.number}"
        if not Complaint.objects.visible_to(user).filter(pk=about.case.pk).exists():
            return Link(words)
        return Link(f"{words}　{about.case.title}", about.case.get_absolute_url())
    if about.task:
        task = about.task
        words = f"{task.group} {task.year} 年 {task.month} 月任务　{task.content}"
        return Link(words, reverse("progress:history", args=[task.pk]))
    return Link(f"{about.figure}　{about.value}".strip(), about.page)
