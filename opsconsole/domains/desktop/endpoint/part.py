"""Parts and services of an endpoint that say whether they work: cameras, boards, calendars."""

from collections.abc import Iterator
from dataclasses import dataclass

from opsconsole.clean import clean
from opsconsole.domains.desktop.agent import Answer
from opsconsole.domains.desktop.endpoint import mib, state
from opsconsole.domains.desktop.endpoint.state import JUDGED, State, Words
from opsconsole.domains.desktop.naming import told_apart
from opsconsole.model import Column, Quantity, Row


@dataclass(frozen=True, slots=True)
class Component:
    """One part or service."""

    name: str
    state: State


_POLY: tuple[tuple[str, str, Words], ...] = (
    ("1.6", "System", state.POLY),
    ("2.7.1", "H.323 service", state.POLY),
    ("2.8.1", "SIP service", state.POLY),
    ("2.9.1", "ISDN service", state.POLY),
    ("3.1", "Hardware", state.POLY),
    ("3.5.1", "Microphones", state.POLY),
    ("3.6.1", "Cameras", state.POLY),
    ("3.10.1", "Network cards", state.POLY),
    ("3.11.1", "Touch control", state.POLY),
    ("3.12.1", "UC board", state.POLY),
    ("6.7.1", "Presence", state.POLY_SERVICE),
    ("6.8.1", "Call records", state.POLY_SERVICE),
    ("6.9.1", "Syslog", state.POLY_SERVICE),
    ("6.10.1", "Software update", state.POLY_SERVICE),
    ("6.11.1", "Provisioning", state.POLY_SERVICE),
    ("6.12.1", "Calendar", state.POLY_SERVICE),
    ("6.13.1", "Directory", state.POLY_SERVICE),
)
_POLY_TABLES: tuple[tuple[str, str, str, str, Words], ...] = (
    ("3.5.2.1", "2", "3", "Microphone", state.POLY),
    ("3.6.2.1", "2", "3", "Camera", state.POLY),
    ("3.10.2.1", "2", "6", "Network card", state.POLY),
    ("2.8.2.1", "", "2", "SIP server", state.POLY_SERVICE),
)
"""Entry, column of the name, column of the state, what it is."""

_OBJECTS: tuple[tuple[str, str, Words], ...] = (
    (f"{mib.AUDIOCODES}.10.2.5.2.0", "Gateway", state.OPERATIONAL),
    (f"{mib.AUDIOCODES}.10.2.5.4.0", "Worst alarm", state.ALARM),
    (f"{mib.AUDIOCODES}.10.2.10.1.0", "Redundancy", state.REDUNDANT),
)


def components(one: Answer) -> list[Component]:
    """All that an endpoint tells of."""
    return [*_poly(one), *_poly_tables(one), *_objects(one), *_sip(one)]


def _poly(one: Answer) -> Iterator[Component]:
    names = mib.below(one, mib.POLY)
    for at, name, words in _POLY:
        if (oid := names.get(at)) and (found := state.state(one, oid, words)):
            yield Component(name, found)


def _poly_tables(one: Answer) -> Iterator[Component]:
    names = mib.below(one, mib.POLY)
    for entry, name, column, kind, words in _POLY_TABLES:
        head = f"{entry}.{column}."
        for at, oid in names.items():
            if at.startswith(head) and (found := state.state(one, oid, words)):
                index = at.removeprefix(head)
                called = one.said(names.get(f"{entry}.{name}.{index}", ""))
                yield Component(f"{kind} {called or index}", found)


def _objects(one: Answer) -> Iterator[Component]:
    for oid, name, words in _OBJECTS:
        if found := state.state(one, oid, words):
            yield Component(name, found)


def _sip(one: Answer) -> Iterator[Component]:
    for at, row in one.table(mib.SIP).items():
        value = row.get(2)
        if value is not None and (found := state.state(one, f"{mib.SIP}.2.{at}", state.SIP, value)):
            yield Component("SIP service", found)


COLUMNS: tuple[Column, ...] = (
    Column("part", "PART", Quantity.TEXT, "part or service, as its maker tells of it"),
    Column("says", "SAYS", Quantity.TEXT, "its state in words", tallied=True),
    Column("judged", "STATE", Quantity.STATE, "whether it works; services no call needs: warning"),
)


def rows(one: Answer, _before: Answer | None) -> list[Row]:
    """One row per part, worst first."""
    found = sorted(components(one), key=lambda each: -each.state.level)
    names = told_apart([(each.name, each.state.oid) for each in found])
    return [
        (clean(name), each.state.word, JUDGED[each.state.level])
        for name, each in zip(names, found, strict=True)
    ]
