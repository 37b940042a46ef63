"""The right half of the masthead of staff's pages: search, notices, menus."""

from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Role
from complaints.permissions import DESK
from mohe_portal.guide import chapter_of
from mohe_portal.navigation import NO_CASES, side_list

# Stands in what is kept for the token of the request that shows it. Names are escaped, so that none can hold it.
FORM_TOKEN = mark_safe("<!--form token-->")


@dataclass(frozen=True)
class Frame:
    """All that it depends on. `page` is the name of the view being shown."""

    page: str
    role: Role
    name: str
    unit: str
    unread: int


def tools(frame: Frame, request: HttpRequest) -> SafeString:
    token = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))
    return mark_safe(_kept(frame).replace(FORM_TOKEN, token))  # noqa: S308 -- a template's own output, and a token


@lru_cache(maxsize=1024)
def _kept(frame: Frame) -> str:
    return render_to_string(
        "components/masthead_tools.html",
        {
            "frame": frame,
            "chapter": chapter_of(frame.role),
            "search_label": _search_label(frame.role),
            "side_list": side_list(frame.role, frame.page).shown,
            "form_token": FORM_TOKEN,
        },
    )


def _search_label(role: Role) -> str:
    """Nothing for those who see no cases."""
    if role in NO_CASES:
        return ""
    return "查案件号、地点、内容、电话" if role in DESK else "查案件号、地点、内容"
