"""The primaries that a sentinel watches, and the sentinel itself."""

from typing import NamedTuple

from opsconsole import reply
from opsconsole.clean import Clean, clean
from opsconsole.domains.database.redis import wire
from opsconsole.domains.database.redis.wire import Info
from opsconsole.errors import Unsupported
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Probe

_MASTERS = "SENTINEL MASTERS"


class Watch(NamedTuple):
    """What a sentinel says of itself and of all that it watches."""

    info: Info
    masters: list[Info]
    quorums: dict[bytes, bytes]
    """By name: the words of CKQUORUM."""


def read(payload: bytes) -> Watch:
    """Raises `Unsupported` for a server that is no sentinel."""
    about, masters, quorums = parted(payload, 3)
    info = wire.fields(reply.read(about, bytes))
    if info.get(b"redis_mode") != b"sentinel":
        raise Unsupported("this is no sentinel: it holds data", 'write kind = "redis"')
    return Watch(
        info,
        [wire.flat(one) for one in reply.read(masters, list[list[object]])],
        {
            name: words
            for name, words in reply.read(quorums, list[tuple[bytes, object]])
            if isinstance(words, bytes)
        },
    )


def state(flags: bytes) -> Clean:
    """What flags mean, the worst first."""
    said = flags.split(b",")
    for flag, word in (
        (b"o_down", "down"),
        (b"failover_in_progress", "failing over"),
        (b"s_down", "suspect"),
        (b"disconnected", "disconnected"),
    ):
        if flag in said:
            return Clean(word)
    return Clean("up")


def address(found: Info) -> Clean:
    """Where it listens."""
    return clean(f"{wire.text(found, b'ip')}:{wire.text(found, b'port', 8)}")


def _quorum(words: bytes) -> Clean:
    if words.startswith(b"OK"):
        return Clean("reached")
    return Clean("not reached" if words.startswith(b"NOQUORUM") else "unknown")


def rows(watch: Watch, _before: Watch | None) -> list[Row]:
    """One row per primary."""
    return [
        (
            wire.text(one, b"name"),
            address(one),
            state(one.get(b"flags", b"")),
            wire.whole(one, b"num-slaves"),
            (wire.whole(one, b"num-other-sentinels") or 0) + 1,
            wire.whole(one, b"quorum"),
            _quorum(watch.quorums.get(one.get(b"name", b""), b"")),
            _seconds(one, b"last-ok-ping-reply"),
            _seconds(one, b"down-after-milliseconds"),
            wire.whole(one, b"config-epoch"),
            wire.text(one, b"flags"),
        )
        for one in watch.masters
    ]


def _seconds(found: Info, name: bytes) -> float | None:
    milliseconds = wire.whole(found, name)
    return milliseconds / 1000 if milliseconds is not None else None


PRIMARY = Probe(
    "redis-sentinel.primary",
    "Watched primaries",
    "masters",
    (
        Column("name", "NAME", Quantity.TEXT, f"{_MASTERS} name"),
        Column("address", "PRIMARY", Quantity.TEXT, f"{_MASTERS} ip and port"),
        Column("state", "STATE", Quantity.STATE, f"{_MASTERS} flags"),
        Column("replicas", "REPLICAS", Quantity.COUNT, f"{_MASTERS} num-slaves"),
        Column("sentinels", "SENTINELS", Quantity.COUNT, f"{_MASTERS} num-other-sentinels, and it"),
        Column("needed", "NEEDED", Quantity.COUNT, f"{_MASTERS} quorum"),
        Column("quorum", "QUORUM", Quantity.STATE, "SENTINEL CKQUORUM"),
        Column("heard_s", "HEARD", Quantity.SECONDS, f"{_MASTERS} last-ok-ping-reply"),
        Column("down_after_s", "PATIENCE", Quantity.SECONDS, f"{_MASTERS} down-after-milliseconds"),
        Column("epoch", "EPOCH", Quantity.COUNT, f"{_MASTERS} config-epoch"),
        Column("flags", "FLAGS", Quantity.TEXT, f"{_MASTERS} flags"),
    ),
    ("name",),
    read,
    rows,
    on_demand=False,
)


def overview_rows(watch: Watch, _before: Watch | None) -> list[Row]:
    """The only row."""
    info = watch.info
    valkey = info.get(b"server_name") == b"valkey"
    bad = [one for one in watch.masters if state(one.get(b"flags", b"")) != "up"]
    return [
        (
            wire.text(info, b"valkey_version" if valkey else b"redis_version"),
            Clean("tilt" if wire.whole(info, b"sentinel_tilt") else "up"),
            wire.whole(info, b"uptime_in_seconds"),
            len(watch.masters),
            len(bad),
            wire.whole(info, b"connected_clients"),
            wire.whole(info, b"sentinel_running_scripts"),
        )
    ]


OVERVIEW = Probe(
    "redis-sentinel.overview",
    "Sentinel",
    "masters",
    (
        Column("version", "VERSION", Quantity.TEXT, "INFO redis_version, valkey_version"),
        Column("serving", "SERVES", Quantity.STATE, "INFO sentinel_tilt"),
        Column("uptime_s", "UPTIME", Quantity.SECONDS, "INFO uptime_in_seconds"),
        Column("primaries", "WATCHES", Quantity.COUNT, f"{_MASTERS}: how many"),
        Column("bad", "BAD", Quantity.COUNT, f"{_MASTERS}: whose flags say something"),
        Column("sessions_active", "ACTIVE", Quantity.COUNT, "INFO connected_clients"),
        Column("scripts", "SCRIPTS", Quantity.COUNT, "INFO sentinel_running_scripts"),
    ),
    (),
    read,
    overview_rows,
    on_demand=False,
)
