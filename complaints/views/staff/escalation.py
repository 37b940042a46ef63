"""Late cases that were carried up (待定督办), and the word of who sees to one (知道了，正在办)."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only, permit, staff
from accounts.models import Role
from common.http import Request
from complaints import actions, words
from complaints.late_card import AcknowledgeForm
from complaints.models import Acknowledgement, Escalation
from complaints.permissions import may_acknowledge
from complaints.views.staff.case import find_case, posted, show_part

MOST_SHOWN = 100


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(choices=Escalation.Outcome.choices)
    reason = forms.CharField(max_length=300)


@only(Role.OFFICE)
@require_safe
def escalated(request: Request) -> HttpResponse:
    """The late cases that wait for the office to say whether they are put under supervision."""
    return _list(request)


@only(Role.OFFICE)
@require_POST
def decide_escalation(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(Escalation.objects.select_related("complaint"), pk=pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        wrong = "写一句理由，最多 300 个字。" if "reason" in form.errors else "选列入督办还是暂不督办。"
        return _list(request, refused=found.pk, wrong=wrong, typed=request.POST.get("reason", ""))
    outcome = Escalation.Outcome(form.cleaned_data["outcome"])
    actions.decide_escalation(
        found, outcome=outcome, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
    )
    messages.success(request, f"{found.complaint.number}：{outcome.label}。")
    return redirect("complaints:escalated")


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: Request, number: str) -> HttpResponse:
    found = find_case(request, number)
    permit(may_acknowledge(request.user, found))
    form, now = AcknowledgeForm(posted(request)), timezone.now()
    if not form.is_valid():
        return show_part(request, found, "complaints/staff/_late_form.html", late_form=form)
    actions.acknowledge(found, note=form.cleaned_data["note"], rest=form.rest, by=request.user, at=now)
    messages.success(request, f"记下了，{form.rest.days} 天内不再提醒这一件。")
    return redirect(found)


def _list(request: Request, *, refused: int = 0, wrong: str = "", typed: str = "") -> HttpResponse:
    now = timezone.now()
    waiting = Escalation.objects.to_decide(at=now).select_related("complaint__grid__community", "unit")
    rows = list(waiting[:MOST_SHOWN])
    said: dict[int, Acknowledgement] = {}
    for one in Acknowledgement.objects.filter(complaint__in=[row.complaint_id for row in rows]).select_related("by"):
        said.setdefault(one.complaint_id, one)
    shown = [
        {
            "row": row,
            "late": words.span(now - row.due_at),
            "said": said.get(row.complaint_id),
            "wrong": wrong if row.pk == refused else "",
            "typed": typed if row.pk == refused else "",
        }
        for row in rows
    ]
    facts = {"rows": shown, "total": waiting.count(), "outcomes": Escalation.Outcome}
    return render(request, "complaints/staff/escalated.html", facts, status=422 if wrong else 200)
