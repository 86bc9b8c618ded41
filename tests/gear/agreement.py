"""How much of what LibreNMS reads out of a recording we read equally, sensor by sensor."""

import asyncio
import json
import math
import re
import socket
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from opsconsole.gear import LIBRARY, QUESTION, Device, Library
from opsconsole.gear.library import OURS
from opsconsole.gear.unit import plausible
from opsconsole.model import Level
from opsconsole.reading import Physical, Reading
from opsconsole.transports.snmp.agent import Agent
from opsconsole.transports.snmp.choosing import Chosen
from opsconsole.transports.snmp.engine import Community
from opsconsole.transports.snmp.message import V2C
from opsconsole.transports.snmp.plane import Plane
from tests.servers.agent import recorded, stub
from tests.servers.port import PORT

_P = Physical
CLASSES: Mapping[str, tuple[frozenset[Physical], float]] = {
    "airflow": (frozenset({_P.AIRFLOW}), 0.47194745),
    "charge": (frozenset({_P.CHARGE}), 1),
    "cooling": (frozenset({_P.POWER}), 1),
    "count": (frozenset({_P.COUNT, _P.OTHER, _P.DELAY}), 1),
    "current": (frozenset({_P.CURRENT}), 1),
    "dbm": (frozenset({_P.SIGNAL}), 1),
    "delay": (frozenset({_P.DELAY, _P.RUNTIME}), 1),
    "eer": (frozenset({_P.OTHER}), 1),
    "fanspeed": (frozenset({_P.FAN}), 1),
    "frequency": (frozenset({_P.FREQUENCY}), 1),
    "humidity": (frozenset({_P.HUMIDITY, _P.PERCENT}), 1),
    "load": (frozenset({_P.LOAD, _P.PERCENT}), 1),
    "percent": (frozenset({_P.PERCENT, _P.LEVEL, _P.LOAD, _P.CHARGE}), 1),
    "power": (frozenset({_P.POWER, _P.APPARENT}), 1),
    "power_consumed": (frozenset({_P.ENERGY}), 1),
    "power_factor": (frozenset({_P.FACTOR}), 1),
    "pressure": (frozenset({_P.PRESSURE}), 1),
    "runtime": (frozenset({_P.RUNTIME}), 60),
    "temperature": (frozenset({_P.TEMPERATURE, _P.DEW_POINT}), 1),
    "voltage": (frozenset({_P.VOLTAGE}), 1),
    "waterflow": (frozenset({_P.FLOW}), 1),
}  # fmt: skip
"""What a sensor of that class is to us, and what its value is times in our unit."""

LEVELS = {0: Level.OK, 1: Level.WARN, 2: Level.CRIT, 3: Level.UNKNOWN}

SENTINELS = frozenset({-1, 0, -99, -999, -9999, 255, 32767, -32768, 65535, 2147483647})
"""Values that a sensor without a value is given by somebody."""


class Expected(NamedTuple):
    """A sensor as LibreNMS reads it."""

    what: str
    oid: str
    value: float | None
    level: Level | None
    descr: str
    divisor: float = 1.0
    """Some of its modules note the raw number and divide later, when they poll."""


@dataclass
class Score:
    """Of one device, or of a class of them."""

    expected: int = 0
    equal: int = 0
    levels: int = 0
    """States among the equal ones."""
    same: int = 0
    """Of those, states that both find equally bad."""
    missed: list[tuple[Expected, Reading | None]] = field(
        default_factory=list[tuple[Expected, Reading | None]]
    )
    differ: list[tuple[Expected, Reading]] = field(default_factory=list[tuple[Expected, Reading]])

    @property
    def share(self) -> float:
        return self.equal / self.expected if self.expected else 1.0

    def add(self, other: "Score") -> None:
        self.expected += other.expected
        self.equal += other.equal
        self.levels += other.levels
        self.same += other.same


def kinds(folder: Path) -> dict[str, str]:
    """The kind of each recording, as its README tells."""
    found: dict[str, str] = {}
    for line in (folder / "README.md").read_text("utf-8").splitlines():
        cells = line.split("|")
        if len(cells) > 3 and (name := re.fullmatch(r"`([\w.-]+)`", cells[1].strip())):
            found[name[1]] = cells[2].strip()
    return found


def expected(folder: Path, name: str) -> list[Expected]:
    """What LibreNMS reads; nothing where that is not told."""
    path = folder / f"{name}.expected.json"
    if not path.is_file():
        return []
    told: Any = json.loads(path.read_text("utf-8")).get("sensors", {})
    return list(_expected(told.get("discovery", {})))


