"""Numbers that the office may change (设置), kept together as one Fact."""

from dataclasses import asdict, dataclass, fields
from typing import ClassVar, Self

from common.models import Fact


@dataclass(frozen=True)
class KeptNumbers:
    """A subclass names its Fact and has a field for each number, with the value that holds until one is set."""

    FACT: ClassVar[str]

    @classmethod
    def current(cls) -> Self:
        kept = Fact.read(cls.FACT, {})
        return cls(**{field.name: kept[field.name] for field in fields(cls) if field.name in kept})

    def keep(self) -> None:
        Fact.write(self.FACT, asdict(self))
