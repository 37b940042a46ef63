"""`make bench`: what the pages cost on both databases at three sizes, each beside the floor of the same run.

Prints a table and writes build/bench/bench.json and bench.md; docs/performance.md holds the figures of a quiet machine.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from scripts.bench.targets import judged
from tests.harness.servers import free_port, private_postgres, private_redis
from tests.harness.variables import documented_variables

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "bench"
SIZES = (10_000, 100_000, 1_000_000)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many cases, smallest first")
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgres"], default=["sqlite", "postgres"])
    asked = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    results = [run(database, asked.sizes) for database in asked.databases]
    (OUT / "bench.json").write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    table = "\n".join(line for result in results for line in tables(result))
    (OUT / "bench.md").write_text(table + "\n")
    sys.stdout.write(f"{table}\n\n{OUT.relative_to(ROOT)}/bench.json, {date.today()}\n")
    return 0


def run(database: str, sizes: list[int]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name, ExitStack() as servers:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL's user passes through
        env = {key: value for key, value in os.environ.items() if key not in documented_variables()}
        env |= {
            "VAR_DIR": str(folder / "var"),
            "BENCH_PORT": str(free_port()),
            "INTAKE_PER_CLIENT_HOUR": "1000000",
            "DJANGO_SETTINGS_MODULE": "scripts.bench.settings",
        }
        if database == "postgres":
            env["DATABASE_URL"] = servers.enter_context(private_postgres(folder / "postgres", is_durable=True))
            env["REDIS_URL"] = servers.enter_context(private_redis(folder / "redis"))
        out = OUT / f"{database}.json"
        command = [sys.executable, "-m", "scripts.bench.one", str(out), *map(str, sizes)]
        subprocess.run(command, cwd=ROOT, env=env, check=True)
        result: dict[str, Any] = json.loads(out.read_text())
        return result


def tables(result: dict[str, Any]) -> list[str]:
    return ["", f"## {result['database']}", *_figures(result["sizes"]), "", *_memory_and_pages(result["sizes"])]


def _figures(sizes: dict[str, Any]) -> list[str]:
    names = next(iter(sizes.values()))["figures"]
    heads = [f"{int(size):,}: p50 / p95 ms · × row" for size in sizes]
    lines = ["", f"| | {' | '.join(heads)} | statements | target |", f"|---|{'---|' * (len(heads) + 2)}"]
    for name in names:
        cells = [_cell(name, measured["figures"]) for measured in sizes.values()]
        last = list(sizes.values())[-1]["figures"][name]
        lines.append(f"| {name} | {' | '.join(cells)} | {last['statements']} | {judged(name, sizes)} |")
    return lines


def _cell(name: str, figures: dict[str, Any]) -> str:
    figure = figures[name]
    floor = figures["floor: one row ×8" if figure["clients"] > 1 else "floor: one row"]
    ratio = "" if name.startswith("floor") else f" · {figure['p50'] / floor['p50']:.1f} ×"
    return f"{figure['p50']:.1f} / {figure['p95']:.1f}{ratio}"


def _memory_and_pages(sizes: dict[str, Any]) -> list[str]:
    pages = list(sizes.values())[-1]["pages"]
    lines = [
        *_memory(sizes),
        "",
        "| page | HTML kB | styles and scripts kB |",
        "|---|---|---|",
    ]
    return lines + [
        f"| {path} | {one['html'] / 1000:.1f} | {one['assets'] / 1000:.1f} |" for path, one in pages.items()
    ]


def _memory(sizes: dict[str, Any]) -> list[str]:
    names = list(next(iter(sizes.values()))["memory"])
    rows = [
        [f"{int(size):,} cases", *(f"{held / 2**20:.0f}" for held in one["memory"].values()), f"{_sum_of(one):.0f}"]
        for size, one in sizes.items()
    ]
    head = ["memory, MiB", *names, "together"]
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def _sum_of(measured: dict[str, Any]) -> float:
    return float(sum(measured["memory"].values())) / 2**20


if __name__ == "__main__":
    sys.exit(main())
