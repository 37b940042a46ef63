"""Freezing a month's report, once; again only for a reason, beside what was frozen before."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Role, User
from audit import log
from common.errors import DomainError
from common.months import Month
from notifications.outbox import notify
from reports.content import Heard, collect, unheard
from reports.models import MonthEndReport, canonical, checksum_of

READERS = (Role.OFFICE, Role.LEADER, Role.SUPERVISION, Role.GROUP_HEAD)


def build_month_end(
    month: Month, *, by: User | None, at: datetime, reason: str = "", heard: Heard = unheard
) -> MonthEndReport:
    """The report of a month that is over. Built before, it is given back as it is; with a `reason` it is built again.

    Again only makes a new version where something has changed; the versions before stay as they are.
    """
    if at < month.ends_at:
        raise DomainError(f"{month.year} 年 {month.month} 月还没有过完。现在可以看预览，月末报告在月末以后生成。")
    latest = _latest(month)
    if latest and not reason:
        return latest
    text = canonical(collect(month, as_of=month.ends_at, heard=heard))
    if latest and latest.content == text:
        return latest
    return _frozen(month, text, after=latest, reason=reason if latest else "", by=by, at=at)


def _latest(month: Month) -> MonthEndReport | None:
    return MonthEndReport.objects.of_month(month).order_by("-version").first()


def _frozen(
    month: Month, text: str, *, after: MonthEndReport | None, reason: str, by: User | None, at: datetime
) -> MonthEndReport:
    """Write the next version. Of two who do so at once, the second gives back what the first wrote."""
    version = after.version + 1 if after else 1
    try:
        with transaction.atomic():
            report = MonthEndReport.objects.create(
                year=month.year, month=month.month, version=version, content=text, checksum=checksum_of(text),
                built_at=at, built_by=by, reason=reason,
            )  # fmt: skip
            log.record("生成月末报告", by=by, at=at, target=report, checksum=report.checksum, reason=reason)
            _tell_readers(report, at=at)
            return report
    except IntegrityError:
        return MonthEndReport.objects.of_month(month).get(version=version)


def _tell_readers(report: MonthEndReport, *, at: datetime) -> None:
    again = f"（第 {report.version} 版：{report.reason}）" if report.reason else ""
    readers = User.objects.filter(role__in=READERS, is_active=True).select_related("group")
    for url, people in _by_page(readers, report):
        notify(
            people,
            reason=f"month-end:{report.of}:{report.version}",
            title=f"{report.year} 年 {report.month} 月月末报告已生成{again}",
            url=url,
            at=at,
        )


def _by_page(readers: Iterable[User], report: MonthEndReport) -> list[tuple[str, list[User]]]:
    """Everybody with the page that is theirs: the whole report, or that of the own group."""
    pages: dict[str, list[User]] = {}
    for person in readers:
        if person.group:
            url = reverse("reports:group", args=[report.year, report.month, person.group.code])
        else:
            url = reverse("reports:report", args=[report.year, report.month])
        pages.setdefault(url, []).append(person)
    return list(pages.items())
