"""Whether what is stored of each case is whole: its events a chain without a gap, along a legal path, to its state."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from complaints.models import Complaint, Event, UnitRequest
from complaints.workflow import PATHS, Move, State

BATCH = 1000


class Link(NamedTuple):
    """The columns of an event that make the chain."""

    case_id: int
    version: int
    move: str
    from_state: str
    to_state: str


class Standing(NamedTuple):
    """The columns of a case that the chain must lead to."""

    pk: int
    number: str
    state: str
    version: int


@dataclass(frozen=True)
class Broken:
    number: str
    why: str

    def __str__(self) -> str:
        return f"{self.number} {self.why}"


@dataclass
class Seen:
    """How much was looked at."""

    cases: int = 0
    events: int = 0


def broken_chains(seen: Seen | None = None) -> Iterator[Broken]:
    """The cases whose history does not fit, batch by batch; memory does not grow with their number.

    No snapshot is held while people work: what looks wrong is read once more, since it may have moved in between.
    """
    seen = seen or Seen()
    last = 0
    while batch := _cases(Q(pk__gt=last)):
        last = batch[-1].pk
        for suspect in _suspects(batch, seen):
            yield from _looked_at_again(suspect)


def unpaired_requests() -> Iterator[Broken]:
    """Cases whose marks (申请, 挂账) and requests tell different stories."""
    requests = UnitRequest.objects.filter(complaint=OuterRef("pk"))
    waits = Exists(requests.filter(status=UnitRequest.Status.PENDING))
    stands = Exists(requests.filter(kind="suspension", status=UnitRequest.Status.GRANTED, resumed_at=None))
    marked = Complaint.objects.filter(~Q(asked_for="") | Q(suspended_until__isnull=False) | waits | stands)
    rows = marked.annotate(waits=waits, stands=stands).order_by("pk")
    for number, asked_for, until, is_waiting, is_standing in rows.values_list(
        "number", "asked_for", "suspended_until", "waits", "stands"
    ):
        if bool(asked_for) != is_waiting:
            yield Broken(number, "标着有待批申请，申请却不在（或者相反）")
        if bool(until) != is_standing:
            yield Broken(number, "标着挂账，批准的挂账却不在（或者相反）")


def why_broken(case: Standing, links: Sequence[Link]) -> str:
    """What is wrong with a history, in words; empty if nothing is. `links` are in the order of their versions."""
    if [link.version for link in links] != list(range(case.version + 1)):
        return f"流转记录不连续：应有 {case.version + 1} 步，有 {len(links)} 步"
    first = links[0]
    if (first.move, first.from_state, first.to_state) != (Move.FILE, "", State.RECEIVED):
        return "第一步不是“反映”"
    for before, after in zip(links, links[1:], strict=False):
        if after.from_state != before.to_state or not _is_legal(after):
            return f"第 {after.version} 步不合规则：{after.from_state} {after.move} {after.to_state}"
    return "" if links[-1].to_state == case.state else f"状态是 {case.state}，流转记录停在 {links[-1].to_state}"


def _is_legal(link: Link) -> bool:
    if link.move not in PATHS:
        return False
    sources, target = PATHS[Move(link.move)]
    return link.from_state in sources and link.to_state == (target or link.from_state)


def _cases(which: Q) -> list[Standing]:
    rows = Complaint.objects.filter(which).order_by("pk").values_list(*Standing._fields)
    return [Standing(*row) for row in rows[:BATCH]]


def _links(first: int, last: int) -> dict[int, list[Link]]:
    events = Event.objects.filter(complaint__gte=first, complaint__lte=last).order_by("complaint_id", "version")
    chains: dict[int, list[Link]] = defaultdict(list)
    for row in events.values_list("complaint_id", *Link._fields[1:]):
        chains[row[0]].append(Link(*row))
    return chains


def _suspects(batch: Sequence[Standing], seen: Seen) -> Iterator[Standing]:
    chains = _links(batch[0].pk, batch[-1].pk)
    seen.cases += len(batch)
    seen.events += sum(map(len, chains.values()))
    return (case for case in batch if why_broken(case, chains[case.pk]))


def _looked_at_again(suspect: Standing) -> Iterator[Broken]:
    # Events first: a move that comes in between then shows as a case ahead of them, and is read a third time.
    for _ in range(3):
        links = _links(suspect.pk, suspect.pk)[suspect.pk]
        (case,) = _cases(Q(pk=suspect.pk))
        why = why_broken(case, links)
        if not why or case.version <= len(links) - 1:
            break
    if why:
        yield Broken(case.number, why)
