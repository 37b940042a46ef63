"""The whole portal into one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.errors import DomainError
from mohe_portal import backup


class Command(BaseCommand):
    help = "Write database and photos into one archive, read it back, and say what it holds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where to; what is there is replaced once the new one is whole")

    def handle(self, *args: object, **options: Any) -> None:
        target: Path = options["file"].resolve()
        if not target.parent.is_dir():
            raise CommandError(f"没有 {target.parent} 这个文件夹，请先建好。")
        try:
            made = backup.write(target, at=timezone.now())
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        size = target.stat().st_size / 1e6
        self.stdout.write(
            f"备份完成并已核对：{len(made.rows)} 张表 {made.total_rows:,} 行，{made.photos:,} 个照片文件，"
            f"{size:.1f} MB。"
            f"Backed up and checked: {target}"
        )
