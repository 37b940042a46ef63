"""Randomness that comes out the same for the same seed."""

import random

Dice = random.Random


def dice(seed: int, *purpose: object) -> Dice:
    """Return dice of their own for each purpose, so that throwing more for one changes nothing for another."""
    return random.Random(":".join(map(str, (seed, *purpose))))  # noqa: S311 - sample data must repeat, not be secret
