"""BGP peers of a router: state, for how long, updates, and prefixes where Cisco tells them."""

from collections.abc import Mapping
from typing import NamedTuple

from opsconsole.clean import Clean
from opsconsole.domains.system.network import mib
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import Snmp, SnmpGet, SnmpWalk, parted
from opsconsole.spec import Probe
from opsconsole.varbind import Value, values

LOCAL_AS, ENTRY = "1.3.6.1.2.1.15.2.0", "1.3.6.1.2.1.15.3.1"
PREFIXES = "1.3.6.1.4.1.9.9.187.1.2.4.1"
"""Of CISCO-BGP4-MIB, by peer and family: prefixes accepted."""

QUESTIONS: tuple[Snmp, ...] = (
    SnmpGet((LOCAL_AS,)),
    SnmpWalk(ENTRY, (2, 3, 5, 9, 10, 11, 14, 16, 24)),
    SnmpWalk(PREFIXES, (1,)),
)

STATES = ("", "idle", "connect", "active", "opensent", "openconfirm", "established")
_ADMIN = ("", "stop", "start")

_ERRORS = {
    1: "message header", 2: "open message", 3: "update message", 4: "hold timer expired",
    5: "state machine", 6: "cease", 7: "route refresh",
}  # fmt: skip


class Peer(NamedTuple):
    """One peer at one moment."""

    address: Clean
    row: Mapping[int, Value]
    prefixes: int | None


class Reading(NamedTuple):
    """All peers."""

    local_as: int | None
    peers: list[Peer]


def read(payload: bytes) -> Reading:
    """Take apart an answer to `QUESTIONS`; raises `Malformed`."""
    said, peers, prefixes = parted(payload, len(QUESTIONS))
    accepted: dict[str, int] = {}
    for index, row in mib.table(prefixes, PREFIXES).items():
        address = ".".join(index.split(".")[:4])
        accepted[address] = accepted.get(address, 0) + (mib.count(row.get(1)) or 0)
    found = [
        Peer(mib.ip_of(index.split(".")), row, accepted.get(index))
        for index, row in mib.table(peers, ENTRY).items()
        if 2 in row or 3 in row  # others are rests of peers that went
    ]
    return Reading(mib.count(values(said).get(LOCAL_AS)), [one for one in found if one.address])


def _word(value: Value, words: tuple[str, ...]) -> Clean:
    return Clean(words[value] if isinstance(value, int) and 0 < value < len(words) else "")


def rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per peer."""
    return [_row(one, now.local_as) for one in now.peers]


def _row(one: Peer, local_as: int | None) -> Row:
    state = _word(one.row.get(2), STATES)
    error = one.row.get(14)
    code = error[0] if isinstance(error, bytes) and len(error) == 2 else 0
    return (
        one.address,
        state,
        _word(one.row.get(3), _ADMIN),
        mib.count(one.row.get(9)),
        mib.count(one.row.get(16)) if state == STATES[-1] else None,
        one.prefixes,
        mib.count(one.row.get(10)),
        mib.count(one.row.get(11)),
        mib.count(one.row.get(24)) if state == STATES[-1] else None,
        Clean(_ERRORS.get(code, f"error {code}") if code else ""),
        mib.ip(one.row.get(5)),
        local_as,
        Clean(""),
    )


def _bgp(key: str, title: str, quantity: Quantity, field: str) -> Column:
    return Column(key, title, quantity, f"BGP4-MIB {field}")


_COUNT, _SECONDS, _TEXT = Quantity.COUNT, Quantity.SECONDS, Quantity.TEXT

PROBE = Probe(
    id="network.bgp",
    title="BGP peers",
    exchange="bgp",
    columns=(
        _bgp("peer", "PEER", _TEXT, "bgpPeerRemoteAddr"),
        _bgp("state", "STATE", _TEXT, "bgpPeerState"),
        _bgp("admin", "ADMIN", _TEXT, "bgpPeerAdminStatus: what it is meant to be"),
        _bgp("remote_as", "AS", _COUNT, "bgpPeerRemoteAs"),
        _bgp("for_s", "UP", _SECONDS, "bgpPeerFsmEstablishedTime"),
        Column("prefixes", "PREFIXES", _COUNT, "CISCO-BGP4-MIB cbgpPeerAcceptedPrefixes"),
        _bgp("in_updates", "IN", _COUNT, "bgpPeerInUpdates"),
        _bgp("out_updates", "OUT", _COUNT, "bgpPeerOutUpdates"),
        _bgp("quiet_s", "LAST IN", _SECONDS, "bgpPeerInUpdateElapsedTime"),
        _bgp("error", "LAST ERROR", _TEXT, "bgpPeerLastError"),
        _bgp("local", "LOCAL", _TEXT, "bgpPeerLocalAddr"),
        _bgp("local_as", "OUR AS", _COUNT, "bgpLocalAs"),
        Column("target", "TARGET", _TEXT, "the target of this estate that has its address"),
    ),
    key=("peer",),
    read=read,
    rows=rows,
    placed=("target", ("peer",)),
)
