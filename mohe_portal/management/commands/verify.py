"""Say whether what is stored is whole; the exit status tells programs."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mohe_portal import verify


class Command(BaseCommand):
    help = (
        "Check cases, referrals, files, notices, months and the log; changes nothing. Ends with 1 if anything is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--settled", action="store_true", help="no notice may be on its way any more")

    def handle(self, *args: object, **options: Any) -> None:
        started = time.monotonic()
        is_whole = verify.run(self.stdout.write, at=timezone.now(), settled=options["settled"])
        took = f"用时 {time.monotonic() - started:.1f} 秒"
        if not is_whole:
            raise CommandError(f"校验没有通过，{took}。")
        self.stdout.write(f"全部完好，{took}。")
