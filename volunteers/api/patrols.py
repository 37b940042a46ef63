"""The patrols' API, for the queue on the phone and for other programs."""

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Access
from accounts.api import Api
from accounts.models import ApiToken, Role, Unit, User
from common.api import Refusal, problem, problems
from complaints import pictures
from complaints.models import ProblemGroup
from complaints.uploads import BoundedUploadHandler
from grids.models import Grid
from volunteers import actions
from volunteers.actions import AlreadyPatrolled, AlreadyReported, Choice, KeyReused
from volunteers.checklist import CODES, FINE, PROBLEM
from volunteers.forms import KEY_LENGTH, LONGEST_TEXT, SHORTEST_TEXT, FindingForm
from volunteers.models import Finding, PatrolLog
from volunteers.telling import told_case


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


class ToldPatrolSerializer(serializers.ModelSerializer[PatrolLog]):
    """A patrol as it was logged."""

    grid = serializers.CharField(source="grid.code", read_only=True)
    by = serializers.CharField(source="by.name", read_only=True)

    class Meta:
        model = PatrolLog
        fields = ["id", "grid", "on", "started_at", "finished_at", "result", "by"]


class TodaySerializer(serializers.Serializer[dict[str, Any]]):
    """Who is signed in, the token for what they send, and what their unit patrolled today."""

    user = serializers.IntegerField()
    csrf_token = serializers.CharField()
    today = serializers.DateField()
    patrols = ToldPatrolSerializer(many=True)


class FindingSerializer(serializers.Serializer[dict[str, Any]]):
    """What a patrol found. `choice` answers 409 already_reported: same joins the case named there, new files anyway."""

    group = serializers.ChoiceField(choices=ProblemGroup.choices)
    text = serializers.CharField(min_length=SHORTEST_TEXT, max_length=LONGEST_TEXT)
    place = serializers.CharField(max_length=120, required=False)
    longitude = serializers.FloatField(required=False, help_text="WGS-84")
    latitude = serializers.FloatField(required=False, help_text="WGS-84")
    is_settled = serializers.BooleanField(required=False, help_text="当场解决，不立案")
    found_at = serializers.DateTimeField(required=False)
    choice = serializers.ChoiceField(choices=[choice.value for choice in Choice], required=False)
    photos = serializers.ListField(child=serializers.FileField(), required=False, max_length=actions.MOST_PHOTOS)


class ToldFindingSerializer(serializers.Serializer[dict[str, Any]]):
    """What became of a finding: `case` is the number of its case, null if it was settled on the spot."""

    id = serializers.IntegerField()
    settled = serializers.BooleanField()
    same = serializers.BooleanField()
    case = serializers.CharField(allow_null=True)


KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True, description="重发时不变")


class Patrols(Api):
    """The unit's patrols of today, and taking in one more."""

    access = Access(roles=frozenset({Role.LIAISON}))
    scope = ApiToken.Scope.PATROL
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="patrols_today",
        summary="本单位今天的巡查",
        tags=["patrols"],
        responses={200: TodaySerializer, **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        user, today = _user(request), timezone.localdate()
        logs = PatrolLog.objects.filter(unit=_unit(user), on=today).select_related("grid", "by").order_by("finished_at")
        told = {"user": user.pk, "csrf_token": get_token(request._request), "today": today, "patrols": logs}
        return Response(TodaySerializer(told).data)

    @extend_schema(
        operation_id="patrols_submit",
        summary="提交一次巡查",
        tags=["patrols"],
        parameters=[KEY],
        request=PatrolSerializer,
        responses={201: ToldPatrolSerializer, **problems(400, 401, 403, 409, 422)},
    )
    def post(self, request: Request) -> Response:
        """One finished patrol. 409 `already_patrolled` names a colleague's; with `join` this one is put to that."""
        user, key = _user(request), _key(request)
        sent = PatrolSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            log = actions.finish_patrol(unit=_unit(user), by=user, at=timezone.now(), key=key, **sent.validated_data)
        except AlreadyPatrolled as refused:
            return problem(409, refused.code, refused.message, patrol=ToldPatrolSerializer(refused.log).data)
        except KeyReused as refused:
            return problem(422, refused.code, refused.message)
        return Response(ToldPatrolSerializer(log).data, status=201)


class Findings(Api):
    """What a patrol of the own unit found."""

    access = Access(roles=frozenset({Role.LIAISON}))
    scope = ApiToken.Scope.PATROL
    parser_classes = [MultiPartParser, FormParser]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Before anybody reads the body: the check of the CSRF token does.
        request.upload_handlers = [MemoryFileUploadHandler(request), BoundedUploadHandler(request)]
        return super().dispatch(request, *args, **kwargs)

    @extend_schema(
        operation_id="patrols_add_finding",
        summary="提交巡查发现的一个问题",
        tags=["patrols"],
        parameters=[KEY],
        request={"multipart/form-data": FindingSerializer},
        responses={201: ToldFindingSerializer, **problems(400, 401, 403, 404, 409, 422)},
    )
    def post(self, request: Request, pk: int) -> Response:
        """A finding with its photos becomes a case. 409 `already_reported` names the case that may be the same."""
        user, key, now = _user(request), _key(request), timezone.now()
        log = get_object_or_404(PatrolLog.objects.visible_to(user).select_related("grid__community"), pk=pk)
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
    assert isinstance(request.user, User)  # noqa: S101 -- the decision let them in
    return request.user


def _unit(user: User) -> Unit:
    assert user.unit is not None  # noqa: S101 -- a constraint: a liaison has a unit
    return user.unit


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        raise Refusal(400, "idempotency_key_required", "请求头里要有 Idempotency-Key：每次巡查一个，重发时不变。")
    if len(key) > KEY_LENGTH or not (key.isascii() and key.isprintable()):
        raise Refusal(400, "idempotency_key_invalid", f"Idempotency-Key 最多 {KEY_LENGTH} 个英文字符，如一个 UUID。")
    return key


def _found(finding: Finding) -> dict[str, Any]:
    case = finding.complaint
    return {
        "id": finding.pk,
        "settled": finding.is_settled,
        "same": finding.is_same,
        "case": case.number if case else None,
    }
