from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common.errors import DomainError
from common.months import Month
from progress.actions import close_month


class Command(BaseCommand):
    help = "Close a month of the flag boards: freeze its snapshot. Running it twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="YYYY-MM")

    def handle(self, *args: Any, month: str, **options: Any) -> None:
        try:
            year, number = month.split("-")
            wanted = Month(int(year), int(number))
        except ValueError:
            raise CommandError("月份写成 2026-11 这样。") from None
        try:
            closed = close_month(wanted, by=None, at=timezone.now())
        except DomainError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"{closed} 已锁定，校验值 {closed.checksum}")
