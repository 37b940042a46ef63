"""Filing a complaint in four plain form posts: what, where, photos, contact."""

import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import public
from common import client
from common.clock import CITY_TIME
from common.errors import TooMany
from common.proof import challenge, check
from complaints import actions
from complaints.actions.drafts import MOST_PHOTOS
from complaints.alike import alike
from complaints.forms import ContactForm, DraftToken, PhotosForm, WhatForm, WhereForm
from complaints.models import Draft, Held, ProblemGroup
from complaints.uploads import takes_photos
from complaints.views.draft_photos import add_all
from complaints.views.visitor import Visitor
from grids.models import Grid

STEPS = ("what", "where", "photos", "contact")
STEP_NAMES = ("什么事", "在哪里", "照片", "联系")
GONE = "这一页放太久了，前面填的没有留下。请从第一步重新填。"
# What a step leaves in the draft's answers when it is done.
_LEAVES = {"what": "text", "where": "place", "photos": "photos"}


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    visitor = Visitor(request, at=now)
    is_another = "another" in request.GET and request.method != "POST"
    draft = None if is_another else visitor.draft()
    if "grid" in request.GET:
        visitor.comes_from_grid(request.GET["grid"])
    if "restart" in request.POST:
        if draft:
            visitor.drops_draft(draft.pk)
        return redirect("complaints:new")
    form = WhatForm(request.POST if request.method == "POST" else None, initial=draft.answers if draft else None)
    if form.is_valid():
        visitor.keeps(actions.keep_answers(draft, answers=form.cleaned_data, at=now))
        return redirect("complaints:new_step", "where")
    begun_earlier = draft is not None and request.method != "POST"
    page = request.POST.get("page") or secrets.token_hex(8)
    return _page(request, "what", draft, form, begun_earlier=begun_earlier, page=page)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def new_step(request: HttpRequest, step: str) -> HttpResponse:
    now = timezone.now()
    visitor = Visitor(request, at=now)
    if step == "contact" and request.method == "POST":
        return _contact_sent(request, visitor)
    draft = visitor.draft()
    if draft is None and request.method == "POST":
        messages.warning(request, GONE)
    first_open = _first_open_step(draft)
    if draft is None or step not in _SHOWN or STEPS.index(step) > STEPS.index(first_open):
        return _to_step(first_open)
    visitor.keeps(draft)
    return _SHOWN[step](request, draft, now)


def _first_open_step(draft: Draft | None) -> str:
    answers = draft.answers if draft else {}
    return next((step for step, leaves in _LEAVES.items() if leaves not in answers), "contact")


def _to_step(step: str) -> HttpResponse:
    return redirect("complaints:new") if step == "what" else redirect("complaints:new_step", step)


