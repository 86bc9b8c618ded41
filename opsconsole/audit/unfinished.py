"""Intents without an outcome: what had begun when something ended."""

from collections.abc import Iterable
from pathlib import Path

from opsconsole.audit.folder import Snapshot
from opsconsole.audit.record import Record, is_kind, read

INTENT = "intent"
SETTLED = frozenset({"outcome", "unknown"})
"""Kinds that settle the intent whose plan they name."""

_KINDS = tuple(kind.encode("ascii") for kind in (INTENT, *sorted(SETTLED)))


def unfinished(records: Iterable[Record]) -> tuple[Record, ...]:
    """Intents without an `outcome` or `unknown` of the same plan after them, oldest first.

    Whether such an intent still runs is what `alive` says of its `who`.
    """
    open_: dict[object, Record] = {}
    for record in records:
        plan = record.body.get("plan")
        if record.kind == INTENT:
            open_[plan if isinstance(plan, str) else record.index] = record
        elif record.kind in SETTLED:
            open_.pop(plan if isinstance(plan, str) else record.body.get("intent"), None)
    return tuple(open_.values())


def read_unfinished(folder: Path) -> tuple[Record, ...]:
    """`unfinished` of all records in the folder, for its writer alone; raises `OSError`."""
    with Snapshot(folder, writer=True) as log:
        return unfinished(
            record
            for line in log.lines()
            if line.whole and is_kind(line.text, _KINDS) and (record := read(line.text))
        )
