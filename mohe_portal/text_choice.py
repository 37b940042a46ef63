"""Where every text message leads: stop them, or have them again. Nobody signs in for it."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import public
from common import client
from common.budgets import Limit, spend
from notifications import phones
from notifications.models import PhoneChoice

# Of addresses that lead nowhere: whoever tries many is looking for other people's.
GUESSES = Limit("text-choice-guess", 30, timedelta(hours=1), "试得太多了，请过一小时再打开短信里的链接。")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def text_choice(request: HttpRequest, token: str) -> HttpResponse:
    """A visit changes nothing, since programs follow links, too; the button does."""
    choice = PhoneChoice.objects.filter(token=token.upper()).first()
    if choice is None:
        spend(GUESSES, client.network(request), at=timezone.now())
        raise Http404
    if request.method == "POST":
        phones.choose(choice, is_on=request.POST.get("want") == "on", at=timezone.now())
        return redirect("text_choice", choice.token)
    return render(request, "notifications/text_choice.html", {"choice": choice})
