from typing import Any


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The facts of a change as the log keeps them: {"before": …, "after": …} of what differs; empty if nothing does."""
    changed = [name for name in after if before.get(name) != after[name]]
    if not changed:
        return {}
    return {"before": {name: before.get(name) for name in changed}, "after": {name: after[name] for name in changed}}
