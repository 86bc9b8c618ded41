"""What was done lately, as the audit log has it: limits hold across restarts and commands."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from opsconsole.audit import Record, Snapshot, read
from opsconsole.policy import Deed

_INTENT = b'"kind":"intent"'


class _Object(msgspec.Struct):
    target: str


class _Intent(msgspec.Struct):
    objects: list[_Object]


def deeds(folder: Path, since: float) -> tuple[Deed, ...]:
    """Objects that somebody began to act on after `since` (Unix time); none without a log."""
    try:
        with Snapshot(folder) as log:
            return tuple(
                deed
                for line in log.lines()
                if line.whole and _INTENT in line.text and (record := read(line.text))
                for deed in _of(record, since)
            )
    except OSError:  # whoever wants to do something is told why by the log itself
        return ()


def _of(record: Record, since: float) -> Iterator[Deed]:
    try:
        at, intent = record.time, msgspec.convert(record.body, _Intent)
    except ValueError:  # not ours: `opsconsole audit verify` says so
        return
    if record.kind == "intent" and at > since:
        yield from (Deed(at, one.target) for one in intent.objects)
