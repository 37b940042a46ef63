"""Everything that must hold, two things at a time: `make test`, or with --lint the part without tests.

One line per check as it ends; what a failed one said follows in full; the last line counts.
"""

import os
import re
import subprocess
import sys
import time
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "checks"
BIN = Path(sys.executable).parent
PACKAGES = (*tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"], "scripts")
TELL_EVERY_SECONDS = 30
# Journeys wait for a browser, and tests of whole programs for those to start: other workers use that time.
WORKERS = {"sqlite": "4", "postgres": "2"}
# The suite starts dozens of processes; each would compile the whole portal again.
KEEP_BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}


@dataclass
class Check:
    name: str
    command: Sequence[str]
    env: dict[str, str] = field(default_factory=dict)
    report: Path | None = None
    says_what_it_saw: bool = False
    progress: str = ""

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name.split()[0]}.log"


@dataclass(frozen=True)
class Outcome:
    check: Check
    seconds: float
    passed: int
    failed: int
    skipped: int = 0


def tool(name: str, *arguments: str) -> list[str]:
    return [str(BIN / name), *arguments]


def suite(database: str) -> Check:
    report = LOGS / f"{database}.xml"
    return Check(
        f"{database} 测试 pytest",
        tool(
            "pytest",
            "--color=no",
            "-o",
            "console_output_style=count",
            f"--junitxml={report}",
            f"--output={LOGS / database}",
            "--durations=10",
            # Files stay together for their fixtures, in the order of tests/conftest.py.
            *("-n", WORKERS[database], "--dist", "loadfile", "--no-loadscope-reorder"),
        ),
        # What runs once runs where it is quicker.
        env={"TEST_DATABASE": database, "TEST_ONCE_ON": "sqlite"},
        report=report,
    )


def lint_checks() -> list[Check]:
    # Whatever this machine sets has no say, and var/ is left alone.
    settings = {"VAR_DIR": str(LOGS / "var"), "DATABASE_URL": "", "REDIS_URL": "", "PRODUCTION": "0"}
    return [
        Check("ruff 代码规范", tool("ruff", "check", ".")),
        Check("format 代码格式 ruff format", tool("ruff", "format", "--check", ".")),
        Check("imports 分层 import-linter", tool("lint-imports", "--no-cache")),
        Check("migrations 迁移", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"], env=settings),
        Check("mypy 类型", tool("mypy", *PACKAGES), env=settings),
    ]


def alone() -> list[Check]:
    """What measures times, when nothing else runs any more."""
    return [Check("lighthouse 网页质量", [sys.executable, "scripts/lighthouse.py"], says_what_it_saw=True)]


def run(check: Check) -> Outcome:
    started = time.monotonic()
    with check.log.open("w") as log:
        process = subprocess.Popen(
            check.command,
            cwd=ROOT,
            env=os.environ | KEEP_BYTECODE | check.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for line in process.stdout or ():
            log.write(line)
            if at := re.search(r"\[ *(\d+/\d+)\]", line):
                check.progress = at[1]
    failed_itself = process.wait() != 0
    seconds = time.monotonic() - started
    if check.report is None:
        return Outcome(check, seconds, passed=int(not failed_itself), failed=int(failed_itself))
    return read_report(check, seconds, failed_itself)


def read_report(check: Check, seconds: float, failed_itself: bool) -> Outcome:
    if check.report is None or not check.report.exists():
        return Outcome(check, seconds, passed=0, failed=1)
    total = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for one in ET.parse(check.report).getroot().iter("testsuite"):  # noqa: S314 -- ours
        for name in total:
            total[name] += int(one.get(name, 0))
    failed = total["failures"] + total["errors"]
    return Outcome(
        check,
        seconds,
        passed=total["tests"] - failed - total["skipped"],
        failed=max(failed, int(failed_itself)),
        skipped=total["skipped"],
    )


def in_turn(checks: Sequence[Check], tell: Callable[[Outcome], None]) -> list[Outcome]:
    outcomes = []
    for check in checks:
        outcomes.append(run(check))
        tell(outcomes[-1])
    return outcomes


def tell(outcome: Outcome) -> None:
    good = not outcome.failed and not outcome.skipped
    counts = f"{outcome.passed} passed, {outcome.failed} failed" if outcome.check.report else ""
    skipped = f", {outcome.skipped} skipped (which shows nothing: mend or delete)" if outcome.skipped else ""
    say(f"{'✓' if good else '✗'} {outcome.check.name:<28} {outcome.seconds:4.0f} s  {counts}{skipped}".rstrip())
    if not good or outcome.check.says_what_it_saw:
        say(outcome.check.log.read_text(errors="replace"))


def tell_progress(checks: Sequence[Check]) -> None:
    running = [f"{check.name} {check.progress}" for check in checks if check.progress]
    if running:
        say(f"… {'；'.join(running)}")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(lint_only: bool) -> int:
    LOGS.mkdir(parents=True, exist_ok=True)
    for old in LOGS.glob("*.xml"):
        old.unlink()
    # Two lanes: the suite with the browser beside everything else.
    suites = [] if lint_only else [suite("sqlite"), suite("postgres")]
    lanes = [suites[:1], [*lint_checks(), *suites[1:]]]
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(len(lanes)) as pool:
        waiting = {pool.submit(in_turn, lane, tell) for lane in lanes}
        last_told = time.monotonic()
        while waiting:
            done = {future for future in waiting if future.done()}
            waiting -= done
            outcomes += [outcome for future in done for outcome in future.result()]
            if time.monotonic() - last_told > TELL_EVERY_SECONDS:
                tell_progress(suites)
                last_told = time.monotonic()
            time.sleep(0.2)
    if not lint_only:
        outcomes += in_turn(alone(), tell)
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed + o.skipped for o in outcomes)
    say(f"\n{passed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main("--lint" in sys.argv))
