"""Five steps of colour for a number of each grid, and the words of the legend."""

from collections.abc import Collection
from dataclasses import dataclass

STEPS = 5


@dataclass(frozen=True)
class Scale:
    """`bounds`: where steps 1 to 4 begin; what is below the first is step 0."""

    bounds: tuple[int, int, int, int]

    def level(self, number: int) -> int:
        return sum(number >= bound for bound in self.bounds)

    def legend(self, unit: str) -> list[tuple[int, str]]:
        one, two, three, four = self.bounds
        spans = [_span(0, one - 1), _span(one, two - 1), _span(two, three - 1), _span(three, four - 1)]
        return [*enumerate(f"{span} {unit}" for span in spans), (4, f"{four} {unit}以上")]


def scale_of(numbers: Collection[int]) -> Scale:
    """1, 2, 3, 4 for small numbers; for larger ones equal steps up to the largest."""
    step = max(1, -(-max(numbers, default=0) // STEPS))
    return Scale((1, 1 + step, 1 + 2 * step, 1 + 3 * step))


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"
