"""The auditor's page: the audit log to read, to search and to take away, and whether its chain is whole."""

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import only
from accounts.models import Role
from audit import log
from audit.models import Entry
from audit.words import in_words
from common.clock import CITY_TIME
from common.http import Request
from common.keyset import page
from common.sheets import guarded
from mohe_portal.audit_chain import ChainCheck, check_chain

PAGE_SIZE = 50
NEWEST = ("-pk",)
COLUMNS = ("序号", "时间", "操作人", "操作", "对象", "详情", "封印")


def _words(label: str) -> forms.CharField:
    return forms.CharField(
        required=False, max_length=60, label=label,
        widget=forms.TextInput(attrs={"class": "form-control-sm", "placeholder": label, "aria-label": label}),
    )  # fmt: skip


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        required=False, label=label,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control-sm", "aria-label": label}),
        error_messages={"invalid": f"{label}看不懂，没有用它筛选。"},
    )  # fmt: skip


class AuditFilters(forms.Form):
    """Who did what to what, and when."""

    use_required_attribute = False

    who = _words("操作人")
    what = _words("操作")
    target = _words("对象")
    since = _day("起始日期")
    until = _day("截止日期")

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.is_valid()

    def narrow(self, entries: "QuerySet[Entry]") -> "QuerySet[Entry]":
        given = self.cleaned_data
        lookups = {
            "actor_label__icontains": given.get("who"),
            "verb__icontains": given.get("what"),
            "target_label__icontains": given.get("target"),
            "at__gte": _midnight(given.get("since")),
            "at__lt": _midnight(given.get("until"), days_later=1),
        }
        return entries.filter(**{name: value for name, value in lookups.items() if value})

    @property
    def given(self) -> dict[str, str]:
        """What was asked for, as it was written."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


def _midnight(day: date | None, *, days_later: int = 0) -> datetime | None:
    return datetime.combine(day + timedelta(days=days_later), time(), CITY_TIME) if day else None


@only(Role.AUDITOR)
@never_cache
@require_safe
def audit_log(request: Request) -> HttpResponse:
    filters = AuditFilters(request.GET)
    found = page(filters.narrow(Entry.objects.all()), NEWEST, cursor=request.GET.get("cursor", ""), size=PAGE_SIZE)
    context = {
        "filters": filters,
        "rows": [(entry, in_words(entry.facts)) for entry in found.rows],
        "check": ChainCheck.latest(),
        "next_url": _link(filters, found.next_cursor),
        "previous_url": _link(filters, found.previous_cursor),
    }
    return render(request, "audit/log.html", context)


@only(Role.AUDITOR)
@require_POST
def audit_check(request: Request) -> HttpResponse:
    """Walk the whole chain now; every night it is walked by itself."""
    now = timezone.now()
    checked = check_chain(at=now)
    log.record("核对审计链", by=request.user, at=now, entries=checked.entries, whole=checked.is_whole)
    if checked.is_whole:
        messages.success(request, f"核对了 {checked.entries} 条，整条链完整。")
    else:
        messages.error(request, "审计链对不上，请看页面上列出的位置。")
    return redirect("audit_log")


@only(Role.AUDITOR)
@require_POST
def audit_export(request: Request) -> StreamingHttpResponse:
    """The entries that the filters leave, oldest first, as CSV. That it was taken away is an entry of its own."""
    filters, now = AuditFilters(request.POST), timezone.now()
    entries = filters.narrow(Entry.objects.all()).order_by("pk")
    log.record("导出审计日志", by=request.user, at=now, filters=filters.given, entries=entries.count())
    response = StreamingHttpResponse(_lines(entries), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{now.astimezone(CITY_TIME):%Y%m%d-%H%M}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


class _Echo:
    """A file that gives back what is written to it: the csv module's way to one line at a time."""

    def write(self, line: str) -> str:
        return line


def _lines(entries: "QuerySet[Entry]") -> Iterator[str]:
    writer = csv.writer(_Echo())
    # Excel takes a CSV for UTF-8 only with this mark.
    yield "\ufeff" + writer.writerow(COLUMNS)
    for entry in entries.iterator(chunk_size=2000):
        facts = json.dumps(entry.facts, ensure_ascii=False) if entry.facts else ""
        at = f"{entry.at.astimezone(CITY_TIME):%Y-%m-%d %H:%M:%S}"
        cells = (entry.actor_label, entry.verb, entry.target_label, facts, entry.seal)
        yield writer.writerow([entry.pk, at, *map(guarded, cells)])


def _link(filters: AuditFilters, cursor: str) -> str:
    return f"?{urlencode(filters.given | {'cursor': cursor})}" if cursor else ""
