from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from accounts.access import only
from accounts.models import Role
from common.http import Request
from complaints import bulk as many

NOTHING_TICKED = "一件也没有勾选。请在表里勾选要办的案件。"


@only(Role.OFFICE, Role.OPERATOR, Role.GUIDANCE)
@require_POST
def bulk(request: Request) -> HttpResponse:
    """One move for the ticked rows of the queue; the answer says of each what became of it."""
    form = many.BulkForm(request.POST)
    ticked = request.POST.getlist("case")
    if not ticked or not form.is_valid():
        messages.warning(
            request, "一件也没有勾选。请在表里勾选要办的案件。" if not ticked else "页面不完整，请刷新再办。"
        )
        return redirect(_queue(request.POST.get("state", "")))
    outcomes = many.perform(ticked, form, by=request.user, at=timezone.now())
    done = sum(outcome.is_done for outcome in outcomes)
    context = {
        "outcomes": outcomes,
        "done": done,
        "failed": len(outcomes) - done,
        "move": many.WORDS[form.cleaned_data["move"]],
        "queue_url": _queue(request.POST.get("state", "")),
    }
    return render(request, "complaints/staff/bulk.html", context)


def _queue(state: str) -> str:
    query = f"?{urlencode({'state': state})}" if state in {str(one) for one in many.MOVES} else ""
    return reverse("complaints:queue") + query
