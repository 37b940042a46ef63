"""Filing by a program: what it sends becomes a case once, however often it is sent."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import ApiToken
from common import client, crypto
from common.api import Refusal, body_of, checked
from common.clock import CITY_TIME
from common.revisions import read_once
from complaints import actions
from complaints.api.serializers import IntakeSerializer
from complaints.forms import ReachForm, WhatForm
from complaints.models import Channel, ProblemGroup
from complaints.move_forms import PhotosField
from complaints.pictures import CleanPhoto
from grids.models import Grid

# What the pages ask in the same words. Not their forms: to make one takes longer than to check what was sent.
AS_ON_THE_PAGES = {
    "text": WhatForm.base_fields["text"],
    "phone": ReachForm.base_fields["phone"],
    "name": ReachForm.base_fields["name"],
}
SHORTEST_KEY, LONGEST_KEY = 8, 200
ANYBODY = "anybody"


@read_once()  # a submission changes nothing that is remembered
def take_in(request: Request) -> actions.Receipt:
    """File what the request brings, or answer again what it was answered before."""
    now = timezone.now()
    app = request.auth if isinstance(request.auth, ApiToken) else None
    key = actions.app_key(str(app.pk) if app else ANYBODY, _idempotency_key(request))
    body = body_of(request)
    files = request.FILES.getlist("photos")
    fingerprint = _fingerprint(body, files)

    def earlier() -> actions.Receipt | None:
        return actions.submitted_before(key, fingerprint=fingerprint)

    # Before photos are counted and drawn once more.
    if files and (receipt := earlier()):
        return receipt
    try:
        answers = answers_of(body, on=now.astimezone(CITY_TIME).date())
    except serializers.ValidationError:
        # It may have been right when it was sent first.
        if receipt := earlier():
            return receipt
        raise
    photos = _photos(request, files, app, now)

    def file() -> actions.Filed:
        _spend(request, answers, app, now)
        channel = Channel.APP if app else Channel.WEB
        return actions.file_new(**answers, channel=channel, photos=photos, key=key, at=now)

    return actions.submit(key=key, fingerprint=fingerprint, file=file, at=now)


def _idempotency_key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        raise Refusal(400, "idempotency_key_required", "请求头里要有 Idempotency-Key：每件反映一个，重发时不变。")
    if not (SHORTEST_KEY <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        sentence = f"Idempotency-Key 应是 {SHORTEST_KEY} 到 {LONGEST_KEY} 个英文字符，如一个 UUID。"
        raise Refusal(400, "idempotency_key_invalid", sentence)
    return key


def _fingerprint(body: Any, files: Any) -> str:
    """A keyed digest of the fields and the photos as they were sent."""
    fields = dict(body.lists()) if hasattr(body, "lists") else dict(body)
    fields.pop("photos", None)
    digests = []
    for file in files:
        digests.append(hashlib.sha256(b"".join(file.chunks())).hexdigest())
        file.seek(0)
    return crypto.digest("submission-body", json.dumps([fields, digests], sort_keys=True, ensure_ascii=False))


def answers_of(body: Any, *, on: Any) -> dict[str, Any]:
    """The arguments of `actions.file` but for channel, photos and key; raises ValidationError by field."""
    given = checked(IntakeSerializer, body)
    errors: dict[str, list[str]] = {}
    said = _said(given, errors=errors)
    where = _where(given, on=on, errors=errors)
    if errors:
        raise serializers.ValidationError(errors)
    return {
        "text": said["text"],
        "group": ProblemGroup(given.get("group", ProblemGroup.OTHER)),
        "contact": actions.Contact(said["phone"], said["name"], given.get("may_contact", False)),
        "is_confidential": given.get("confidential", False),
        **where,
    }


def _said(given: dict[str, Any], *, errors: dict[str, list[str]]) -> dict[str, str]:
    said = {}
    for name, field in AS_ON_THE_PAGES.items():
        try:
            said[name] = field.clean(given.get(name, ""))
        except forms.ValidationError as refused:
            errors[name] = refused.messages
    return said


def _where(given: dict[str, Any], *, on: Any, errors: dict[str, list[str]]) -> dict[str, Any]:
    longitude, latitude, code = given.get("longitude"), given.get("latitude"), given.get("grid", "")
    place = given.get("place", "")
    if (longitude is None) != (latitude is None):
        errors["longitude"] = ["经度和纬度要一起给。"]
    grid = Grid.objects.on(on).filter(code=code).first() if code else None
    if code and grid is None:
        errors["grid"] = ["没有这个编码的网格，请按网格接口里的写。"]
    if longitude is None and not code and not place:
        errors["place"] = ["地方没有写。位置、网格、具体地方，三样里要有一样。"]
    point = None if longitude is None or latitude is None else (longitude, latitude)
    return {"point": point, "grid": None if point else grid, "place": place}


def _photos(request: Request, files: Any, app: ApiToken | None, now: datetime) -> list[CleanPhoto]:
    if not app:
        for _ in files:
            actions.spend_on_photo(client=client.network(request), at=now)
    try:
        return PhotosField(required=False).clean(files)
    except forms.ValidationError as refused:
        raise serializers.ValidationError({"photos": refused.messages}) from None


def _spend(request: Request, answers: dict[str, Any], app: ApiToken | None, now: datetime) -> None:
    phone: str = answers["contact"].phone
    if app:
        actions.spend_on_app_filing(phone=phone, app=str(app.pk), at=now)
    else:
        actions.spend_on_filing(phone=phone, client=client.network(request), text=answers["text"], at=now)
