"""The keys of programs (接口密钥), for the administrator."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions
from accounts.access import only
from accounts.forms import TokenForm
from accounts.models import ApiToken, Role
from common.http import Request


@only(Role.ADMINISTRATOR)
@require_safe
def tokens(request: Request) -> HttpResponse:
    issued = ApiToken.objects.select_related("user__unit", "user__group", "created_by")
    return render(request, "accounts/tokens.html", {"tokens": list(issued)})


@only(Role.ADMINISTRATOR)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_new(request: Request) -> HttpResponse:
    form = TokenForm(request.POST or None, initial={"kind": ApiToken.Kind.CLIENT})
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/token_new.html", {"form": form}, status=422 if form.is_bound else 200)
    given = form.cleaned_data
    issued = actions.issue_token(
        name=given["name"],
        kind=given["kind"],
        user=form.user,
        scopes=form.scopes(),
        by=request.user,
        at=timezone.now(),
    )
    # Shown in this answer only: a redirect would have to keep the key somewhere on the way.
    return render(request, "accounts/token_issued.html", {"issued": issued})


@only(Role.ADMINISTRATOR)
@require_POST
def token_revoke(request: Request, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=pk)
    actions.revoke_token(token, by=request.user, at=timezone.now())
    messages.success(request, f"{token.name}的密钥已停用，马上失效。")
    return redirect("accounts:tokens")
