"""Connections: how many sockets the host holds, by what they are doing; never whose they are."""

from typing import NamedTuple

from opsconsole.domains.system.host import slow, wire
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

_V4, _V6 = b"/proc/net/sockstat", b"/proc/net/sockstat6"


class Sockets(NamedTuple):
    """Counts of both address families; None where the kernel does not say."""

    all: int | None
    tcp: int | None
    waiting: int | None
    orphaned: int | None
    allocated: int | None
    pages: int | None
    udp: int | None


def sockets(found: dict[bytes, list[bytes]]) -> Sockets | None:
    """Sockets of a slow answer; None where the host tells nothing of them."""
    four, six = _counts(found.get(_V4, [])), _counts(found.get(_V6, []))
    if not four and not six:
        return None
    return Sockets(
        four.get((b"sockets", b"used")),
        _both(four.get((b"TCP", b"inuse")), six.get((b"TCP6", b"inuse"))),
        four.get((b"TCP", b"tw")),
        four.get((b"TCP", b"orphan")),
        four.get((b"TCP", b"alloc")),
        four.get((b"TCP", b"mem")),
        _both(four.get((b"UDP", b"inuse")), six.get((b"UDP6", b"inuse"))),
    )


def _counts(lines: list[bytes]) -> dict[tuple[bytes, bytes], int]:
    """Lines of the form `TCP: inuse 5 orphan 0`, by both names."""
    counts: dict[tuple[bytes, bytes], int] = {}
    for line in lines:
        kind, _, rest = line.partition(b":")
        words = rest.split()
        for name, value in zip(words[::2], wire.counts(words[1::2]), strict=True):
            counts[kind, name] = value
    return counts


def _both(four: int | None, six: int | None) -> int | None:
    return six if four is None else four + (six or 0)


def read(payload: bytes) -> Sockets | None:
    """Parse the sockstat lines of a slow answer; raises `Malformed`."""
    try:
        return sockets(slow.sections(payload))
    except (ValueError, IndexError) as error:
        raise wire.malformed("/proc/net/sockstat", error) from error


def rows(now: Sockets | None, _before: Sockets | None) -> list[Row]:
    """The one row; none where the host tells nothing."""
    return [] if now is None else [tuple(now)]


_FROM = "/proc/net/sockstat: "
_BOTH = "/proc/net/sockstat and sockstat6: "

PROBE = Probe(
    id="host.connection",
    title="Connections",
    exchange="slow",
    columns=(
        Column("sockets", "SOCKETS", Quantity.COUNT, _FROM + "sockets used"),
        Column(
            "tcp",
            "TCP",
            Quantity.COUNT,
            _BOTH + "TCP inuse; those that listen, too",
            history=True,
        ),
        Column("tcp_time_wait", "TIME WAIT", Quantity.COUNT, _FROM + "TCP tw", history=True),
        Column("tcp_orphaned", "ORPHANED", Quantity.COUNT, _FROM + "TCP orphan; nobody's"),
        Column("tcp_allocated", "ALLOCATED", Quantity.COUNT, _FROM + "TCP alloc"),
        Column("tcp_pages", "TCP PAGES", Quantity.COUNT, _FROM + "TCP mem; pages of buffers"),
        Column("udp", "UDP", Quantity.COUNT, _BOTH + "UDP inuse"),
    ),
    key=(),
    read=read,
    rows=rows,
    # What grows slowly is only seen by who looks all the time.
    on_demand=False,
)
