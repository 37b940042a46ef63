"""Open311, GeoReport v2: a thin edge for other cities' programs over the same actions and the same published cases.

Reading tells only what the public pages tell. Filing wants the key of a program (接口密钥), in the body as `api_key` or
in `Authorization: Token …`; never in the address, which is written into logs. `media_url` is not fetched.
"""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from rest_framework.exceptions import ValidationError

from accounts import actions as accounts
from accounts.access import public
from accounts.models import ApiToken
from accounts.tokens import INVALID, REQUESTS_PER_TOKEN, WRONG_KEYS_PER_CLIENT
from common import client, crypto
from common.budgets import spend
from common.clock import CITY_TIME
from common.errors import DomainError, TooMany
from common.revalidation import same_for_everybody
from complaints import actions
from complaints.api.intake import answers_of
from complaints.models import Channel, ProblemGroup
from complaints.open311 import shapes
from complaints.open311.rendering import answer, errors
from complaints.public_stats import published

CHANGED = "2026-11-25"
MOST = 200
USUAL_SPAN = timedelta(days=90)
NO_KEY = "要有接口密钥：请求体里的 api_key，或请求头 Authorization: Token …。密钥由系统管理员发放。"
KEY_IN_ADDRESS = "api_key 请放在请求体里，不要放在地址里：地址会留在日志里。"


@public
@require_safe
@same_for_everybody
def discovery(request: HttpRequest, form: str = "json") -> HttpResponse:
    told = {
        "changeset": f"{CHANGED}T00:00:00+08:00",
        "contact": "漠河市创城办",
        "key_service": "接口密钥由系统管理员发放。",
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": request.build_absolute_uri(reverse("complaints:open311")).rstrip("/"),
                "changeset": f"{CHANGED}T00:00:00+08:00",
                "type": "production",
                "formats": ["application/json", "text/xml"],
            }
        ],
    }
    return answer("discovery", told, form)


@public
@require_safe
@same_for_everybody
def services(request: HttpRequest, form: str) -> HttpResponse:
    return answer("services", [shapes.service(group) for group in ProblemGroup], form)


@public
@require_safe
@same_for_everybody
def definition(request: HttpRequest, code: str, form: str) -> HttpResponse:
    if code not in ProblemGroup.values:
        return errors(form, "没有这个 service_code，请按 services 里的写。", status=404)
    return answer("service_definition", shapes.definition(ProblemGroup(code)), form)


@public
@require_safe
@same_for_everybody
def one_request(request: HttpRequest, number: str, form: str) -> HttpResponse:
    found = published().filter(complaint__number=number).first()
    if found is None:
        return errors(form, "没有这件，或还没有公开。", status=404)
    return answer("service_requests", [shapes.service_request(found)], form)


@csrf_exempt  # its key, not a session, says who files
@public
@require_http_methods(["GET", "HEAD", "POST"])
def create_or_list(request: HttpRequest, form: str) -> HttpResponse:
    if request.method != "POST":
        return _list(request, form)
    try:
        return _create(request, form)
    except ValidationError as refused:
        said = [f"{name}：{line}" for name, lines in _by_field(refused).items() for line in lines]
        return errors(form, *said, status=400)
    except TooMany as refused:
        response = errors(form, refused.message, status=429)
        response["Retry-After"] = str(refused.retry_after)
        return response
    except DomainError as refused:
        return errors(form, refused.message, status=409)


# --- reading


def _list(request: HttpRequest, form: str) -> HttpResponse:
    """Published cases by the standard's filters, newest first; without dates those of the last 90 days."""
    asked, found = request.GET, published().order_by("-complaint__filed_at", "-pk")
    numbers = [number for number in asked.get("service_request_id", "").split(",") if number]
    if numbers:
        found = found.filter(complaint__number__in=numbers[:MOST])
    else:
        since, until = _span(request)
        if since is None or until is None:
            return errors(form, "start_date、end_date 应是带时区的 ISO 8601 时间。", status=400)
        found = found.filter(complaint__filed_at__gte=since, complaint__filed_at__lte=until)
    if asked.get("service_code"):
        found = found.filter(complaint__group__in=asked["service_code"].split(","))
    if "closed" not in asked.get("status", "closed").split(","):
        found = found.none()  # nothing is published before it is closed
    return answer("service_requests", [shapes.service_request(one) for one in found[:MOST]], form)


