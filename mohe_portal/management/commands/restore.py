"""The whole portal back from one file."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.clock import CITY_TIME
from common.errors import DomainError
from mohe_portal import backup


class Command(BaseCommand):
    help = "Put the database and photos of an archive in place, and check them against its manifest."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="an archive that `backup` wrote")
        parser.add_argument("--force", action="store_true", help="replace what is there")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            restored = backup.restore(options["file"].resolve(), force=options["force"])
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        made_at = datetime.fromisoformat(restored.made_at).astimezone(CITY_TIME)
        self.stdout.write(
            f"恢复完成并已核对：{len(restored.rows)} 张表 {restored.total_rows:,} 行，{restored.photos:,} 个照片文件，"
            f"备份于 {made_at:%Y-%m-%d %H:%M}。Restored and checked."
        )
