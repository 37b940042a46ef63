"""Answers of GeoReport v2, as JSON or as XML: the same names in both, lists named as the standard names them."""

import json
from typing import Any
from xml.etree import ElementTree

from django.http import HttpResponse

# The standard's name of a list → that of one thing in it.
ONE_OF = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}


def answer(name: str, told: Any, form: str, *, status: int = 200) -> HttpResponse:
    """`told` under its name: a list or a dict of plain values; `form` is json or xml."""
    if form == "xml":
        body = ElementTree.tostring(_element(name, told), encoding="utf-8", xml_declaration=True)
        return HttpResponse(body, status=status, content_type="text/xml; charset=utf-8")
    body = json.dumps(told, ensure_ascii=False)
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")


def errors(form: str, *said: str, status: int) -> HttpResponse:
    return answer("errors", [{"code": status, "description": one} for one in said], form, status=status)


def _element(name: str, told: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(told, dict):
        element.extend(_element(key, value) for key, value in told.items())
    elif isinstance(told, list):
        element.extend(_element(ONE_OF[name], one) for one in told)
    elif isinstance(told, bool):
        element.text = str(told).lower()
    elif told is not None:
        element.text = _writable(str(told))
    return element


def _writable(text: str) -> str:
    """Without the control characters that XML has no way to write."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")
