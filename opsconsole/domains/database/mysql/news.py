"""What happened between two answers of a server: restarts, roles, replication, the cluster."""

from collections.abc import Iterator, Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.domains.database.mysql.engine import GALERA
from opsconsole.domains.database.mysql.health import HEALTH
from opsconsole.domains.database.mysql.replication import REPLICATION
from opsconsole.model import Level, Row, Value
from opsconsole.spec import News

_ROLE, _VERSION, _STARTED, _READ_ONLY = map(
    HEALTH.index, ("role", "version", "started", "read_only")
)
_CHANNEL, _IO, _SQL = map(REPLICATION.index, ("channel", "io", "sql"))
_CLUSTER, _STATE, _SIZE = map(GALERA.index, ("cluster", "state", "size"))

_GOOD = {Clean("primary"), Clean("synced")}


def _change(
    target: str, at: float, what: Clean, was: Value, is_now: Value, level: Level
) -> Occurrence:
    old, new = clean(_word(was), 64), clean(_word(is_now), 64)
    text = clean(f"{what}: {old} -> {new}")
    return Occurrence(at, "change", target, what, level, text, "", old, new)


def _word(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def server(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """A restart, another role, writes that are allowed or not any more."""
    return [
        found
        for old, new in zip(before, now, strict=False)
        for found in _server(target, at, old, new)
    ]


def _server(target: str, at: float, old: Row, new: Row) -> Iterator[Occurrence]:
    was, started = old[_STARTED], new[_STARTED]
    if isinstance(was, float) and isinstance(started, float) and started > was:
        changed = f": {old[_VERSION]} -> {new[_VERSION]}" if old[_VERSION] != new[_VERSION] else ""
        text = clean(f"restarted{changed}")
        yield Occurrence(min(at, started), "reboot", target, Clean(""), Level.WARN, text)
    for place, name in ((_ROLE, "role"), (_READ_ONLY, "read_only")):
        if None not in (old[place], new[place]) and old[place] != new[place]:
            yield _change(target, at, Clean(name), old[place], new[place], Level.WARN)


def channels(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Threads of a channel that stopped, lost their source, or run again."""
    known = {row[_CHANNEL]: row for row in before}
    return [
        _change(
            target,
            at,
            clean(f"{row[_CHANNEL]} {name}"),
            known[row[_CHANNEL]][place],
            row[place],
            Level.OK if row[place] == "yes" else Level.WARN,
        )
        for row in now
        if row[_CHANNEL] in known
        for place, name in ((_IO, "IO"), (_SQL, "SQL"))
        if row[place] != known[row[_CHANNEL]][place]
    ]


def cluster(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Nodes that came and went, and how this one stands among them."""
    found: list[Occurrence] = []
    for old, new in zip(before, now, strict=False):
        for place, name in ((_CLUSTER, "cluster"), (_STATE, "state"), (_SIZE, "nodes")):
            if None in (old[place], new[place]) or old[place] == new[place]:
                continue
            level = Level.OK if _better(old[place], new[place]) else Level.WARN
            found.append(_change(target, at, Clean(name), old[place], new[place], level))
    return found


def _better(old: Value, new: Value) -> bool:
    if isinstance(old, float) and isinstance(new, float):
        return new > old
    return new in _GOOD


NEWS = (News(HEALTH.id, server), News(REPLICATION.id, channels), News(GALERA.id, cluster))
