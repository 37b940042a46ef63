"""What a patroller looks at on the way, and the group of problem that a finding there usually is."""

from dataclasses import dataclass

from complaints.models import ProblemGroup


@dataclass(frozen=True)
class Item:
    code: str
    label: str
    group: ProblemGroup


ITEMS = (
    Item("snow", "路面和单元门口积雪", ProblemGroup.CLEANING),
    Item("garbage", "垃圾箱和垃圾点", ProblemGroup.GARBAGE),
    Item("lights", "路灯、井盖", ProblemGroup.LIGHTS),
    Item("hallway", "楼道堆物", ProblemGroup.HOUSING),
    Item("fire_lane", "消防通道", ProblemGroup.ROADS),
)
FINE, PROBLEM = "fine", "problem"
CODES = frozenset(item.code for item in ITEMS)