def _page(
    request: HttpRequest, step: str, draft: Draft | None, form: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    position = STEPS.index(step)
    context = {
        "form": form,
        "begun": draft.pk if draft else "",
        "steps": STEP_NAMES,
        "position": position + 1,
        "back_url": _step_url(STEPS[position - 1]) if position else "",
    }
    if form.errors and status == 200:
        status = 422
    return render(request, f"complaints/public/new_{step}.html", context | more, status=status)


def _step_url(step: str) -> str:
    return reverse("complaints:new") if step == "what" else reverse("complaints:new_step", args=[step])


# --- where


def _where(request: HttpRequest, draft: Draft, now: datetime) -> HttpResponse:
    visitor = Visitor(request, at=now)
    data = request.POST if request.method == "POST" else None
    initial = {"grid": visitor.grid_come_from()} | draft.answers
    form = WhereForm(data, initial=initial, on=now.astimezone(CITY_TIME).date())
    if form.is_valid():
        current = actions.keep_answers(draft, answers=form.cleaned_data, at=now)
        return redirect("complaints:alike") if alike(current.answers, at=now) else _to_step("photos")
    return _page(request, "where", draft, form, grid_chosen=bool(form["grid"].value()))


# --- photos


def _photos(request: HttpRequest, draft: Draft, now: datetime) -> HttpResponse:
    form = PhotosForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        for refusal in add_all(request, draft, now):
            form.add_error("photos", refusal)
        if form.is_valid():
            actions.keep_answers(draft, answers={"photos": True}, at=now)
            return redirect("complaints:new_step", "contact")
    return _page(
        request,
        "photos",
        draft,
        form,
        photos=list(draft.photos.all()),
        most=MOST_PHOTOS,
        most_bytes=settings.PHOTO_MAX_BYTES,
    )


# --- contact


def _contact(request: HttpRequest, draft: Draft, now: datetime) -> HttpResponse:
    return _contact_page(request, draft, ContactForm(), at=now)


def _contact_page(
    request: HttpRequest, draft: Draft, form: ContactForm, *, at: datetime, status: int = 200
) -> HttpResponse:
    answers = draft.answers
    return _page(
        request, "contact", draft, form, status=status,
        token=DraftToken(draft.pk, at).sealed(),
        challenge=json.dumps(challenge(str(draft.pk), until=draft.created_at + Draft.KEPT_FOR)),
        retention_days=settings.CONTACT_RETENTION_DAYS,
        group=ProblemGroup(answers["group"]).label,
        text=answers["text"],
        place=_place_words(answers),
        photo_count=draft.photos.count(),
    )  # fmt: skip


def _place_words(answers: dict[str, Any]) -> str:
    grid = Grid.objects.filter(code=answers["grid"]).select_related("community").first() if answers["grid"] else None
    point = "地图上标的位置" if answers["longitude"] is not None else ""
    return "，".join(filter(None, [str(grid) if grid else point, answers["place"]]))


def _contact_sent(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    form = ContactForm(request.POST)
    form.is_valid()
    token: DraftToken | None = form.cleaned_data.get("draft")
    draft = visitor.opened_draft(str(token.draft)) if token else None
    if token and draft is None and visitor.holds_draft(token.draft):
        # Sent twice (a double click, back and send again, a second tab): the first one's receipt.
        earlier = _receipt_sent_before(token.draft, visitor)
        if earlier:
            return earlier
    if draft is None or _first_open_step(draft) != "contact":
        messages.warning(request, "这一页不是最新的。请看一下填的内容，再提交一次。")
        return _to_step(_first_open_step(draft or visitor.draft()))
    visitor.keeps(draft)
    if not form.is_valid():
        return _contact_page(request, draft, form, at=visitor.at)
    try:
        return _hand_in(request, draft, form, visitor)
    except TooMany as error:
        return _too_many(request, draft, form, error, at=visitor.at)


def _receipt_sent_before(draft_id: UUID, visitor: Visitor) -> HttpResponse | None:
    key = actions.web_key(draft_id)
    earlier = actions.filed_before(key) or actions.held_before(key)
    return _receipt_of(earlier, draft_id, visitor) if earlier else None


def _doubt(request: HttpRequest, draft: Draft, form: ContactForm, *, at: datetime) -> Held.Reason | None:
    return actions.doubt_about(
        phone=form.cleaned_data["phone"],
        client=client.network(request),
        text=draft.answers["text"],
        proof=check(form.cleaned_data["proof"], str(draft.pk)),
        is_hasty=at - draft.created_at < timedelta(seconds=settings.INTAKE_FASTEST_SECONDS),
        at=at,
    )


def _hand_in(request: HttpRequest, draft: Draft, form: ContactForm, visitor: Visitor) -> HttpResponse:
    given = form.cleaned_data
    doubt = _doubt(request, draft, form, at=visitor.at)
    if doubt:
        actions.spend_on_holding(phone=given["phone"], client=client.network(request), at=visitor.at)
    became = actions.hand_in(
        draft,
        contact=actions.Contact(given["phone"], given["name"], given["may_contact"]),
        is_confidential=given["is_confidential"],
        doubt=doubt,
        key=actions.web_key(draft.pk),
        at=visitor.at,
    )
    return _receipt_of(became, draft.pk, visitor)


def _too_many(request: HttpRequest, draft: Draft, form: ContactForm, error: TooMany, *, at: datetime) -> HttpResponse:
    """Caught here and not at the edge, because the page must come back with what was typed."""
    form.add_error(None, error.message)
    response = _contact_page(request, draft, form, at=at, status=429)
    response["Retry-After"] = str(error.retry_after)
    return response


def _receipt_of(became: actions.Filed | Held, draft_id: UUID, visitor: Visitor) -> HttpResponse:
    if isinstance(became, Held):
        visitor.has_handed_in(draft_id, became)
    else:
        reporter = became.complaint.reporters.get(is_follower=False)
        visitor.has_filed(draft_id, key=became.complaint.intake_key, reporter=reporter)
    return redirect("complaints:receipt")


_SHOWN: dict[str, Callable[[HttpRequest, Draft, datetime], HttpResponse]] = {
    "where": _where,
    "photos": _photos,
    "contact": _contact,
}
