"""Tables of cases (导出): small ones are handed out at once, large ones are made in the background for their owner."""

import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO

from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from audit import log
from common.errors import DomainError
from common.periodic import Now
from complaints.exporting import CHUNK, MOST_ROWS_OF_A_SHEET, Cell, as_csv, keys_of, rows_of, write_xlsx
from complaints.models import Complaint, Export, ExportFormat, ExportState
from complaints.selection import Selection
from notifications.outbox import notify

AT_ONCE = 10_000
MOST_UNDER_WAY = 3


@transaction.atomic
def note_export(selection: Selection, *, format: ExportFormat, count: int) -> None:
    """A table handed out at once leaves a line in the log, as a large one does."""
    _log(selection.described, format, count, by=selection.user, at=selection.at)


@transaction.atomic
def ask_for_export(selection: Selection, *, format: ExportFormat) -> Export:
    """Put a large table on. A phone that was searched for cannot be part of it: it stands in no row."""
    by, at = selection.user, selection.at
    if Export.objects.filter(owner=by, state__in=[ExportState.WAITING, ExportState.RUNNING]).count() >= MOST_UNDER_WAY:
        raise DomainError(f"您已有 {MOST_UNDER_WAY} 份导出在生成，等它们好了再导。")
    total = selection.cases.count()
    if format == ExportFormat.XLSX and total > MOST_ROWS_OF_A_SHEET:
        raise DomainError(f"Excel 最多 {MOST_ROWS_OF_A_SHEET:,} 行，这里有 {total:,} 件。请加条件，或者导成 csv。")
    parameters = selection.parameters.copy()
    for name in ("cursor", "phone"):
        parameters.pop(name, None)
    export = Export.objects.create(
        owner=by, query=parameters.urlencode(), described=selection.described[:300], format=format, total=total,
        requested_at=at, expires_at=at + Export.KEPT_FOR,
    )  # fmt: skip
    _log(export.described, format, total, by=by, at=at)
    return export


def make_exports(*, now: Now) -> int:
    """Make what waits, one after the other; returns how many. A worker that dies leaves its own to the next."""
    made = 0
    while (export := _claim(at=now())) is not None:
        made += _make(export, now=now)
    return made


def _claim(*, at: datetime) -> Export | None:
    for export in Export.objects.available(at=at).select_related("owner").order_by("requested_at", "pk")[:10]:
        free = Export.objects.available(at=at).filter(pk=export.pk, tries=export.tries)
        lease = at + Export.LEASE
        if free.update(state=ExportState.RUNNING, tries=F("tries") + 1, lease_until=lease, done=0):
            export.tries += 1
            return export
    return None


def _make(export: Export, *, now: Now) -> bool:
    owner = export.owner
    if export.tries > Export.MOST_TRIES or not owner.is_active:
        _settle(export, ExportState.FAILED, at=now())
        return False
    selection = Selection(QueryDict(export.query), user=owner, at=export.requested_at)
    with tempfile.TemporaryFile() as scratch:
        keys = keys_of(selection.in_order)
        Export.objects.filter(pk=export.pk, tries=export.tries).update(total=len(keys))
        rows = _telling_progress(rows_of(Complaint.objects.visible_to(owner), keys), export, now=now)
        _write(scratch, rows, ExportFormat(export.format))
        scratch.seek(0)
        export.file.save("cases", File(scratch), save=False)
    if not _settle(export, ExportState.DONE, at=now(), file=export.file.name, done=len(keys), total=len(keys)):
        export.file.delete(save=False)  # somebody else took it up meanwhile, or it was deleted
        return False
    return True


def _write(into: IO[bytes], rows: Iterable[list[Cell]], format: ExportFormat) -> None:
    if format == ExportFormat.XLSX:
        write_xlsx(into, rows)
    else:
        into.writelines(as_csv(rows))


def _telling_progress(rows: Iterable[list[Cell]], export: Export, *, now: Now) -> Iterator[list[Cell]]:
    for count, row in enumerate(rows):
        if count % CHUNK == 0:
            held = Export.objects.filter(pk=export.pk, tries=export.tries)
            held.update(done=count, lease_until=now() + Export.LEASE)
        yield row


@transaction.atomic
def _settle(export: Export, state: ExportState, *, at: datetime, **facts: object) -> bool:
    held = Export.objects.filter(pk=export.pk, tries=export.tries, state=ExportState.RUNNING)
    if not held.update(state=state, finished_at=at, lease_until=None, expires_at=at + Export.KEPT_FOR, **facts):
        return False
    words = f"导出好了，{export.described}" if state == ExportState.DONE else f"导出没有生成，{export.described}"
    notify([export.owner], reason=f"export:{export.pk}:{state}", title=words, url=reverse("complaints:exports"), at=at)
    return True


def forget_exports(*, at: datetime) -> int:
    """Delete what has been kept for its time, file and row; returns how many."""
    expired = list(Export.objects.filter(expires_at__lte=at).exclude(state=ExportState.RUNNING, lease_until__gt=at))
    for export in expired:
        if export.file:
            export.file.delete(save=False)
        export.delete()
    return len(expired)


def _log(described: str, format: ExportFormat, count: int, *, by: User, at: datetime) -> None:
    log.record("导出案件", by=by, at=at, filters=described, format=str(format), count=count)
