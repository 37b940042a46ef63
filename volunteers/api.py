"""The patrols' API, for the queue on the phone and for other programs."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Access, permit
from accounts.models import Role, Unit, User
from common.api import TITLES, problem
from common.clock import CITY_TIME
from complaints import pictures
from complaints.uploads import BoundedUploadHandler
from grids.models import Grid
from volunteers import actions
from volunteers.actions import AlreadyPatrolled, AlreadyReported, KeyReused
from volunteers.checklist import CODES, FINE, PROBLEM
from volunteers.forms import KEY_LENGTH, FindingForm
from volunteers.models import Finding, PatrolLog
from volunteers.permissions import may_add_finding, may_patrol
from volunteers.telling import told_case

View = Callable[..., HttpResponseBase]


def api_only(*roles: Role) -> Callable[[View], View]:
    """Like accounts.access.only, for machines: who is not signed in gets 401 and no sign-in page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            refusal = _refusal(request, frozenset(roles))
            if refusal:
                return refusal
            request.upload_handlers = [MemoryFileUploadHandler(request), BoundedUploadHandler(request)]
            return view(request, *args, **kwargs)

        guarded.login_required = False  # type: ignore[attr-defined]  # LoginRequiredMiddleware would redirect
        guarded.access = Access(roles=frozenset(roles))  # type: ignore[attr-defined]  # read by the guard test
        guarded.csrf_exempt = True  # type: ignore[attr-defined]  # the session authentication of the API checks it
        return guarded

    return decorate


def _refusal(request: HttpRequest, roles: frozenset[Role]) -> HttpResponseBase | None:
    if not request.user.is_authenticated:
        status, code, detail = 401, "not_authenticated", "登录已经过期。请重新登录，存着的内容还在。"
    elif request.user.role not in roles:
        status, code, detail = 403, "permission_denied", "只有单位联络员可以记巡查。"
    else:
        return None
    body = {"type": "about:blank", "title": TITLES[status], "status": status, "code": code, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")


class PatrolSerializer(serializers.Serializer[dict[str, Any]]):
    """A finished patrol. Times are ISO 8601 with offset; `checks` maps items of the check-list to fine or problem."""

    grid = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Grid.objects.select_related("community"),
        error_messages={"does_not_exist": "没有编码是 {value} 的网格。"},
    )
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField()
    result = serializers.ChoiceField(choices=PatrolLog.Result.choices)
    checks = serializers.DictField(
        child=serializers.ChoiceField(choices=[FINE, PROBLEM]), required=False, default=dict[str, str]
    )
    join = serializers.BooleanField(required=False, default=False)

    def validate_checks(self, checks: dict[str, str]) -> dict[str, str]:
        if not set(checks) <= CODES:
            raise serializers.ValidationError(f"检查项只有 {'、'.join(sorted(CODES))}。")
        return checks


@api_only(Role.LIAISON)
@api_view(["GET", "POST"])
@parser_classes([JSONParser])
def patrols(request: Request) -> Response:
    """GET: who is signed in and what is patrolled today. POST: one finished patrol, with Idempotency-Key."""
    user = _user(request)
    permit(may_patrol(user))
    if request.method == "GET":
        return _today(request)
    key = _key(request)
    if isinstance(key, Response):
        return key
    sent = PatrolSerializer(data=request.data)
    sent.is_valid(raise_exception=True)
    try:
        log = actions.finish_patrol(unit=_unit(user), by=user, at=timezone.now(), key=key, **sent.validated_data)
    except AlreadyPatrolled as refused:
        return problem(409, refused.code, refused.message, patrol=_told(refused.log))
    except KeyReused as refused:
        return problem(422, refused.code, refused.message)
    return Response(_told(log), status=201)


@api_only(Role.LIAISON)
@api_view(["POST"])
@parser_classes([MultiPartParser, FormParser])
def findings(request: Request, pk: int) -> Response:
    """One finding with its `photos` and an Idempotency-Key; 409 already_reported names the case that may be it."""
    user, now = _user(request), timezone.now()
    permit(may_patrol(user))
    log = get_object_or_404(PatrolLog.objects.visible_to(user).select_related("grid__community"), pk=pk)
    permit(may_add_finding(user, log))
    key = _key(request)
    if isinstance(key, Response):
        return key
    form = FindingForm({name: request.POST.get(name) for name in FindingForm.base_fields} | {"key": key})
    if not form.is_valid():
        return problem(400, "invalid", "有字段填得不对，请看 errors。", errors=form.errors)
    try:
        return Response(_found(_add(request, log, form.cleaned_data, now)), status=201)
    except AlreadyReported as refused:
        case = told_case(refused.complaint, user) | {"metres": refused.metres}
        return problem(409, refused.code, refused.message, case=case)
    except KeyReused as refused:
        return problem(422, refused.code, refused.message)


def _add(request: Request, log: PatrolLog, sent: dict[str, Any], now: Any) -> Finding:
    files = request.FILES.getlist("photos")[: actions.MOST_PHOTOS + 1]
    photos = [pictures.clean(file, file.size or 0) for file in files]
    wanted = ("group", "text", "place", "point", "is_settled", "found_at", "choice", "key")
    return actions.add_finding(log, photos=photos, by=_user(request), at=now, **{name: sent[name] for name in wanted})


def _user(request: Request) -> User:
    assert isinstance(request.user, User)  # noqa: S101 -- `api_only` let them in
    return request.user


def _unit(user: User) -> Unit:
    assert user.unit is not None  # noqa: S101 -- a constraint: a liaison has a unit
    return user.unit


def _key(request: Request) -> str | Response:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key or len(key) > KEY_LENGTH or not key.isascii():
        return problem(400, "key_missing", f"请求头 Idempotency-Key 要有，最多 {KEY_LENGTH} 个字符。")
    return key


def _today(request: Request) -> Response:
    user, today = _user(request), timezone.localdate()
    logs = PatrolLog.objects.filter(unit=_unit(user), on=today).select_related("grid__community", "by")
    return Response(
        {
            "user": user.pk,
            "csrf_token": get_token(request._request),
            "today": today.isoformat(),
            "patrols": [_told(log) for log in logs.order_by("finished_at")],
        }
    )


def _told(log: PatrolLog) -> dict[str, Any]:
    return {
        "id": log.pk,
        "grid": log.grid.code,
        "on": log.on.isoformat(),
        "started_at": log.started_at.astimezone(CITY_TIME).isoformat(),
        "finished_at": log.finished_at.astimezone(CITY_TIME).isoformat(),
        "result": log.result,
        "by": log.by.name,
    }


def _found(finding: Finding) -> dict[str, Any]:
    case = finding.complaint
    return {
        "id": finding.pk,
        "settled": finding.is_settled,
        "same": finding.is_same,
        "case": case.number if case else None,
    }
