"""Fill an empty portal with the sample city, so that it can be tried."""

import json
import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils import timezone

from common.clock import CITY_TIME
from common.errors import DomainError
from mohe_portal.sample_city.cast import SignIn
from mohe_portal.sample_city.seeding import Report, Seeded, Sizes, seed_city

LAST_HOUR = 17  # of a day of the past that the history shall end on
TENTH = 10


def not_negative(typed: str) -> int:
    if not typed.isdecimal():
        raise ArgumentTypeError(f"{typed} 不是数字，请填 0 或正整数。")
    return int(typed)


class Command(BaseCommand):
    help = "Fill an empty portal with the synthetic sample city: grids, units, people, a year of cases and flags."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="the same seed and end date give the same city")
        parser.add_argument("--cases", type=not_negative, default=600, help="how many cases (default: 600)")
        parser.add_argument("--months", type=not_negative, default=12, help="months of history (default: 12)")
        parser.add_argument("--until", type=date.fromisoformat, help="last day of the history (default: today, now)")
        parser.add_argument("--credentials-json", type=Path, help="also write the sign-ins to this file")

    def handle(self, *args: object, **options: Any) -> None:
        sizes = Sizes(cases=options["cases"], months=options["months"])
        report = ProgressLines(self.stdout) if options["verbosity"] else Report()
        try:
            seeded = seed_city(
                seed=options["seed"], until=_end_of_history(options["until"]), sizes=sizes, report=report
            )
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        if options["credentials_json"]:
            _write_credentials(options["credentials_json"], seeded.sign_ins)
        if options["verbosity"]:
            self._show(seeded)

    def _show(self, seeded: Seeded) -> None:
        self.stdout.write("\n示例账号（请记下，密码不再显示）\n")
        for one in seeded.sign_ins:
            self.stdout.write(f"  {one.username:<12} {one.password:<18} {one.role}")
        for case in seeded.followed:
            self.stdout.write(f"  查询码 {case.code}  手机号后四位 {case.phone_tail}  （{case.state}）")


class ProgressLines(Report):
    """A line for each step with its seconds; for a long one, what part is done."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._started = time.monotonic()
        self._shown = 0

    def step(self, name: str) -> None:
        self._out.write(f"  示例城市：{name} …")
        self._out.flush()

    def share(self, done: int, of: int) -> None:
        tenths = done * TENTH // of
        if tenths == self._shown:
            return
        self._shown = tenths
        bar = "█" * tenths + "░" * (TENTH - tenths)
        seconds = time.monotonic() - self._started
        self._out.write(f"  {bar} {done:,}／{of:,}  {seconds:.0f} s")
        self._out.flush()


def _end_of_history(day: date | None) -> datetime:
    """Return the sample city's present: now, or the end of office hours on a day of the past."""
    now = timezone.localtime(timezone=CITY_TIME).replace(second=0, microsecond=0)
    if day is None:
        return now
    if day > now.date():
        raise CommandError(f"--until {day} 还没有到。请填今天（{now.date()}）或更早的日期。")
    return min(now, datetime(day.year, day.month, day.day, LAST_HOUR, tzinfo=CITY_TIME))


def _write_credentials(path: Path, sign_ins: list[SignIn]) -> None:
    """Write the sign-ins so that only the owner of the file can read them."""
    path.touch(mode=0o600)
    rows = [{"role": s.role, "username": s.username, "password": s.password, "name": s.name} for s in sign_ins]
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=2), encoding="utf-8")
