"""A case as its reporter is told it, by code."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import EVERYBODY
from accounts.api import Api
from common import client, crypto
from common.api import body_of, checked, problems, represented
from common.calendar import working_calendar
from common.masking import hide_phones
from complaints import actions, story
from complaints.api.serializers import LookupSerializer, ProgressSerializer
from complaints.case_rows import steps_of
from complaints.models import Event, Held, Reporter
from complaints.workflow import OPEN_STATES, Move, State


class Lookup(Api):
    access = EVERYBODY
    authentication_classes = []

    @extend_schema(
        operation_id="complaints_lookup",
        summary="按查询码看进度",
        tags=["complaints"],
        request=LookupSerializer,
        responses={200: ProgressSerializer, **problems(400, 404, 409, 415, 429)},
    )
    def post(self, request: Request) -> Response:
        """An unknown code and a wrong tail get the same answer, 404."""
        asked = checked(LookupSerializer, body_of(request))
        code = crypto.normalized_code(asked["code"])
        if code is None:
            raise Http404
        tail = asked.get("phone_tail", "")
        now = timezone.now()
        reporter = actions.find_reporter(code=code, tail=tail, client=client.network(request), at=now)
        if reporter is None:
            return self._waiting(actions.find_held(code=code, tail=tail, at=now))
        return Response(represented(ProgressSerializer, _progress(reporter, knows_phone=bool(tail), at=now)))

    def _waiting(self, held: Held | None) -> Response:
        """A report by the pages that somebody looks at before it becomes a case."""
        if held is None:
            raise Http404
        is_refused = held.state == Held.State.REFUSED
        told: dict[str, Any] = {
            "number": "",
            "state": State.REJECTED if is_refused else State.RECEIVED,
            "state_label": held.get_state_display(),
            "heading": held.reply if is_refused else "收到了，等人工核对",
            "due_at": None,
            "steps": [],
            "result": "",
            "own": None,
        }
        return Response(represented(ProgressSerializer, told))


def _progress(reporter: Reporter, *, knows_phone: bool, at: Any) -> dict[str, Any]:
    """Of a merged case the progress of the one that it goes along with."""
    own, case = reporter.complaint, reporter.complaint.leading
    events = steps_of(case)
    is_others = reporter.is_follower or own != case
    told = story.tell(case, events, at=at, calendar=working_calendar(), is_follower=is_others)
    result = case.result if case.state == State.CLOSED else ""
    sees_own = knows_phone and not reporter.is_follower
    return {
        "number": own.number,
        "merged_into": case.number if own != case else None,
        "state": case.state,
        "state_label": told.badge,
        "heading": told.heading,
        "due_at": case.due_at if case.state in OPEN_STATES else None,
        "steps": [_step(event, is_others=is_others) for event in events if story.is_told(event)],
        "result": actions.without_house(result) if is_others else result,
        "own": {"text": own.text, "place": own.place} if sees_own else None,
    }


def _step(event: Event, *, is_others: bool) -> dict[str, Any]:
    note = hide_phones(event.note) if event.move == Move.REJECT else hide_phones(story.told_note(event))
    return {
        "move": event.move,
        "label": event.get_move_display(),
        "state": event.to_state,
        "at": event.at,
        "unit": event.unit.name if event.unit else None,
        "note": actions.without_house(note) if is_others else note,
    }
