"""What happened between two answers of a database: restarts, another role, another open mode."""

from collections.abc import Iterator, Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.domains.database.oracle.health import HEALTH
from opsconsole.model import Level, Row
from opsconsole.spec import News

_ROLE, _VERSION, _STARTED, _MODE = map(HEALTH.index, ("role", "version", "started", "open_mode"))


def server(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """A restart, another role, another open mode."""
    return [
        found
        for old, new in zip(before, now, strict=False)
        for found in _server(target, at, old, new)
    ]


def _server(target: str, at: float, old: Row, new: Row) -> Iterator[Occurrence]:
    was, started = old[_STARTED], new[_STARTED]
    if isinstance(was, float) and isinstance(started, float) and started > was + 5:
        changed = f": {old[_VERSION]} -> {new[_VERSION]}" if old[_VERSION] != new[_VERSION] else ""
        text = clean(f"restarted{changed}")
        yield Occurrence(min(at, started), "reboot", target, Clean(""), Level.WARN, text)
    for place, name in ((_ROLE, "role"), (_MODE, "open mode")):
        if None not in (old[place], new[place]) and old[place] != new[place]:
            said, says = clean(str(old[place]), 64), clean(str(new[place]), 64)
            text = clean(f"{name}: {said} -> {says}")
            yield Occurrence(at, "change", target, Clean(name), Level.WARN, text, "", said, says)


NEWS = (News(HEALTH.id, server),)
