from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from grids.importing.city import read_city
from grids.importing.writing import city_files


class Command(BaseCommand):
    help = "Write the city into a folder, as the files that import_city reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        files = city_files(read_city())
        for name, content in files.items():
            (folder / name).write_bytes(content)
        self.stdout.write(f"导出了 {len(files)} 个文件到 {folder}。")
