"""The numbers of the complaint platform that the office may change."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from common.kept_numbers import KeptNumbers

TUNING = "complaint_tuning"


@dataclass(frozen=True)
class Tuning(KeptNumbers):
    """As they stand where nobody has changed them."""

    FACT: ClassVar[str] = TUNING

    duplicate_metres: int = 50
    duplicate_hours: int = 24
    reveals_per_day: int = 30
    head_after_days: int = 1
    list_after_days: int = 3

    @property
    def duplicate_within(self) -> timedelta:
        return timedelta(hours=self.duplicate_hours)
