"""`[policy]` and `[[freeze]]`: what may be done to the estate's targets."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any

from opsconsole.estate.table import Table, shown
from opsconsole.policy import Freeze, Policy

KEYS = (
    "read_only",
    "free",
    "read_only_acknowledges",
    "longest_arm_min",
    "bulk",
    "objects",
    "share_percent",
    "per_minute",
    "window_min",
    "harmless",
    "approvers",
)
FREEZE_KEYS = ("name", "from", "to", "targets")

_WHEN = "two moments (2026-12-24T18:00:00) or two times of every day (18:00:00), both alike"


@dataclass(slots=True)
class PolicyReader:
    """Gathers what all files say; who selects targets by pattern comes at the end."""

    said: dict[str, Any] = field(default_factory=dict[str, Any])  # Any: fields of Policy
    freezes: list[tuple[Table, Freeze, tuple[str, ...]]] = field(
        default_factory=list[tuple[Table, Freeze, tuple[str, ...]]]
    )

    def read(self, root: Table) -> None:
        """Read one file's tables; problems go to its list."""
        if (table := root.table("policy")) is not None:
            self._policy(table)
        for number, freeze in enumerate(root.each("freeze"), 1):
            self._freeze(freeze, number)

    def policy(self, select: Callable[[str], Collection[str] | None]) -> Policy:
        """The policy; `select` gives the ids a pattern names, None when there are none."""
        freezes: list[Freeze] = []
        for table, freeze, patterns in self.freezes:
            ids: set[str] = set()
            for pattern in patterns:
                found = select(pattern)
                if found is None:
                    allowed = "a target, a pattern, group:NAME or label:KEY=VALUE"
                    table.wrong("targets", shown(pattern), allowed)
                ids |= set(found or ())
            freezes.append(replace(freeze, targets=frozenset(ids) if patterns else None))
        return Policy(**self.said, freezes=tuple(freezes))

    def _policy(self, table: Table) -> None:
        table.only(KEYS)
        for key in ("read_only", "free"):
            if (flag := table.flag(key)) is not None:
                # Read-only in any file is read-only.
                self.said[key] = flag or (key == "read_only" and self.said.get(key, False))
        if (flag := table.flag("read_only_acknowledges")) is not None:
            self.said["read_only_acknowledges"] = flag
        for key, name, low, high, factor in _NUMBERS:
            if (number := table.whole(key, low, high)) is not None:
                self.said[name] = number if factor is None else number * factor
        for key in ("harmless", "approvers"):
            if key in table.items:
                self.said[key] = table.texts(key)

    def _freeze(self, table: Table, number: int) -> None:
        table.only(FREEZE_KEYS)
        name = table.items.get("name", f"freeze {number}")
        if not isinstance(name, str):
            table.wrong("name", shown(name), "text in quotes")
        elif (freeze := between(table, name)) is not None:
            self.freezes.append((table, freeze, table.texts("targets")))


def between(table: Table, name: str) -> Freeze | None:
    """Read `from` and `to`: two moments, or two times of every day; None when they are neither."""
    start, end = table.items.get("from"), table.items.get("to")
    if isinstance(start, datetime) and isinstance(end, datetime):
        if start.astimezone() >= end.astimezone():
            table.wrong("to", str(end), "a moment after `from`")
        return Freeze(name, start, end)
    if isinstance(start, time) and isinstance(end, time) and start != end:
        return Freeze(name, start, end)
    table.wrong("from", f"{shown(start)} to {shown(end)}", _WHEN)
    return None


_NUMBERS: tuple[tuple[str, str, int, int, float | None], ...] = (
    ("longest_arm_min", "longest_arm_s", 1, 24 * 60, 60.0),
    ("bulk", "bulk", 1, 1000, None),
    ("objects", "objects", 1, 1000, None),
    ("share_percent", "share", 1, 100, 0.01),
    ("per_minute", "per_minute", 1, 10_000, None),
    ("window_min", "window_s", 1, 24 * 60, 60.0),
)
"""Key, field, lowest and highest value, and what turns one into the other."""
