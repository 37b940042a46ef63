"""Is what is stored whole? Every check reads in batches, changes nothing, and may run while people work."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import FileField, Model, Sum

from audit import log
from audit.models import ChainHead, Entry
from complaints import chains
from complaints.models import Complaint
from notifications.models import DeliveryState, NoticeDelivery
from progress.models import ClosedMonth, Flag
from progress.snapshot import checksum
from reports.models import Axis, Grain, RollupState, Tally, TouchedCase
from reports.rollups.shares import MEASURES
from supervision import chains as supervision
from supervision.models import Inspection, Referral

BATCH = 500
MOST_SHOWN = 20
# A notice that was due so long ago and is in nobody's hands has been forgotten.
STUCK_AFTER = timedelta(minutes=15)
# A file lies on the disk a moment before its row is committed.
YOUNG = timedelta(hours=1)


@dataclass
class Check:
    """One line of the answer. `faults`: the first of them in words; `fault_count`: all of them."""

    what: str
    told: str = ""
    fault_count: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.fault_count

    def finds(self, faults: Iterable[object]) -> None:
        for fault in faults:
            self.fault_count += 1
            if len(self.faults) < MOST_SHOWN:
                self.faults.append(str(fault))


def checks(*, at: datetime, settled: bool = False) -> Iterator[Check]:
    """Each check as it is done. With `settled` no notice may be on its way any more."""
    yield _cases()
    yield _supervision()
    yield _files()
    yield _stray_files(at=at)
    yield _notices(at=at, settled=settled)
    yield _closed_months()
    yield _tallies()
    yield _audit()


# --- cases ------------------------------------------------------------------------------------------------------------


def _cases() -> Check:
    check, seen = Check("案件流转"), chains.Seen()
    check.finds(chains.broken_chains(seen))
    check.finds(chains.unpaired_requests())
    check.told = f"{seen.cases:,} 件案件，{seen.events:,} 步"
    return check


def _supervision() -> Check:
    check = Check("指导推进和督导")
    check.finds(supervision.faults())
    check.told = f"{Inspection.objects.submitted().count():,} 次指导推进，{Referral.objects.count():,} 件移交"
    return check


# --- rows and files ---------------------------------------------------------------------------------------------------


def _with_files() -> Iterator[tuple[type[Model], str]]:
    for model in apps.get_models():
        yield from ((model, one.name) for one in model._meta.get_fields() if isinstance(one, FileField))


def _files() -> Check:
    """Every row that names a file has it."""
    check, count = Check("照片和附件"), 0
    for model, name in _with_files():
        for batch in _by_key(model, name):
            count += len(batch)
            missing = [(key, file) for key, file in batch if file and not default_storage.exists(file)]
            # Its owner may have removed it since it was listed.
            there = set(model._default_manager.filter(pk__in=[key for key, _ in missing]).values_list("pk", flat=True))
            check.finds(f"{model._meta.label} {key} 的文件不在：{file}" for key, file in missing if key in there)
    check.told = f"{count:,} 条记录都有文件" if check.is_whole else f"{count:,} 条记录"
    return check


def _by_key(model: type[Model], name: str) -> Iterator[list[tuple[Any, str]]]:
    last: Any = None
    while True:
        rows = model._default_manager.order_by("pk")
        rows = rows.filter(pk__gt=last) if last is not None else rows
        batch = list(rows.values_list("pk", name)[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1][0]


def _stray_files(*, at: datetime) -> Check:
    """Every file belongs to a row, but for those that came just now."""
    check, files = Check("文件归属"), _old_files(at)
    count = 0
    while batch := list(islice(files, BATCH)):
        count += len(batch)
        known: set[str] = set()
        for model, name in _with_files():
            rows = model._default_manager.filter(**{f"{name}__in": batch})
            known.update(rows.values_list(name, flat=True))
        check.finds(f"没有记录的文件：{file}" for file in batch if file not in known)
    check.told = f"{count:,} 个文件都有记录" if check.is_whole else f"{count:,} 个文件"
    return check


def _old_files(at: datetime) -> Iterator[str]:
    root, before = Path(settings.MEDIA_ROOT), (at - YOUNG).timestamp()
    for path in root.rglob("*"):
        if path.is_file() and not path.name.startswith(".") and path.stat().st_mtime < before:
            yield path.relative_to(root).as_posix()


# --- notices ----------------------------------------------------------------------------------------------------------


def _notices(*, at: datetime, settled: bool) -> Check:
    check, rows = Check("提醒外发"), NoticeDelivery.objects.all()
    waiting = rows.filter(state=DeliveryState.WAITING)
    late = waiting if settled else rows.waiting(at=at).filter(available_at__lt=at - STUCK_AFTER)
    check.finds(f"{key} 没有发出，也没有登记为失败" for key in late.values_list("key", flat=True).iterator())
    counts = [(DeliveryState.DELIVERED, "已发出"), (DeliveryState.DEAD, "登记失败"), (DeliveryState.WAITING, "在途")]
    check.told = "，".join(f"{word} {rows.filter(state=state).count():,}" for state, word in counts)
    return check


# --- months -----------------------------------------------------------------------------------------------------------


def _closed_months() -> Check:
    """Each closed month is what was frozen, and its totals are the sums of its flags."""
    check, count = Check("锁定的月份"), 0
    for closed in ClosedMonth.objects.iterator(chunk_size=4):
        count += 1
        if checksum(closed.snapshot) != closed.checksum:
            check.finds([f"{closed} 的快照被改过"])
            continue
        counted = _counted(closed.snapshot["tasks"])
        for of, word in (("groups", "各组"), ("units", "各单位")):
            summed = {kind: sum(row[kind] for row in closed.snapshot[of]) for kind in counted}
            check.finds([f"{closed} {word}合计 {summed}，逐项是 {counted}"] if summed != counted else [])
    check.told = f"{count} 个月，合计与逐项相符" if check.is_whole else f"{count} 个月"
    return check


def _counted(tasks: list[dict[str, Any]]) -> dict[str, int]:
    flags = [task["flag"] for task in tasks]
    red, blue = flags.count(Flag.RED), flags.count(Flag.BLUE)
    good = sum(task["flag"] == Flag.BLUE and bool(task["made_good_on"]) for task in tasks)
    return {"red": red, "blue": blue, "good": good, "unmarked": len(flags) - red - blue}


def _tallies() -> Check:
    """The months of every axis sum up to the same, and to the cases that are stored."""
    check = Check("汇总数字")
    if not RollupState.read().is_whole:
        check.told = "还没有建好，跳过"
        return check
    months = Tally.objects.of(Grain.MONTH)
    whole = _sums(months)
    for axis in [one for one in Axis if one != Axis.ALL]:
        sums = _sums(Tally.objects.of(Grain.MONTH, axis))
        wrong = [name for name in MEASURES if sums[name] != whole[name]]
        check.finds(f"按{axis.label}合计 {name} 是 {sums[name]}，总数是 {whole[name]}" for name in wrong)
    days = _sums(Tally.objects.of(Grain.DAY))
    wrong = [name for name in MEASURES if days[name] != whole[name]]
    check.finds(f"按日合计 {name} 是 {days[name]}，按月是 {whole[name]}" for name in wrong)
    filed, stored = whole["filed"], Complaint.objects.count()
    # Asked last: what came in between is still to be counted.
    if filed != stored and not TouchedCase.objects.exists():
        check.finds([f"汇总收到 {filed} 件，库里有 {stored} 件"])
    check.told = f"按月、按日、按各维度相符，共收到 {whole['filed']:,} 件"
    return check


def _sums(tallies: Any) -> dict[str, int]:
    summed = tallies.aggregate(**{f"all_{name}": Sum(name) for name in MEASURES})
    return {name: summed[f"all_{name}"] or 0 for name in MEASURES}


# --- the audit log ----------------------------------------------------------------------------------------------------


def _audit() -> Check:
    check = Check("审计日志")
    check.finds(f"第 {entry.pk} 条与前一条接不上：{entry}" for entry in log.broken_links())
    head = ChainHead.objects.values_list("seal", flat=True).first()
    last = Entry.objects.order_by("-pk").values_list("seal", flat=True).first()
    # One may have been added between the two questions.
    if last and head != last and not Entry.objects.filter(seal=head).exists():
        check.finds(["链头与最后一条不符，末尾可能被删过"])
    check.told = f"{Entry.objects.count():,} 条，首尾相接" if check.is_whole else f"{Entry.objects.count():,} 条"
    return check


Say = Callable[[str], object]


def run(say: Say, *, at: datetime, settled: bool = False) -> bool:
    """Do every check and say a line for each, with the first faults below it; returns whether all is whole."""
    is_whole = True
    for check in checks(at=at, settled=settled):
        is_whole = is_whole and check.is_whole
        verdict = "完好" if check.is_whole else f"有 {check.fault_count:,} 处不对"
        say(f"{'✓' if check.is_whole else '✗'} {check.what}：{verdict}（{check.told}）")
        for fault in check.faults:
            say(f"    {fault}")
        if check.fault_count > len(check.faults):
            say(f"    ……还有 {check.fault_count - len(check.faults):,} 处")
    return is_whole
