"""The numbers of the complaint platform that the office may change."""

from dataclasses import asdict, dataclass, fields
from datetime import timedelta

from common.models import Fact

TUNING = "complaint_tuning"


@dataclass(frozen=True)
class Tuning:
    """As they stand where nobody has changed them."""

    duplicate_metres: int = 50
    duplicate_hours: int = 24
    reveals_per_day: int = 30
    head_after_days: int = 1
    list_after_days: int = 3

    @classmethod
    def current(cls) -> "Tuning":
        kept = Fact.read(TUNING, {})
        return cls(**{field.name: kept[field.name] for field in fields(cls) if field.name in kept})

    def keep(self) -> None:
        Fact.write(TUNING, asdict(self))

    @property
    def duplicate_within(self) -> timedelta:
        return timedelta(hours=self.duplicate_hours)
