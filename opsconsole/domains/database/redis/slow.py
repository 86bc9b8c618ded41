"""What took long: the slow log, events of the latency monitor, and commands by their cost."""

from typing import NamedTuple, cast

from opsconsole import reply
from opsconsole.clean import clean_bytes
from opsconsole.domains.database.redis import wire
from opsconsole.domains.database.redis.wire import Info
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Probe

WORDS = 200
"""Characters of a slow command; its arguments are the data of others."""

Entry = list[object]


class Slow(NamedTuple):
    """Answers to one question."""

    log: list[Entry]
    events: list[Entry]


def read_log(payload: bytes) -> Slow:
    """The slow log; its refusal is not that of the latency monitor."""
    log, _ = parted(payload, 2)
    return Slow(wire.items(log), [])


def read_events(payload: bytes) -> Slow:
    """The latest of each event of the latency monitor."""
    _, events = parted(payload, 2)
    return Slow([], wire.items(events))


def _at(entry: Entry, place: int) -> object:
    return entry[place] if place < len(entry) else None


def _number(entry: Entry, place: int) -> int | None:
    return wire.bounded(_at(entry, place))


def log_rows(reading: Slow, _before: Slow | None) -> list[Row]:
    """One row per command that was slow, the newest first."""
    made: list[Row] = []
    for entry in reading.log:
        words, took, when = _at(entry, 3), _number(entry, 2), _number(entry, 1)
        said = cast("list[object]", words) if isinstance(words, list) else []
        command = b" ".join(_bytes(word)[: 4 * WORDS] for word in said[:64])
        if _number(entry, 0) is not None:
            made.append(
                (
                    _number(entry, 0),
                    float(when) if when else None,
                    took / 1000 if took is not None else None,
                    clean_bytes(command, WORDS),
                    clean_bytes(_bytes(_at(entry, 4)), 60),
                    clean_bytes(_bytes(_at(entry, 5)), 60),
                )
            )
    return made


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


SLOW = Probe(
    "redis.slow",
    "Slow commands",
    "slow",
    (
        Column("id", "ID", Quantity.COUNT, "SLOWLOG GET: 1st of an entry"),
        Column("at", "AT", Quantity.TIME, "SLOWLOG GET: 2nd"),
        Column("took_ms", "TOOK", Quantity.MILLISECONDS, "SLOWLOG GET: 3rd"),
        Column("command", "COMMAND", Quantity.TEXT, "SLOWLOG GET: 4th, cut"),
        Column("client", "CLIENT", Quantity.TEXT, "SLOWLOG GET: 5th"),
        Column("name", "NAME", Quantity.TEXT, "SLOWLOG GET: 6th"),
    ),
    ("id",),
    read_log,
    log_rows,
)


def event_rows(reading: Slow, _before: Slow | None) -> list[Row]:
    """One row per event."""
    made: list[Row] = []
    for entry in reading.events:
        when = _number(entry, 1)
        made.append(
            (
                clean_bytes(_bytes(_at(entry, 0)), 60),
                float(when) if when else None,
                _number(entry, 2),
                _number(entry, 3),
            )
        )
    return made


LATENCY = Probe(
    "redis.latency",
    "Latency events",
    "slow",
    (
        Column("event", "EVENT", Quantity.TEXT, "LATENCY LATEST: 1st"),
        Column("at", "AT", Quantity.TIME, "LATENCY LATEST: 2nd"),
        Column("latest_ms", "LATEST", Quantity.MILLISECONDS, "LATENCY LATEST: 3rd"),
        Column("worst_ms", "WORST", Quantity.MILLISECONDS, "LATENCY LATEST: 4th"),
    ),
    ("event",),
    read_events,
    event_rows,
)


class Commands(NamedTuple):
    """What each command took since the server started."""

    server: Info
    each: dict[bytes, Info]


def read_commands(payload: bytes) -> Commands:
    """Statistics of all commands that were called."""
    server, stats = parted(payload, 2)
    lines = reply.read(stats, bytes).splitlines()
    found = (line.partition(b":") for line in lines if line.startswith(b"cmdstat_"))
    each = {name[8:]: wire.pairs(value.strip()) for name, _, value in found}
    return Commands(wire.fields(reply.read(server, bytes)), each)


def command_rows(reading: Commands, before: Commands | None) -> list[Row]:
    """One row per command."""
    seconds = wire.elapsed(reading.server, before.server) if before else None
    made: list[Row] = []
    for name, now in reading.each.items():
        old: Info = before.each.get(name, {}) if before and seconds else {}
        calls, took, failed, rejected = (
            _went(now, old, key) if seconds else None
            for key in (b"calls", b"usec", b"failed_calls", b"rejected_calls")
        )
        made.append(
            (
                clean_bytes(name.replace(b"|", b" "), 60),
                _per(calls, seconds),
                took / calls / 1000 if took is not None and calls else None,
                wire.percent(_per(took, 1e6), seconds),
                _per(failed, seconds),
                _per(rejected, seconds),
                wire.whole(now, b"calls"),
                mean / 1000 if (mean := wire.real(now, b"usec_per_call")) is not None else None,
            )
        )
    return made


def _went(now: Info, old: Info, name: bytes) -> int | None:
    """How far a counter went: from none, where a command was not called before."""
    new, start = wire.whole(now, name), wire.whole(old, name) or 0
    return new - start if new is not None and new >= start else None


def _per(value: float | None, of: float | None) -> float | None:
    return value / of if value is not None and of else None


_STATS = "INFO commandstats"

COMMAND = Probe(
    "redis.command",
    "Commands",
    "commands",
    (
        Column("command", "COMMAND", Quantity.TEXT, f"{_STATS}: cmdstat_NAME"),
        Column("calls_per_s", "CALL/s", Quantity.PER_S, f"{_STATS} calls", history=True),
        Column("mean_ms", "MEAN", Quantity.MILLISECONDS, f"{_STATS} usec by calls, since the last"),
        Column("busy_percent", "BUSY%", Quantity.PERCENT, f"{_STATS} usec, of the time that went"),
        Column("failed_per_s", "FAIL/s", Quantity.PER_S, f"{_STATS} failed_calls"),
        Column("rejected_per_s", "REJECT/s", Quantity.PER_S, f"{_STATS} rejected_calls"),
        Column("calls", "CALLS", Quantity.COUNT, f"{_STATS} calls, since it started"),
        Column("lasting_ms", "ALL MEAN", Quantity.MILLISECONDS, f"{_STATS} usec_per_call"),
    ),
    ("command",),
    read_commands,
    command_rows,
)
