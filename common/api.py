"""The API's edge: every error is application/problem+json with a stable `code` and a Chinese `detail`."""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, JsonResponse
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from common.errors import DomainError, TooMany, Unprocessable
from common.middleware import RETRY_AFTER_SECONDS
from common.months import Month

TITLES = {
    400: "请求有误",
    401: "需要登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的方法",
    409: "与现状冲突",
    413: "内容太大",
    415: "不支持的格式",
    422: "内容有误",
    429: "请求太多",
    503: "暂时不可用",
}


class ProblemSerializer(serializers.Serializer[dict[str, Any]]):
    """What every error looks like (application/problem+json). `code` is stable, `detail` is for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # a field of that name, as contract writes it
        required=False, help_text="哪个字段哪里不对：字段名 → 一句或几句话。"
    )


PROBLEM = "application/problem+json"


def problems(*codes: int) -> dict[tuple[int, str], type[ProblemSerializer]]:
    """The errors of an endpoint, for its line in the OpenAPI document."""
    return {(code, PROBLEM): ProblemSerializer for code in codes}


class Refusal(exceptions.APIException):
    """A request refused with a status, a stable code and a sentence of its own."""

    def __init__(self, status_code: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status_code, self.default_code, self.more = status_code, code, more


def body_of(request: Request) -> Any:
    """The body as it was sent. Refuses what is too large, too deep or not Unicode before anything else reads it."""
    is_json = (request.content_type or "").startswith("application/json")
    if is_json and int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise Refusal(413, "too_large", "请求体太大，最多 2 MB。照片请用 multipart 传。")
    try:
        data = request.data
        # Lone surrogates pass as JSON, but no database takes them.
        json.dumps(dict(data), ensure_ascii=False, default=str).encode()
    except (RecursionError, UnicodeError):
        raise exceptions.ParseError from None
    except (TypeError, ValueError):
        raise Refusal(400, "invalid", "请求体应是一个 JSON 对象。") from None
    return data


@cache
def _kept(shape: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """One for all requests: to make one copies its fields, which takes longer than to check or to tell something."""
    return shape()


def checked(shape: type[serializers.Serializer[Any]], sent: Any) -> dict[str, Any]:
    """What was sent, as `shape` has it. Raises ValidationError by field."""
    valid: dict[str, Any] = _kept(shape).run_validation(sent)
    return valid


def represented(shape: type[serializers.Serializer[Any]], value: Any) -> dict[str, Any]:
    """`value` as `shape` tells it."""
    shown: dict[str, Any] = _kept(shape).to_representation(value)
    return shown


def month_in(written: str) -> Month:
    """The month in an address, like 2026-11."""
    with suppress(ValueError):
        year, month = written.split("-")
        shown = Month(int(year), int(month))
        if str(shown) == written:
            return shown
    raise exceptions.ValidationError({"month": ["月份写成 2026-11 这样。"]})


def problem(status_code: int, code: str, detail: str, **more: Any) -> Response:
    return Response(_body(status_code, code, detail) | more, status=status_code, content_type=PROBLEM)


def plain_problem(status_code: int, code: str, detail: str) -> JsonResponse:
    """The same where no endpoint of the API was reached."""
    return JsonResponse(_body(status_code, code, detail), status=status_code, content_type=PROBLEM)


def _body(status_code: int, code: str, detail: str) -> dict[str, Any]:
    title = TITLES.get(status_code, "出错")
    return {"type": "about:blank", "title": title, "status": status_code, "code": code, "detail": detail}


def problem_json(error: Exception, context: dict[str, Any]) -> Response | None:
    for kind, answer in _ANSWERS.items():
        if isinstance(error, kind):
            return answer(error)
    answered = exception_handler(error, context)
    if answered is None or not isinstance(error, exceptions.APIException):
        return answered
    reply = problem(answered.status_code, str(error.default_code), str(error.detail))
    for name, value in answered.headers.items():
        if name.lower() in {"www-authenticate", "retry-after", "allow"}:
            reply[name] = value
    return reply


def _wait(status_code: int, code: str, detail: str, seconds: int) -> Response:
    response = problem(status_code, code, detail)
    response["Retry-After"] = str(seconds)
    return response


def _unavailable(error: Any) -> Response:
    return _wait(503, "unavailable", "系统暂时不可用，请稍后再试。", RETRY_AFTER_SECONDS)


# The first kind that fits answers.
_ANSWERS: dict[type[Exception], Callable[[Any], Response]] = {
    TooMany: lambda error: _wait(429, error.code, error.message, error.retry_after),
    Unprocessable: lambda error: problem(422, error.code, error.message),
    DomainError: lambda error: problem(409, error.code, error.message),
    exceptions.ValidationError: lambda error: problem(
        400, "invalid", "有字段填得不对，请看 errors。", errors=error.detail
    ),
    exceptions.ParseError: lambda error: problem(400, "parse_error", "请求体读不懂，请检查格式和编码（UTF-8）。"),
    Refusal: lambda error: problem(error.status_code, error.default_code, str(error.detail), **error.more),
    Http404: lambda error: problem(404, "not_found", "没有找到您要的内容。"),
    OperationalError: _unavailable,
    InterfaceError: _unavailable,
}
