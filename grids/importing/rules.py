"""The rules between rows: references, names, dates, who answers for a grid when, where polygons lie."""

from datetime import date

from shapely import STRtree
from shapely.geometry import shape

from grids.drawing import Surroundings, problems
from grids.importing.checking import Draft, Origin, told_rows
from grids.importing.city import Key, Record

LEAD = "lead"


def check(new: Draft, *, today: date) -> None:
    """Add what is wrong to `new.faults`, and close in `new.city` what a later row ends."""
    _check_codes(new)
    _check_names(new)
    _check_days(new, today)
    _settle_assignments(new)
    _settle_leaders(new)
    # Polygons are compared with their neighbours: with half of them refused that would only mislead.
    if not new.faults:
        _check_shapes(new)


# --- codes and names ---


def _check_codes(new: Draft) -> None:
    for _, row, origin in told_rows(new, "communities"):
        _belongs(new, origin, "镇编码", row["town"], "towns", row["code"], "社区编码的前 9 位")
    for _, row, origin in told_rows(new, "grids"):
        _belongs(new, origin, "社区编码", row["community"], "communities", row["code"], "网格编码的前 12 位")
    for _, row, origin in told_rows(new, "assignments"):
        _exists(new, origin, "网格编码", row["grid"], "grids", "网格")
        unit = _exists(new, origin, "单位编号", row["unit"], "units", "单位")
        if unit and not unit["is_active"] and row["ended_on"] is None:
            new.fault(origin, "单位编号", f"{unit['name']}已停用，不能再包保。请换一个单位，或者写上结束日期。")
    for _, row, origin in told_rows(new, "leader_assignments"):
        _exists(new, origin, "领导编号", row["leader"], "leaders", "领导")
        is_town = len(row["area"]) == 9
        _exists(
            new, origin, "镇或社区编码", row["area"], "towns" if is_town else "communities", "镇" if is_town else "社区"
        )


def _exists(new: Draft, origin: Origin, column: str, code: str, table: str, what: str) -> Record | None:
    found = new.city[table].get((code,))
    if found is None:
        new.fault(origin, column, f"没有编号是 {code} 的{what}。请写对，或者先把它加进 {table} 表。")
    return found


def _belongs(new: Draft, origin: Origin, column: str, parent: str, table: str, code: str, prefix: str) -> None:
    if not code.startswith(parent):
        new.fault(origin, column, f"和{prefix}不一样：编码是 {code}，这里写的是 {parent}。请改其中一个。")
        return
    _exists(new, origin, column, parent, table, "镇" if table == "towns" else "社区")


def _check_names(new: Draft) -> None:
    for table, column in (("units", "单位名称"), ("groups", "名称")):
        bearers: dict[str, list[Key]] = {}
        for key, row in new.city[table].items():
            bearers.setdefault(row["name"], []).append(key)
        for key, row, origin in told_rows(new, table):
            others = [other[0] for other in bearers[row["name"]] if other != key]
            if others:
                new.fault(origin, column, f"“{row['name']}”已经是 {others[0]} 的名称。名称不能重复，请改一个。")


# --- days ---


def _check_days(new: Draft, today: date) -> None:
    for _, row, origin in told_rows(new, "grids"):
        for field, column in (("started_on", "启用日期"), ("ended_on", "停用日期")):
            if row[field] and row[field] > today:
                new.fault(origin, column, f"不能晚于今天（{today}）。请到那天再导入。")
        _ends_later(new, origin, row, "停用日期", "启用日期")
    for table in ("assignments", "leader_assignments"):
        for _, row, origin in told_rows(new, table):
            _ends_later(new, origin, row, "结束日期", "开始日期")
    for _, row, origin in told_rows(new, "assignments"):
        grid = new.city["grids"].get((row["grid"],))
        if grid and row["started_on"] < grid["started_on"]:
            new.fault(origin, "开始日期", f"早于网格的启用日期 {grid['started_on']}。请改晚，或者改网格的启用日期。")


def _ends_later(new: Draft, origin: Origin, row: Record, column: str, start: str) -> None:
    if row["ended_on"] and row["ended_on"] <= row["started_on"]:
        new.fault(origin, column, f"要晚于{start} {row['started_on']}。请改日期。")


# --- who answers when ---


def _settle_assignments(new: Draft) -> None:
    touched = {row["grid"] for _, row, _ in told_rows(new, "assignments")}
    touched |= {row["code"] for _, row, _ in told_rows(new, "grids") if row["ended_on"]}
    by_grid: dict[str, list[Key]] = {}
    for key, row in new.city["assignments"].items():
        if row["grid"] in touched:
            by_grid.setdefault(row["grid"], []).append(key)
    for grid, keys in by_grid.items():
        keys.sort(key=lambda key: (key[3], key[2] != LEAD, key[1]))
        _one_after_the_other(new, [key for key in keys if key[2] == LEAD], "主责")
        for unit in sorted({key[1] for key in keys}):
            _one_after_the_other(new, [key for key in keys if key[1] == unit], "同一单位的包保")
        ended_on = new.city["grids"].get((grid,), {}).get("ended_on")
        if ended_on:
            _end_with_grid(new, keys, ended_on)


