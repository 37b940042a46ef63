"""The page of the case that a resident follows (查进度), and which of the resident's own moves it offers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.calendar import doubt_about, working_calendar
from common.clock import CITY_TIME
from complaints import actions, story, workflow
from complaints.actions.moves import may_reopen
from complaints.case_rows import all_photos_of, steps_of
from complaints.forms import RatingForm, TailForm, WithdrawForm
from complaints.models import Complaint, Event, Photo
from complaints.views.visitor import Followed
from complaints.workflow import OPEN_STATES, Move, State


def awaits_rating(followed: Followed) -> bool:
    case = followed.reporter.complaint
    return case.state == State.CLOSED and case.rated_at is None and not followed.is_follower


def may_urge(followed: Followed) -> bool:
    """Whether the one who filed the case can press for it now, but for the budget of one a day."""
    return _is_their_own(followed) and Move.URGE in workflow.possible_moves(followed.case)


def may_withdraw(followed: Followed) -> bool:
    """With the end of the phone number, where one was left: a code alone may lie about on a receipt."""
    knows = followed.knows_phone or not followed.reporter.phone_encrypted
    if not (knows and _is_their_own(followed) and Move.WITHDRAW in workflow.possible_moves(followed.case)):
        return False
    return not actions.refusal_to_withdraw(followed.case)


def _is_their_own(followed: Followed) -> bool:
    return not followed.is_follower and not followed.is_merged


def show_tracked(
    request: HttpRequest,
    followed: Followed,
    *,
    at: datetime,
    tail_form: TailForm | None = None,
    rating_form: RatingForm | None = None,
    withdraw_form: WithdrawForm | None = None,
    status: int = 200,
) -> HttpResponse:
    sent: list[forms.Form | None] = [tail_form, rating_form, withdraw_form]
    own, case = followed.reporter.complaint, followed.case
    context = {
        "case": own,
        "leading": case,
        "calendar_doubt": doubt_about([case.due_at]) if case.state in OPEN_STATES else "",
        "is_follower": followed.is_follower,
        "knows_phone": followed.knows_phone,
        "is_merged": followed.is_merged,
        "own": followed.sees_own_words,
        "is_erased": followed.reporter.erased_at is not None,
        "tail_form": tail_form or TailForm(),
        "rating_form": rating_form or RatingForm() if awaits_rating(followed) else None,
        "withdraw_form": withdraw_form or WithdrawForm() if may_withdraw(followed) else None,
        "may_urge": may_urge(followed),
        "bad_form": next((form for form in sent if form and form.errors), None),
        "may_reopen": may_reopen(own, at=at),
        "hotline": settings.FOOTER["hotline"],
    }
    return render(request, "complaints/public/tracked.html", context | _told(followed, at=at), status=status)


def _told(followed: Followed, *, at: datetime) -> dict[str, Any]:
    """How it stands and what came of it, in words that say nothing of anybody else."""
    own, case = followed.reporter.complaint, followed.case
    events = steps_of(case)
    photos = all_photos_of(case) if followed.sees_own_words or followed.sees_result else []
    told = _story(followed, events, at=at)
    is_others = followed.is_follower or followed.is_merged
    if is_others:
        told = replace(told, steps=[replace(step, quote=actions.without_house(step.quote)) for step in told.steps])
    own_photos = all_photos_of(own) if followed.is_merged and followed.sees_own_words else photos
    return {
        "story": told,
        "was_urged_today": actions.was_urged_on(at.astimezone(CITY_TIME).date(), events),
        "before": [p for p in own_photos if p.kind == Photo.Kind.BEFORE] if followed.sees_own_words else [],
        "after": _result_photos(photos, events) if followed.sees_result else [],
        "result": actions.without_house(case.result) if is_others else case.result,
        "result_line": _result_line(case, now=at) if followed.sees_result else "",
    }


def _story(followed: Followed, events: Sequence[Event], *, at: datetime) -> story.Story:
    case, calendar = followed.case, working_calendar()
    if not followed.is_merged:
        return story.tell(case, events, at=at, calendar=calendar, is_follower=followed.is_follower)
    own = followed.reporter.complaint
    return story.tell_merged(own, steps_of(own), case, events, at=at, calendar=calendar)


def _result_photos(photos: Sequence[Photo], events: Sequence[Event]) -> list[Photo]:
    """Those of the last result."""
    result = next((event for event in reversed(events) if event.move == Move.SUBMIT), None)
    return [photo for photo in photos if result and photo.event_id == result.pk]


def _result_line(case: Complaint, *, now: datetime) -> str:
    """示例单位 07，11 月 24 日 09:50 办完，用时 1 天。"""
    if not (case.unit and case.handled_at and case.dispatched_at):
        return ""
    took = story.span(case.dispatched_at, case.handled_at)
    return f"{case.unit.name}，{story.moment(case.handled_at, now=now)} 办完，用时 {took}。"
