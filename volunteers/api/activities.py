"""Activities, sign-ups and figures for other programs, such as the city app."""

from dataclasses import asdict
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import ALL_STAFF, EVERYBODY
from accounts.api import Api
from accounts.models import ApiToken
from common import client
from common.api import Refusal, body_of, problem, problems
from common.months import Month
from volunteers import actions, stats
from volunteers.forms import CodeForm, PhoneForm
from volunteers.models import Activity, ActivityType, SignUp, Volunteer
from volunteers.stats import Figures, MonthFigures

MOST = 200


class ActivitySerializer(serializers.ModelSerializer[Activity]):
    """An activity that one can join. Times are ISO 8601 with offset; `taken` of `capacity` places are taken."""

    type = serializers.ChoiceField(choices=ActivityType.choices)
    type_label = serializers.CharField(source="get_type_display")
    team = serializers.CharField(source="team.name")
    organiser = serializers.CharField()
    grid = serializers.CharField(source="grid.code", allow_null=True, default=None)
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = Activity
        fields = [
            "id", "title", "type", "type_label", "campaign", "about", "team", "organiser", "grid", "place", "longitude",
            "latitude", "starts_at", "ends_at", "capacity", "taken", "bring", "risk_note", "url",
        ]  # fmt: skip


class PhoneSerializer(serializers.Serializer[dict[str, Any]]):
    phone = serializers.CharField(help_text="11 位手机号")


class SignUpSerializer(serializers.Serializer[dict[str, Any]]):
    """The phone of a registered volunteer and the code it was sent. `accept_overlap` answers 409 small_clash."""

    phone = serializers.CharField()
    code = serializers.CharField(help_text="短信里的 6 位数字，用一次")
    accept_overlap = serializers.BooleanField(required=False, default=False)


class ToldSignUpSerializer(serializers.Serializer[dict[str, Any]]):
    """`going`: has a place. `waiting`: in the waiting list, `ahead` people in front."""

    activity = serializers.IntegerField()
    state = serializers.ChoiceField(choices=[SignUp.State.GOING.value, SignUp.State.WAITING.value])
    ahead = serializers.IntegerField()


class FiguresSerializer(serializers.Serializer[dict[str, Any]]):
    """Counted in one scope; people are different people, so rows of several scopes must not be added."""

    activities = serializers.IntegerField()
    people = serializers.IntegerField()
    minutes = serializers.IntegerField()
    teams = serializers.IntegerField()


class NamedFiguresSerializer(FiguresSerializer):
    name = serializers.CharField()


class ShareSerializer(serializers.Serializer[dict[str, Any]]):
    count = serializers.IntegerField()
    total = serializers.IntegerField()


class MonthFiguresSerializer(serializers.Serializer[dict[str, Any]]):
    """Of activities that began in the month and whose hours are confirmed; `unconfirmed` ones are in no figure."""

    month = serializers.CharField()
    total = FiguresSerializer()
    by_type = NamedFiguresSerializer(many=True)
    by_unit = NamedFiguresSerializer(many=True)
    by_community = NamedFiguresSerializer(many=True)
    unconfirmed = serializers.IntegerField()
    registered = serializers.IntegerField()
    teams = ShareSerializer()
    units = ShareSerializer()


class Activities(Api):
    access = EVERYBODY
    authentication_classes = []

    @extend_schema(
        operation_id="volunteers_activities",
        summary="可以报名的志愿活动",
        tags=["volunteers"],
        responses=ActivitySerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Published activities that are not over, soonest first, without the names of anybody; at most 200."""
        return Response(ActivitySerializer(stats.upcoming_activities(MOST), many=True).data)


class ActivityCodes(Api):
    access = EVERYBODY
    authentication_classes = []

    @extend_schema(
        operation_id="volunteers_code",
        summary="给手机发一个验证码",
        tags=["volunteers"],
        request=PhoneSerializer,
        responses={204: None, **problems(400, 409, 415, 429)},
    )
    def post(self, request: Request) -> Response:
        """Send a one-time code by SMS. The answer is the same whether the phone is registered or not."""
        form = PhoneForm({"phone": _text(body_of(request), "phone")})
        if not form.is_valid():
            return problem(400, "invalid", "有字段填得不对，请看 errors。", errors=form.errors)
        actions.send_code(form.cleaned_data["phone"], client=client.network(request), at=timezone.now())
        return Response(status=204)


class ActivitySignUps(Api):
    access = EVERYBODY
    authentication_classes = []

    @extend_schema(
        operation_id="volunteers_sign_up",
        summary="报名一个志愿活动",
        tags=["volunteers"],
        request=SignUpSerializer,
        responses={201: ToldSignUpSerializer, **problems(400, 403, 404, 409, 415, 429)},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Take a place or a number of the waiting list. The code is used up whatever comes of it."""
        activity, now, body = get_object_or_404(Activity.objects.public(), pk=pk), timezone.now(), body_of(request)
        phone, code = PhoneForm({"phone": _text(body, "phone")}), CodeForm({"code": _text(body, "code")})
        if not (phone.is_valid() & code.is_valid()):
            errors = phone.errors | code.errors
            return problem(400, "invalid", "有字段填得不对，请看 errors。", errors=errors)
        number = phone.cleaned_data["phone"]
        if not actions.is_code_of(number, code.cleaned_data["code"], at=now):
            raise Refusal(403, "wrong_code", "验证码不对，或者过了 10 分钟。请重新要一个。")
        volunteer = Volunteer.objects.with_phone(number).first()
        if volunteer is None:
            raise Refusal(409, "not_registered", "这个手机号还没有登记为志愿者。请先在网页上登记，再报名。")
        accepts = body.get("accept_overlap") is True
        mine = actions.sign_up(activity, volunteer=volunteer, at=now, accept_overlap=accepts)
        ahead = activity.sign_ups.waiting().filter(turn__lt=mine.turn).count() if mine.state == "waiting" else 0
        return Response({"activity": activity.pk, "state": mine.state, "ahead": ahead}, status=201)


class VolunteerFigures(Api):
    access = ALL_STAFF
    scope = ApiToken.Scope.REPORTS

    @extend_schema(
        operation_id="volunteers_figures",
        summary="一个月的志愿服务统计",
        tags=["volunteers"],
        responses={200: MonthFiguresSerializer, **problems(401, 403, 404)},
    )
    def get(self, request: Request, month: str) -> Response:
        """`month` like 2026-11."""
        try:
            year, number = month.split("-")
            asked = Month(int(year), int(number))
        except ValueError:
            raise Refusal(404, "not_found", "月份写成 2026-11 这样。") from None
        return Response(MonthFiguresSerializer(_told(stats.month_figures(asked))).data)


def _told(found: MonthFigures) -> dict[str, Any]:
    return {
        "month": str(found.month),
        "total": asdict(found.total),
        "by_type": [_named(label, counted) for label, counted in found.by_type],
        "by_unit": [_named(row.name, row.figures) for row in found.by_unit],
        "by_community": [_named(area.name, counted) for area, counted in found.by_community],
        "unconfirmed": found.unconfirmed,
        "registered": found.registered,
        "teams": asdict(found.teams),
        "units": asdict(found.units),
    }


def _named(name: str, counted: Figures) -> dict[str, Any]:
    return {"name": name} | asdict(counted)


def _text(body: Any, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