def _one_after_the_other(new: Draft, keys: list[Key], what: str) -> None:
    """Rows in the order of their start: an open one ends where the next begins; they may not overlap."""
    rows = new.city["assignments"]
    for earlier, later in zip(keys, keys[1:], strict=False):
        one, other = rows[earlier], rows[later]
        origin = new.origin("assignments", later) or new.origin("assignments", earlier)
        if origin is None:
            continue
        if one["started_on"] == other["started_on"]:
            new.fault(origin, "开始日期", f"{what}重了：{_words(one)}和{_words(other)}从同一天开始。请只留一个。")
        elif one["ended_on"] is None:
            one["ended_on"] = other["started_on"]
        elif one["ended_on"] > other["started_on"]:
            new.fault(
                origin, "开始日期", f"{what}重叠：{_words(one)}到 {one['ended_on']} 才结束。请改日期，一个接一个。"
            )


def _words(row: Record) -> str:
    return f"{row['unit']}（{row['started_on']} 起）"


def _end_with_grid(new: Draft, keys: list[Key], ended_on: date) -> None:
    for key in keys:
        row = new.city["assignments"][key]
        origin = new.origin("assignments", key)
        if row["started_on"] >= ended_on:
            if origin:
                new.fault(origin, "开始日期", f"网格在 {ended_on} 已停用。请删掉这一行，或者改日期。")
        elif row["ended_on"] is None:
            row["ended_on"] = ended_on


def _settle_leaders(new: Draft) -> None:
    """A leader's rows for one area may not overlap; several leaders for one area may."""
    touched = {(row["leader"], row["area"]) for _, row, _ in told_rows(new, "leader_assignments")}
    rows = new.city["leader_assignments"]
    for leader, area in sorted(touched):
        keys = sorted((key for key in rows if key[:2] == (leader, area)), key=lambda key: key[2])
        for earlier, later in zip(keys, keys[1:], strict=False):
            origin = new.origin("leader_assignments", later) or new.origin("leader_assignments", earlier)
            if origin and (rows[earlier]["ended_on"] is None or rows[earlier]["ended_on"] > rows[later]["started_on"]):
                until = rows[earlier]["ended_on"]
                what = f"到 {until} 才结束" if until else "还没有结束"
                new.fault(
                    origin, "开始日期", f"从 {rows[earlier]['started_on']} 起的那一条{what}。请先给它写上结束日期。"
                )


# --- where polygons lie ---


def _check_shapes(new: Draft) -> None:
    shaped = new.shaped.get("grids", {})
    current = {key: row for key, row in new.city["grids"].items() if row["boundary"] and row["ended_on"] is None}
    neighbours = _neighbours(current, set(shaped))
    for key, origin in shaped.items():
        if key not in current:
            continue
        # Of two that are both in the file, one fault is enough.
        beside = {
            _name(new, other): current[other]["boundary"]
            for other in neighbours[key]
            if other not in shaped or other < key
        }
        community = new.city["communities"][(current[key]["community"],)]
        for problem in problems(
            current[key]["boundary"], Surroundings(community["name"], community["boundary"], beside)
        ):
            new.fault(origin, "geometry", f"{_name(new, key)}：{problem}")
    _check_communities(new, current, set(shaped))


def _neighbours(current: dict[Key, Record], wanted: set[Key]) -> dict[Key, list[Key]]:
    keys = sorted(current)
    drawn = [shape(current[key]["boundary"]) for key in keys]
    tree = STRtree(drawn)
    return {
        key: [keys[i] for i in sorted(tree.query(drawn[position], predicate="intersects")) if keys[i] != key]
        for position, key in enumerate(keys)
        if key in wanted
    }


def _check_communities(new: Draft, current: dict[Key, Record], done: set[Key]) -> None:
    """A community that was drawn anew still has to hold the grids that were not."""
    for key, origin in new.shaped.get("communities", {}).items():
        community = new.city["communities"][key]
        for grid_key, grid in current.items():
            if grid["community"] != community["code"] or grid_key in done:
                continue
            for problem in problems(grid["boundary"], Surroundings(community["name"], community["boundary"])):
                new.fault(origin, "geometry", f"{_name(new, grid_key)}：{problem}")


def _name(new: Draft, key: Key) -> str:
    grid = new.city["grids"][key]
    return f"{new.city['communities'][(grid['community'],)]['name']} {grid['code'][-3:]} 网格"
