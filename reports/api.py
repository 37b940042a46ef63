"""The frozen month-end report, for other systems."""

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Access
from accounts.api import Api
from accounts.models import ApiToken
from common.api import month_in, problems
from reports.models import MonthEndReport
from reports.permissions import READ_ALL
from reports.stats import report_of


class MonthEndReportSerializer(serializers.ModelSerializer[MonthEndReport]):
    """`content` is exactly what was frozen; written as canonical JSON (sorted keys, no spaces) it has the checksum."""

    month = serializers.CharField(source="of")
    content = serializers.DictField(source="read")

    class Meta:
        model = MonthEndReport
        fields = ["month", "version", "reason", "built_at", "checksum", "content"]


class MonthEnd(Api):
    access = Access(roles=READ_ALL)
    scope = ApiToken.Scope.REPORTS

    @extend_schema(
        operation_id="reports_read",
        summary="月末报告",
        tags=["reports"],
        parameters=[
            OpenApiParameter("month", OpenApiTypes.STR, OpenApiParameter.PATH, description="月份，如 2026-11。"),
            OpenApiParameter("version", OpenApiTypes.INT, description="第几版；不写是最新一版。"),
        ],
        responses={200: MonthEndReportSerializer, **problems(400, 401, 403, 404)},
    )
    def get(self, request: Request, month: str) -> Response:
        """The report of a month that is over, as it was frozen."""
        shown = report_of(month_in(month), version=_version(request.query_params.get("version", "")))
        if shown is None:
            raise Http404
        return Response(MonthEndReportSerializer(shown).data)


def _version(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10_000):
        raise ValidationError({"version": ["版本是 1 以上的整数。"]})
    return int(text)
