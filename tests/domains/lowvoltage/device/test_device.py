"""A device over the wire: what it is, its readings, its UPS in one line, its outlets."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from opsconsole.battery import batteries
from opsconsole.clean import Clean
from opsconsole.domains.lowvoltage.device import INTEGRATION
from opsconsole.domains.lowvoltage.device.finding import RULES
from opsconsole.domains.lowvoltage.device.news import itself, power, switched
from opsconsole.errors import Malformed
from opsconsole.model import Level, Row
from opsconsole.question import Part, joined
from opsconsole.transports.snmp import SnmpTransport
from tests.domains.lowvoltage.device.scene import number, system, target, text
from tests.servers.agent import Object, StubAgent, stub
from tests.servers.sampler import Heard

PROBES = {probe.id.partition(".")[2]: probe for probe in INTEGRATION.probes}


UPS = "1.3.6.1.2.1.33.1"
ON_BATTERY = [
    *system("1.3.6.1.4.1.99999"),
    text(f"{UPS}.1.1.0", "Nobody"),
    text(f"{UPS}.1.2.0", "U-3000"),
    number(f"{UPS}.2.1.0", 3),
    number(f"{UPS}.2.2.0", 95),
    number(f"{UPS}.2.3.0", 12),
    number(f"{UPS}.2.4.0", 38),
    number(f"{UPS}.2.7.0", 41),
    *(number(f"{UPS}.3.3.1.2.{line}", 498) for line in (1, 2, 3)),
    *(number(f"{UPS}.3.3.1.3.{line}", volts) for line, volts in ((1, 229), (2, 190), (3, 231))),
    number(f"{UPS}.4.1.0", 5),
    *(number(f"{UPS}.4.4.1.2.{line}", 230) for line in (1, 2, 3)),
    *(number(f"{UPS}.4.4.1.5.{line}", load) for line, load in ((1, 20), (2, 83), (3, 40))),
    number(f"{UPS}.7.3.0", 3),
]  # fmt: skip


def table(name: str, payload: bytes) -> list[dict[str, object]]:
    probe = PROBES[name]
    keys = [column.key for column in probe.columns]
    rows = probe.rows(probe.read(payload), None)
    return [dict(zip(keys, row, strict=True)) for row in rows]


@asynccontextmanager
async def answers(
    objects: Sequence[Object], folder: Path
) -> AsyncGenerator[tuple[StubAgent, Heard], None]:
    """An agent with these objects, and a session that asks it."""
    transport, heard = SnmpTransport(), Heard()
    async with stub(objects) as agent:
        try:
            session = await transport.open(
                target(agent.address, folder), INTEGRATION.script, 1.0, heard
            )
            session.ask("device")
            await heard.until(lambda heard: bool(heard.answers))
            yield agent, heard
        finally:
            await transport.close()


async def test_a_ups_is_one_line_whatever_it_speaks(tmp_path: Path) -> None:
    async with answers(ON_BATTERY, tmp_path) as (_, heard):
        payload = heard.of("device")[0]
    (who,) = table("identity", payload)
    assert [who[key] for key in ("class", "vendor", "model", "location", "uptime_s")] == [
        "ups", "Nobody", "U-3000", "room 2", 3600.0,
    ]  # fmt: skip
    (ups,) = table("ups", payload)
    assert (ups["source"], ups["battery"], ups["test"]) == ("battery", "low", "failed")
    assert (ups["charge_percent"], ups["load_percent"], ups["runtime_s"]) == (38, 83, 720)
    assert (ups["on_battery_s"], ups["battery_c"]) == (95, 41)
    assert (ups["nominal_v"], ups["input_v"], ups["input_percent"]) == (230, 190, 82.6)
    assert (ups["input_hz"], ups["input_hz_off"]) == (49.8, 0.2)
    (summary,) = table("summary", payload)
    assert summary["critical"] == 3  # battery low, charge, test
    readings = {row["name"]: row for row in table("reading", payload)}
    assert readings["Output source"]["judged"] == "warning"
    assert readings["Output 2 load"]["judged"] == "warning"


async def test_what_it_feeds_goes_dark_when_its_battery_is_empty(tmp_path: Path) -> None:
    async with answers(ON_BATTERY, tmp_path) as (_, heard):
        probe = PROBES["ups"]
        rows = probe.rows(probe.read(heard.of("device")[0]), None)
    supply, keys = INTEGRATION.supply, [column.key for column in probe.columns]
    assert supply is not None
    (found,) = batteries(supply, "ups-1", keys, probe.key, rows, lambda _: (), 10.0, 20.0)
    assert (found.source, found.on_battery, found.charge, found.left) == ("ups-1", True, 38, 700)


async def test_what_is_no_ups_has_no_such_line(tmp_path: Path) -> None:
    async with answers(system("1.3.6.1.4.1.99999"), tmp_path) as (_, heard):
        payload = heard.of("device")[0]
    assert table("ups", payload) == table("outlet", payload) == table("reading", payload) == []
    (who,) = table("identity", payload)
    assert (who["class"], who["name"]) == ("unknown", "ups-b")
    assert "no profile fits" in str(who["note"])


async def test_outlets_of_a_pdu_are_joined_from_their_sensors(tmp_path: Path) -> None:
    outlet = "1.3.6.1.4.1.318.1.1.12.3.5.1.1"
    objects = [
        *system("1.3.6.1.4.1.318.1.3.4.5"),
        *(text(f"{outlet}.2.{n}", f"srv-{n}") for n in (1, 2)),
        *(number(f"{outlet}.4.{n}", n) for n in (1, 2)),
        *(number(f"{outlet}.7.{n}", 12 * n) for n in (1, 2)),
    ]
    async with answers(objects, tmp_path) as (_, heard):
        payload = heard.of("device")[0]
    assert [list(row.values()) for row in table("outlet", payload)] == [
        ["1", "srv-1", "on", 1.2, None, None],
        ["2", "srv-2", "off", 2.4, None, None],
    ]


def test_an_answer_that_is_none_is_a_fault() -> None:
    for body in (b"\x30\x05\x06", b"\x04\x00", b"\x30\x04\x06\x00\x05\x00"):
        with pytest.raises(Malformed):
            PROBES["reading"].read(joined([Part(0, body)]))


def test_sensors_that_a_rule_of_the_ups_judges_are_not_told_twice() -> None:
    (rule,) = (one for one in RULES if one.id == "device.reading")
    assert {("role", "!=", "ups.charge"), ("role", "!=", "ups.source")} <= {
        (one.column, one.operator, one.value) for one in rule.guards
    }


def test_the_timeline_hears_of_restarts_swaps_and_power() -> None:
    def identity(uptime: float, serial: str) -> Row:
        row: list[object] = [Clean("")] * len(PROBES["identity"].columns)
        row[PROBES["identity"].index("uptime_s")] = uptime
        row[PROBES["identity"].index("serial")] = Clean(serial)
        return tuple(row)  # type: ignore[arg-type]

    found = itself("ups-1", 1000.0, [identity(500, "A1")], [identity(5, "B2")])
    assert [(one.kind, one.at) for one in found] == [("reboot", 995.0), ("change", 1000.0)]
    assert "A1 -> B2" in found[1].text

    def source(word: str) -> Row:
        return (Clean(word), *[None] * (len(PROBES["ups"].columns) - 1))

    (one,) = power("ups-1", 1000.0, [source("online")], [source("battery")])
    assert (one.level, one.text) == (Level.WARN, "source: online -> battery")
    assert power("ups-1", 1000.0, [source("")], [source("online")]) == []

    def outlets(first: str, second: str) -> list[Row]:
        rows = (("1", "a", first), ("2", "b", second))
        return [(*map(Clean, row), None, None, None) for row in rows]

    (one,) = switched("pdu-1", 1000.0, outlets("on", "on"), outlets("on", "off"))
    assert (one.level, one.text) == (Level.WARN, "outlet 2, b: on -> off")
    assert switched("pdu-1", 1000.0, [], outlets("on", "off")) == []
