"""The API's edge: every error is application/problem+json with a stable `code` and a Chinese `detail`."""

from typing import Any

from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from common.errors import DomainError, TooMany

TITLES = {
    400: "请求有误",
    401: "需要登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的方法",
    409: "与现状冲突",
    415: "不支持的格式",
    422: "内容有误",
    429: "请求太多",
    503: "暂时不可用",
}


def problem(status_code: int, code: str, detail: str, **more: Any) -> Response:
    body = {"type": "about:blank", "title": TITLES.get(status_code, "出错"), "status": status_code, "code": code}
    return Response(body | {"detail": detail} | more, status=status_code, content_type="application/problem+json")


def problem_json(error: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(error, TooMany):
        response = problem(status.HTTP_429_TOO_MANY_REQUESTS, error.code, error.message)
        response["Retry-After"] = str(error.retry_after)
        return response
    if isinstance(error, DomainError):
        return problem(status.HTTP_409_CONFLICT, error.code, error.message)
    if isinstance(error, exceptions.ValidationError):
        return problem(400, "invalid", "有字段填得不对，请看 errors。", errors=error.detail)
    if isinstance(error, Http404):
        return problem(404, "not_found", "没有找到您要的内容。")
    answered = exception_handler(error, context)
    if answered is None or not isinstance(error, exceptions.APIException):
        return answered
    reply = problem(answered.status_code, str(error.default_code), str(error.detail))
    for name, value in answered.headers.items():
        if name.lower() in {"www-authenticate", "retry-after", "allow"}:
            reply[name] = value
    return reply
