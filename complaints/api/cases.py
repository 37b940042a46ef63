"""The staff's side: the list of cases, a case, its moves. Filing shares the list's address."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import ALL_STAFF, EVERYBODY, Access
from accounts.api import Api, AsDecided, person
from accounts.models import ApiToken, Unit, User
from accounts.tokens import TokenAuthentication
from common.api import body_of, problem, problems, represented
from common.errors import StaleRecord
from common.keyset import page
from common.masking import MOBILE
from complaints.api.intake import take_in
from complaints.api.serializers import (
    CasePageSerializer,
    CaseSerializer,
    IntakeSerializer,
    IntakeWithPhotosSerializer,
    MovedSerializer,
    MoveSerializer,
    ReceiptSerializer,
)
from complaints.case_page import cases_for
from complaints.models import Complaint, Event, Reporter
from complaints.models.complaint import Light
from complaints.move_forms import MoveForm
from complaints.performing import FORMS, perform, refuse_what_came_too_late
from complaints.permissions import may, may_see_reporter, moves_open_to
from complaints.staff_forms import EVERY, OPEN, QueueFilters
from complaints.uploads import BoundedUploadHandler
from complaints.waiting import Wait, midnight_after, waiting
from complaints.workflow import Move, State

PAGE_SIZE = 50
NUMBER = re.compile(r"\d{4}-\d{6}")


class ListFilters(QueueFilters):
    """The queue's filters; here a value that means nothing is refused."""

    def clean_q(self) -> str:
        words: str = self.cleaned_data["q"]
        if MOBILE.search(words):
            # An address is written into logs on its way.
            raise forms.ValidationError("不能按电话查：地址会留在日志里。")
        return words


def _parameter(name: str, what: str, kind: Any = OpenApiTypes.STR, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=what, **more)


LIST_PARAMETERS = [
    _parameter("state", "状态；open 是在办的，不写是全部。", enum=[OPEN, EVERY, *State.values]),
    _parameter("wait", "在办的里面等什么：等我办、今天要办、退单重派、申请待批、挂账中、督办。", enum=Wait.values),
    _parameter("light", "时限。", enum=[Light.IN_TIME, Light.SOON, Light.OVERDUE]),
    _parameter("channel", "来源。"),
    _parameter("group", "问题分组。"),
    _parameter("category", "类别的 id。", OpenApiTypes.INT),
    _parameter("unit", "责任单位的编号；联络员只看得到本单位的。"),
    _parameter("grid", "网格编码，15 位。"),
    _parameter("community", "社区编码。"),
    _parameter("filed_after", "反映日期从。", OpenApiTypes.DATE),
    _parameter("filed_before", "反映日期到（含当天）。", OpenApiTypes.DATE),
    _parameter("q", "案件编号、内容、地方、网格名或社区名里的词。"),
    _parameter("cursor", "上一页给的 next 或 previous。"),
]
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="每件反映一个，重发时不变：同样的内容得到同样的回答。8 到 200 个英文字符。",
)


class WithPhotos(Api):
    """An endpoint that takes JSON or a form with photos, none of which can fill the disk."""

    parser_classes = [JSONParser, MultiPartParser]

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        request.upload_handlers = [MemoryFileUploadHandler(request), BoundedUploadHandler(request)]
        return super().initialize_request(request, *args, **kwargs)


class Cases(WithPhotos):
    """GET for staff, POST for anybody."""

    access = ALL_STAFF

    is_filing = False

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        self.is_filing = request.method == "POST"
        return super().initialize_request(request, *args, **kwargs)

    def access_for(self, request: Request) -> Access:
        return EVERYBODY if self.is_filing else self.access

    def scope_for(self, request: Request) -> str:
        return ApiToken.Scope.FILE if self.is_filing else ApiToken.Scope.READ

    def get_authenticators(self) -> list[BaseAuthentication]:
        # Whoever files is nobody or an app: a session left open in the browser says nothing.
        return [TokenAuthentication()] if self.is_filing else super().get_authenticators()

    @extend_schema(
        operation_id="complaints_list",
        summary="案件列表，最新在前",
        tags=["complaints"],
        parameters=LIST_PARAMETERS,
        responses={200: CasePageSerializer, **problems(400, 401, 403, 429)},
    )
    def get(self, request: Request) -> Response:
        now = timezone.now()
        reader = person(request)
        filters = ListFilters(request.query_params, role=reader.role)
        if filters.errors:
            raise serializers.ValidationError(_by_field(filters.errors))
        cases = filters.narrow(Complaint.objects.visible_to(reader), at=now)
        cases = _narrowed_here(cases, filters, user=reader, at=now).select_related("category", "grid", "unit")
        found = page(cases, cases.NEWEST, cursor=request.query_params.get("cursor", ""), size=PAGE_SIZE)
        shown = {"results": found.rows, "next": found.next_cursor or None, "previous": found.previous_cursor or None}
        return Response(CasePageSerializer(shown, context={"at": now}).data)

    @extend_schema(
        operation_id="complaints_create",
        summary="提交一件反映",
        tags=["complaints"],
        auth=[{}, {"token": []}],  # type: ignore[list-item]  # goes into the document as it is
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": IntakeSerializer, "multipart/form-data": IntakeWithPhotosSerializer},
        responses={201: ReceiptSerializer, **problems(400, 401, 403, 409, 413, 415, 422, 429)},
    )
    def post(self, request: Request) -> Response:
        """With an app's key the channel is the app's, without one it is the web's."""
        receipt = take_in(request)
        shown = {"number": receipt.number, "code": receipt.code, "state": State.RECEIVED, "due_at": receipt.due_at}
        return Response(represented(ReceiptSerializer, shown), status=201)


