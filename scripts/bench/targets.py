"""What each page may cost: its p50 against the one-row floor of the same run, and its statements."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Target:
    """`most` times the one-row floor at `size` cases; `statements` whatever the size."""

    most: float
    statements: int | None = None
    size: int = 1_000_000


TARGETS = {
    "intake, text": Target(4, 12),
    "case page": Target(10, 12),
    "queue, 50 filtered": Target(12, 8, size=100_000),
    "map box": Target(6, 3),
    "board": Target(5),
    "city boards": Target(5),
    "home": Target(5),
    "published": Target(5),
    "cockpit": Target(8, 6),
}
# The cockpit at a million cases against itself at ten thousand.
COCKPIT_GROWTH = 1.2


def judged(name: str, sizes: dict[str, Any]) -> str:
    """What was aimed at and whether it was met, for a cell of the table; empty where nothing was."""
    target = TARGETS.get(name)
    if target is None:
        return ""
    size = str(target.size) if str(target.size) in sizes else list(sizes)[-1]
    figures = sizes[size]["figures"]
    ratio = figures[name]["p50"] / figures["floor: one row"]["p50"]
    met = [ratio <= target.most]
    said = [f"≤ {target.most:g} ×"]
    if target.statements is not None:
        met.append(figures[name]["statements"] <= target.statements)
        said.append(f"≤ {target.statements} statements")
    if name == "cockpit":
        first, last = (sizes[one]["figures"][name]["p50"] for one in (list(sizes)[0], list(sizes)[-1]))
        met.append(last <= COCKPIT_GROWTH * first)
        said.append(f"grows ≤ {COCKPIT_GROWTH:g} ×")
    return f"{', '.join(said)} {'✓' if all(met) else '✗'}"