def _expected(told: Any) -> Iterator[Expected]:
    known = {
        (one["state_name"], one["state_value"]): one["state_generic_value"]
        for one in told.get("state_indexes", ())
    }
    known |= {
        (one.get("state_name"), one["state_value"]): one["state_generic_value"]
        for one in told.get("state_translations", ())
        if "state_name" in one
    }
    for one in told.get("sensors", ()):
        value = one["sensor_current"]
        number = None if value is None else float(value)
        said = known.get((one["state_name"], value))
        yield Expected(
            one["sensor_class"],
            one["sensor_oid"].lstrip("."),
            number,
            None if said is None else LEVELS.get(said),
            one["sensor_descr"],
            float(one.get("sensor_divisor") or 1),
        )


def compared(device: Device, wanted: Iterable[Expected]) -> Score:
    """How well a device agrees."""
    readings = [one.reading for one in device.sensed]
    score, used = Score(), set[str]()
    later: list[Expected] = []
    for one in wanted:
        score.expected += 1
        mine = [reading for reading in readings if reading.source == one.oid]
        hit = next((reading for reading in mine if _equal(one, reading)), None)
        if hit is None:
            later.append(one)
            continue
        used.add(hit.key)
        _count(score, one, hit)
    for one in later:
        others = (each for each in readings if each.key not in used and each.value is not None)
        hit = next((reading for reading in others if _equal(one, reading)), None)
        if hit is not None and one.what != "state":
            used.add(hit.key)
            _count(score, one, hit)
        else:
            near = next((each for each in readings if each.source == one.oid), None)
            score.missed.append((one, near))
    return score


def _count(score: Score, one: Expected, hit: Reading) -> None:
    score.equal += 1
    if one.what == "state":
        score.levels += 1
        unknown = one.level in {None, Level.UNKNOWN} and hit.judged in {None, Level.UNKNOWN}
        if one.level == hit.judged or unknown or one.level is None:
            score.same += 1
        else:
            score.differ.append((one, hit))


def _equal(one: Expected, mine: Reading) -> bool:
    if one.what == "state":
        known = "of no known meaning" not in mine.word
        return mine.physical is Physical.STATE and known
    allowed, factor = CLASSES[one.what]
    if mine.physical not in allowed:
        return False
    if one.value is None or mine.value is None:
        return mine.value is None and (
            one.value is None
            or one.value in SENTINELS
            or not plausible(mine.physical, one.value * factor)
        )
    same = mine.source == one.oid
    told = (one.value, one.value / one.divisor) if same else (one.value,)
    return any(
        math.isclose(mine.value, value * factor, rel_tol=2e-3, abs_tol=1e-3) for value in told
    )


async def answered(
    folder: Path, names: Sequence[str], library: Library = LIBRARY
) -> dict[str, tuple[Device, list[int]]]:
    """What we read of each recording, served by an agent; and the messages of two polls."""
    found: dict[str, tuple[Device, list[int]]] = {}
    plane = Plane()
    try:
        for name in names:
            found[name] = await _answered(plane, folder / f"{name}.snmprec", library)
    finally:
        plane.close()
        await asyncio.sleep(0)
    return found


async def _answered(plane: Plane, path: Path, library: Library) -> tuple[Device, list[int]]:
    async with stub(recorded(path)) as one:
        where = (socket.AF_INET, (one.address, PORT))
        agent = Agent(path.stem, plane, where, Community(V2C, "public"))
        return await _polled(agent, library)


async def simulated(address: str, port: int, names: Sequence[str]) -> dict[str, Device]:
    """What we read of each, where an agent of others serves them by their names as communities."""
    found: dict[str, Device] = {}
    plane = Plane()
    try:
        for name in names:
            where = (socket.AF_INET, (address, port))
            agent = Agent(name, plane, where, Community(V2C, name))
            found[name], _ = await _polled(agent, LIBRARY)
    finally:
        plane.close()
        await asyncio.sleep(0)
    return found


async def _polled(agent: Agent, library: Library) -> tuple[Device, list[int]]:
    """A device, and the messages of two polls."""
    question = replace(QUESTION, present=library.present, choose=library.choose)
    chosen, counts = Chosen(question), list[int]()
    part = await chosen.answer(agent)
    counts.append(agent.requests)
    part = await chosen.answer(agent)
    counts.append(agent.requests - counts[0])
    return library.device(part), counts


def generic(folder: Path) -> Library:
    """The profiles that know no vendor, as an unknown one meets them; `folder` is for them."""
    for path in OURS.glob("*.toml"):
        if not tomllib.loads(path.read_text("utf-8")).get("match"):
            (folder / path.name).write_bytes(path.read_bytes())
    return Library([folder])