def _narrowed_here(cases: Any, filters: ListFilters, *, user: User, at: Any) -> Any:
    """By what the queue's filters leave to tabs."""
    wait = filters.given("wait")
    if wait:
        cases = cases.filter(waiting(Wait(wait), user, tomorrow=midnight_after(at)))
    state, light = filters.given("state"), filters.given("light")
    if state == OPEN:
        cases = cases.open()
    elif state and state != EVERY:
        cases = cases.filter(state=state)
    if light:
        cases = cases.with_light(Light(light), at=at)
    return cases


def _find(user: User, number: str) -> Complaint:
    if not NUMBER.fullmatch(number):
        raise Http404
    return get_object_or_404(cases_for(user), number=number)


class Case(Api):
    scope = ApiToken.Scope.READ

    @extend_schema(
        operation_id="complaints_read",
        summary="一件案件",
        tags=["complaints"],
        responses={200: CaseSerializer, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, number: str) -> Response:
        reader = person(request)
        case = _find(reader, number)
        reporter = case.reporters.filter(is_follower=False).first()
        events = list(case.events.select_related("actor__unit", "actor__group", "unit"))
        if reporter:
            _hide_own_phone(reporter, case, events)
        may_know = reporter and may_see_reporter(reader, case, may_contact=reporter.may_contact)
        context = {
            "at": timezone.now(),
            "events": events,
            "moves": [move for move in moves_open_to(reader, case) if move in FORMS],
            "reporter": reporter if may_know else None,
        }
        return Response(CaseSerializer(case, context=context).data)


def _hide_own_phone(reporter: Reporter, case: Complaint, events: list[Event]) -> None:
    for told in (case, *events):
        for name in ("text", "place", "result", "note"):
            if hasattr(told, name):
                setattr(told, name, reporter.hidden_in(getattr(told, name)))


class Moves(WithPhotos):
    scope = ApiToken.Scope.MOVE

    @extend_schema(
        operation_id="complaints_move",
        summary="办一步",
        tags=["complaints"],
        request={"application/json": MoveSerializer, "multipart/form-data": MoveSerializer},
        responses={200: MovedSerializer, **problems(400, 401, 403, 404, 409, 413, 415, 422, 429)},
    )
    def post(self, request: Request, number: str) -> Response:
        """The same forms as on the case's page decide what each move needs; 409 tells who came first, and when."""
        mover = person(request)
        case = _find(mover, number)
        body = body_of(request)
        move = str(body.get("move", ""))
        if move not in FORMS:
            return _refused({"move": [f"没有这一步。可以是 {'、'.join(FORMS)}。"]})
        if not may(mover, Move(move), case):
            raise PermissionDenied(AsDecided.message)
        now = timezone.now()
        form = FORMS[Move(move)](_form_data(FORMS[Move(move)], body), request.FILES, case=case, at=now)
        try:
            refuse_what_came_too_late(case, form)
            if not form.is_valid():
                return _refused(form.errors)
            perform(form, case, by=mover, at=now)
        except StaleRecord as stale:
            return _too_late(stale, case)
        case.refresh_from_db()
        return Response(MovedSerializer(case).data)


def _form_data(form: type[MoveForm], body: Any) -> MultiValueDict[str, Any]:
    """The body as a form would send it; units are named by their numbers, which programs know."""
    data: MultiValueDict[str, Any] = MultiValueDict(dict(body.lists())) if hasattr(body, "lists") else MultiValueDict()
    if not data:
        for name, value in body.items():
            data.setlist(name, value if isinstance(value, list) else [value])
    for name, field in form.base_fields.items():
        if name in data and isinstance(field, forms.ModelChoiceField) and _names_a_unit(field):
            codes = [str(code) for code in data.getlist(name)]
            data.setlist(name, list(Unit.objects.filter(code__in=codes).values_list("pk", flat=True)))
    return data


def _names_a_unit(field: "forms.ModelChoiceField[Any]") -> bool:
    return field.queryset is not None and field.queryset.model is Unit


def _refused(errors: Mapping[str, Any]) -> Response:
    return problem(422, "invalid", "有字段填得不对，请看 errors。", errors=_by_field(errors))


def _by_field(errors: Mapping[str, Any]) -> dict[str, list[str]]:
    return {name: [str(line) for line in lines] for name, lines in errors.items()}


def _too_late(stale: StaleRecord, case: Complaint) -> Response:
    event = case.events.select_related("actor__unit", "actor__group").order_by("-version").first()
    told = None
    if event:
        who = str(event.actor) if event.actor else None
        told = {"by": who, "move": event.move, "at": timezone.localtime(event.at).isoformat(), "version": event.version}
    return problem(409, stale.code, stale.message, conflict=told)
