from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common.errors import DomainError
from common.months import Month
from reports.actions import build_month_end


class Command(BaseCommand):
    help = "Freeze the report of a month that is over. Running it twice changes nothing; --reason makes a new version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="YYYY-MM")
        parser.add_argument("--reason", default="", help="why it is built again; the versions before stay")

    def handle(self, *args: Any, month: str, reason: str, **options: Any) -> None:
        try:
            year, number = month.split("-")
            wanted = Month(int(year), int(number))
        except ValueError:
            raise CommandError("月份写成 2026-11 这样。") from None
        try:
            report = build_month_end(wanted, by=None, at=timezone.now(), reason=reason.strip(), heard=self._told)
        except DomainError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"{report}，校验值 {report.checksum}")

    def _told(self, step: str, done: int, steps: int) -> None:
        self.stderr.write(f"  {done + 1}/{steps} {step}")
