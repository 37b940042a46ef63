from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from grids.importing import Plan, Source, import_files, preview


class Command(BaseCommand):
    help = "Import towns, communities, units, grids, assignments and shapes from a folder. All or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder with xlsx, csv and geojson files, or one zip file")
        parser.add_argument("--dry-run", action="store_true", help="only show what would change")
        parser.add_argument(
            "--gcj02", action="store_true", help="the shapes are GCJ-02 (高德, 腾讯): convert to WGS-84"
        )

    def handle(self, *args: Any, folder: Path, dry_run: bool, gcj02: bool, **options: Any) -> None:
        sources = _sources(folder)
        if dry_run:
            plan = preview(sources, at=timezone.now(), gcj02=gcj02)
        else:
            plan = import_files(sources, by=None, at=timezone.now(), gcj02=gcj02)
        if plan.faults:
            raise CommandError(_faults(plan))
        for table in plan.tables:
            self.stdout.write(f"{table.table.title}：新增 {table.added}，修改 {table.changed}")
        self.stdout.write(f"会有 {plan.changes} 处改动。" if dry_run else f"导入完成，{plan.changes} 处改动。")


def _sources(folder: Path) -> list[Source]:
    if folder.is_file():
        return [Source(folder.name, folder.read_bytes())]
    if not folder.is_dir():
        raise CommandError(f"没有这个文件夹：{folder}。请写对路径。")
    files = sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith((".", "~$")))
    return [Source(file.name, file.read_bytes()) for file in files]


def _faults(plan: Plan) -> str:
    lines = [f"有 {len(plan.faults)} 处要改，一条也没有导入。"]
    for fault in plan.faults:
        where = "，".join(
            part for part in (fault.file, f"第 {fault.row} 行" if fault.row else "", fault.column) if part
        )
        lines.append(f"{where}：{fault.message}" if where else fault.message)
    return "\n".join(lines)
