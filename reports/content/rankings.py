"""Who did best. A share of few says little, so who has less than enough is named, but gets no place.

Equal shares share a place, whatever they are made of; the next place counts everybody before it (1, 1, 3).
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from reports.content.cases import figures_of

ENOUGH_CASES = 5
ENOUGH_RATINGS = 5
ENOUGH_DAYS = 10
ENOUGH_FLAGS = 5

Entry = tuple[str, str, int, int]


def of(content: dict[str, Any]) -> dict[str, Any]:
    units = [(row, figures_of(row)) for row in content["cases"]["units"] if row["key"]]
    patrols = content["patrols"]["units"]
    groups = content["flags"]["groups"]
    return {
        "on_time": ranked(
            [(row["key"], row["name"], one.closed_in_time, one.due) for row, one in units], enough=ENOUGH_CASES
        ),
        "satisfaction": ranked(
            [(row["key"], row["name"], one.satisfied, one.rated) for row, one in units], enough=ENOUGH_RATINGS
        ),
        "patrols": ranked(
            [(row["key"], row["name"], row["walked"], row["expected"]) for row in patrols], enough=ENOUGH_DAYS
        ),
        "flags": ranked(
            [(row["key"], row["name"], row["red"], row["red"] + row["blue"]) for row in groups], enough=ENOUGH_FLAGS
        ),
    }


def ranked(entries: Iterable[Entry], *, enough: int) -> dict[str, Any]:
    """`rows` with a place, best first; `few` are the names of those with less than `enough` to be compared by."""
    counted = [entry for entry in entries if entry[3]]
    compared = sorted((e for e in counted if e[3] >= enough), key=lambda e: (-_share(e), -e[3], e[0]))
    rows: list[dict[str, Any]] = []
    for position, entry in enumerate(compared, start=1):
        is_tie = rows and _share(entry) == Fraction(rows[-1]["numerator"], rows[-1]["denominator"])
        place = rows[-1]["place"] if is_tie else position
        key, name, numerator, denominator = entry
        rows.append(
            {"place": place, "key": key, "name": name, "numerator": numerator, "denominator": denominator}
        )  # fmt: skip
    return {"enough": enough, "rows": rows, "few": [entry[1] for entry in counted if entry[3] < enough]}


def _share(entry: Entry) -> Fraction:
    return Fraction(entry[2], entry[3])