def _span(request: HttpRequest) -> tuple[datetime | None, datetime | None]:
    """From and until when; None for what cannot be read."""
    now = timezone.now()
    until = _moment(request.GET["end_date"]) if request.GET.get("end_date") else now
    if request.GET.get("start_date"):
        return _moment(request.GET["start_date"]), until
    return (until or now) - USUAL_SPAN, until


def _moment(typed: str) -> datetime | None:
    try:
        read = parse_datetime(typed.replace(" ", "+"))  # a plus sign in an address is read as a space
    except ValueError:
        return None
    return read.replace(tzinfo=CITY_TIME) if read and read.tzinfo is None else read


# --- filing


def _create(request: HttpRequest, form: str) -> HttpResponse:
    now = timezone.now()
    if "api_key" in request.GET:
        return errors(form, KEY_IN_ADDRESS, status=400)
    app = _app(request, at=now)
    if app is None:
        return errors(form, NO_KEY if not _key(request) else INVALID, status=403)
    answers = answers_of(_body(request), on=now.astimezone(CITY_TIME).date())
    key, fingerprint = _submission(request, app, at=now)

    def file() -> actions.Filed:
        actions.spend_on_app_filing(phone=answers["contact"].phone, app=str(app.pk), at=now)
        return actions.file(**answers, channel=Channel.APP, photos=[], key=key, at=now)

    receipt = actions.submit(key=key, fingerprint=fingerprint, file=file, at=now)
    notice = f"查询码 {receipt.code}，凭它和手机号后四位在网上查进度。请只告诉反映人。"
    told = {"service_request_id": receipt.number, "service_notice": notice, "account_id": ""}
    return answer("service_requests", [told], form, status=201)


def _key(request: HttpRequest) -> str:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "token" else request.POST.get("api_key", "").strip()


def _app(request: HttpRequest, *, at: datetime) -> ApiToken | None:
    key = _key(request)
    token = accounts.token_of(key, at=at) if key else None
    if token is None:
        if key:
            spend(WRONG_KEYS_PER_CLIENT, client.network(request), at=at)
        return None
    spend(REQUESTS_PER_TOKEN, str(token.pk), at=at)
    is_app = token.kind == ApiToken.Kind.CLIENT and ApiToken.Scope.FILE in token.scopes
    return token if is_app else None


def _body(request: HttpRequest) -> dict[str, Any]:
    """The standard's fields under the names of our own intake."""
    sent = request.POST
    code = sent.get("service_code", "")
    if code not in ProblemGroup.values:
        raise ValidationError({"service_code": ["没有这个 service_code，请按 services 里的写。"]})
    told = {
        "group": code,
        "text": sent.get("description", ""),
        "phone": sent.get("phone", ""),
        "name": f"{sent.get('last_name', '')}{sent.get('first_name', '')}"[:20],
        "place": sent.get("address_string", ""),
        "grid": sent.get("address_id", ""),
        "longitude": sent.get("long") or None,
        "latitude": sent.get("lat") or None,
    }
    return told | {name: sent.get(f"attribute[{name}]") == "yes" for name in shapes.ATTRIBUTES}


def _submission(request: HttpRequest, app: ApiToken, *, at: datetime) -> tuple[str, str]:
    """The standard knows no key of a submission: the same report, sent again on the same day, is the same one."""
    fields = {name: request.POST.getlist(name) for name in sorted(request.POST) if name != "api_key"}
    fingerprint = crypto.digest("open311-body", json.dumps(fields, ensure_ascii=False))
    given = request.headers.get("Idempotency-Key", "").strip()
    name = given or f"{at.astimezone(CITY_TIME):%Y%m%d}:{fingerprint}"
    return actions.app_key(f"open311:{app.pk}", hashlib.sha256(name.encode()).hexdigest()), fingerprint


def _by_field(refused: ValidationError) -> dict[str, list[str]]:
    names = {"text": "description", "longitude": "long", "latitude": "lat", "place": "address_string"}
    detail = refused.detail if isinstance(refused.detail, dict) else {"": refused.detail}
    return {names.get(name, name): [str(line) for line in lines] for name, lines in detail.items()}
