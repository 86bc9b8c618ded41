"""Recordings of real devices as answers, and what is expected of them."""

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from opsconsole.model import Value
from opsconsole.question import Part, Snmp, SnmpGet, SnmpWalk, joined
from opsconsole.spec import Probe
from opsconsole.transports.snmp import ber
from opsconsole.varbind import text
from tests.servers.agent import Object, bound, recorded

ABSENT = b"\x80\x00"


def payload(objects: Sequence[Object], questions: Sequence[Snmp]) -> bytes:
    """What an agent with these objects answers to the questions of one exchange."""
    named = [(text(name), (name, value)) for name, value in objects]
    return joined([Part(0, bound(_asked(named, one))) for one in questions])


def _asked(named: Sequence[tuple[str, Object]], question: Snmp) -> list[Object]:
    if isinstance(question, SnmpGet):
        have = dict(named)
        return [have.get(oid, (ber.name(oid), ABSENT)) for oid in question.oids]
    assert isinstance(question, SnmpWalk)
    roots = tuple(f"{question.oid}.{column}." for column in question.columns)
    roots = roots or (f"{question.oid}.",)
    return [one for oid, one in named if oid.startswith(roots)]


@functools.cache
def objects_of(path: Path) -> list[Object]:
    return recorded(path)


def answer(folder: Path, name: str, questions: Sequence[Snmp]) -> bytes:
    """What the recorded device answers."""
    return payload(objects_of(folder / "snmp" / f"{name}.snmprec"), questions)


def expected(folder: Path, name: str) -> dict[str, Any]:
    """What LibreNMS reads out of a recording, by module."""
    found: dict[str, Any] = json.loads((folder / "snmp" / f"{name}.expected.json").read_text())
    return {module: said.get("discovery") or {} for module, said in found.items()}


def table(probe: Probe[Any], answer: bytes) -> list[dict[str, Value]]:
    """Rows by the keys of their columns."""
    keys = [column.key for column in probe.columns]
    rows = probe.rows(probe.read(answer), None)
    return [dict(zip(keys, row, strict=True)) for row in rows]


def held(*objects: tuple[str, int | str | bytes]) -> list[Object]:
    """Objects by name, in the order of names; a text that begins with `@` is a name itself."""
    found: list[tuple[list[int], Object]] = []
    for oid, value in objects:
        if isinstance(value, int):
            packed = ber.number(value)
        elif isinstance(value, str) and value.startswith("@"):
            packed = ber.packed(6, ber.name(value[1:]))
        else:
            packed = ber.packed(4, value.encode() if isinstance(value, str) else value)
        found.append(([int(one) for one in oid.split(".")], (ber.name(oid), packed)))
    return [one for _, one in sorted(found, key=lambda each: each[0])]
