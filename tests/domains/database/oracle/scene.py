"""Answers as the transport frames them, and what probes show of them."""

from collections.abc import Mapping

from opsconsole import table as packed
from opsconsole.domains.database.oracle import INTEGRATION
from opsconsole.domains.database.oracle.asking import NAMED
from opsconsole.question import Part, joined

PROBES = {probe.id: probe for probe in INTEGRATION.probes}

Table = list[dict[str, object]]

DENIED = packed.refused("942", "ORA-00942: table or view does not exist")

INSTANCE = ["ORCL", "19.3.0.0.0", "OPEN", 100.0, 1_000_000.0]
HEALTH: dict[str, object] = {
    "instance": [INSTANCE],
    "database": [["PRIMARY", "READ WRITE", "ARCHIVELOG"]],
    "metrics": [["Buffer Cache Hit Ratio", 99.5], ["User Transaction Per Sec", 12],
                ["SQL Service Response Time", 0.25], ["Shared Pool Free %", 20.5]],
    "sessions": [[3, 40, 2, 1]],
    "transactions": [[5, 61.5]],
    "limits": [["processes", 150, 200, "300"], ["sessions", 100, 120, "472"],
               ["dml_locks", 0, 10, "UNLIMITED"]],
    "redo": [[3]],
    "lag": [],
}  # fmt: skip


def answer(exchange: str, said: Mapping[str, object]) -> bytes:
    """Rows, or a part, by the statement's name; its first variant is the one that was asked."""
    asked: set[str] = set()
    parts: list[Part] = []
    for name, _ in NAMED[exchange]:
        value = said.get(name, [])
        part = value if isinstance(value, Part) else packed.rows(value)
        parts.append(packed.NOT_ASKED if name in asked else part)
        asked.add(name)
    return joined(parts)


def shown(probe: str, said: Mapping[str, object]) -> Table:
    """What a probe shows of such an answer."""
    known = PROBES[probe]
    keys = [column.key for column in known.columns]
    rows = known.rows(known.read(answer(known.exchange, said)), None)
    return [dict(zip(keys, row, strict=True)) for row in rows]
