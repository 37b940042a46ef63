"""Month arithmetic, in one place: half-open ranges in the city's time."""

from dataclasses import dataclass
from datetime import date, datetime, time

from common.clock import CITY_TIME


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month of the city, like 2026-11."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 2000 <= self.year <= 2999):
            raise ValueError(f"no such month: {self.year}-{self.month}")

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"

    @classmethod
    def of(cls, moment: datetime | date) -> "Month":
        day = moment.astimezone(CITY_TIME).date() if isinstance(moment, datetime) else moment
        return cls(day.year, day.month)

    def shifted(self, by: int) -> "Month":
        index = self.year * 12 + self.month - 1 + by
        return Month(index // 12, index % 12 + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date.fromordinal(self.shifted(1).first_day.toordinal() - 1)

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.first_day, time(), CITY_TIME)

    @property
    def ends_at(self) -> datetime:
        """The first moment that no longer belongs to the month."""
        return self.shifted(1).starts_at
