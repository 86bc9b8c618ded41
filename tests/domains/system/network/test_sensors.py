"""Sensors by standard and by vendors' MIBs: as LibreNMS reads recordings, and at their edges."""

from pathlib import Path
from typing import Any

import pytest

from opsconsole.domains.system.network import sensor
from opsconsole.domains.system.network.sensor import vendor
from opsconsole.domains.system.network.sensor.entity import CISCO, NAMES, STANDARD, THRESHOLDS
from opsconsole.domains.system.network.sensor.own import of_name
from opsconsole.reading import Physical
from tests.domains.system.network.scene import (
    Table,
    answered,
    asked,
    number,
    recording,
    table,
    watched,
)
from tests.domains.system.network.scene import text as octets
from tests.domains.system.network.test_recorded import expected
from tests.servers.agent import Object, recorded, stub
from tests.transports.snmp.scene import target

CLASSES = {"temperature": "temperature", "voltage": "voltage", "current": "current",
           "power": "power", "dbm": "signal"}  # fmt: skip


async def two_answers(folder: Path, name: str) -> tuple[bytes, int, int]:
    """The second answer of a recorded device, and how often it was asked for each."""
    async with (
        stub(recorded(recording(name))) as agent,
        watched(target(folder, agent.address, community="public")) as (session, heard),
    ):
        await asked(session, heard, "sensors")
        first = len(agent.asked)
        payload = await asked(session, heard, "sensors")
        return payload, first, len(agent.asked) - first


@pytest.mark.parametrize(
    ("name", "count", "passed_over"),
    [
        # Two scalars that say once more what the table says, and a core's volts told as 3 mV.
        ("routeros_rb750gr3", 2, {"1.3.6.1.4.1.14988.1.1.3.8.0"}),
        ("vrp_ar169sfp", 6, {"1.3.6.1.4.1.2011.5.25.31.1.1.1.1.13.9"}),
        ("procurve_2520", 18, set[str]()),
        ("fortigate_60f", 4, set[str]()),
        ("junos_ex", 17, set[str]()),
        ("comware_hpe5900", 9, set[str]()),
        ("ios_c3560", 2, set[str]()),
    ],
)
async def test_values_are_those_that_others_read(
    name: str, count: int, passed_over: set[str], tmp_path: Path
) -> None:
    payload, first, again = await two_answers(tmp_path, name)
    mine = {row["key"]: row for row in table(sensor.PROBE, payload)}
    theirs: Table = [
        one
        for one in expected(name, "sensors")["sensors"]
        if one["sensor_class"] in CLASSES and one["sensor_oid"].lstrip(".") not in passed_over
    ]
    assert len(mine) == count
    assert again < first / 3  # tables that it does not have are not asked for again
    for one in theirs:
        row = mine[one["sensor_oid"].lstrip(".")]
        assert row["physical"] == CLASSES[one["sensor_class"]]
        assert row["value"] == pytest.approx(one["sensor_current"], abs=1e-5)
        assert row["judged"] == "ok"


def sensors(*objects: Object) -> dict[str, dict[str, Any]]:
    found = table(sensor.PROBE, answered(sensor.QUESTIONS, objects))
    return {row["name"]: row for row in found}


def entity(root: str, index: int, *said: int) -> list[Object]:
    """Type, scale, precision, value and state."""
    return [number(f"{root}.{at}.{index}", value) for at, value in enumerate(said, 1)]


def test_optics_have_the_limits_and_the_port_that_cisco_tells() -> None:
    found = sensors(
        octets(f"{NAMES}.7.1", "Te1/1"), number(f"{NAMES}.5.1", 10),
        number(f"{NAMES}.4.2", 1), octets(f"{NAMES}.7.2", "Bay"),
        number(f"{NAMES}.4.3", 2), octets(f"{NAMES}.7.3", "Receive Power Sensor"),
        octets(f"{NAMES}.7.4", "Te1/2 Receive Power Sensor"),
        *entity(CISCO, 3, 14, 9, 1, -152, 1), *entity(STANDARD, 3, 14, 9, 1, -999, 1),
        *entity(CISCO, 4, 14, 9, 1, -400, 1),
        *[number(f"{THRESHOLDS}.{column}.3.{at}", value)
          for at, said in enumerate([(20, 4, 20), (10, 4, 10), (10, 2, -140), (20, 1, -180)], 1)
          for column, value in zip((2, 3, 4), said, strict=True)],
    )  # fmt: skip
    assert list(found) == ["Te1/1 Receive Power Sensor", "Te1/2 Receive Power Sensor"]
    lit, dark = found.values()
    assert (lit["value"], lit["unit"], lit["judged"]) == (-15.2, "dBm", "warning")
    limits = [lit[key] for key in ("low_crit", "low_warn", "high_warn", "high_crit", "whose")]
    assert limits == [-18.0, -14.0, 1.0, 2.0, "device"]
    assert (dark["value"], dark["word"], dark["judged"]) == (None, "no light", "ok")


def test_what_a_sensor_without_a_value_is_worth() -> None:
    found = sensors(
        *entity(STANDARD, 1, 8, 9, 0, 0, 2),
        *entity(STANDARD, 2, 8, 9, 0, 0, 3),
        *entity(STANDARD, 3, 8, 9, 0, 1_000_000_000, 1),
        *entity(STANDARD, 4, 8, 99, 0, 20, 1),
        *entity(STANDARD, 5, 12, 9, 0, 1, 1),
        *entity(STANDARD, 6, 1, 9, 0, 0, 1),
        *entity(STANDARD, 7, 4, 8, 2, 1203, 1),
        *entity(STANDARD, 8, 11, 9, 0, 3, 1),
    )
    assert {
        name: (row["value"], row["unit"], row["word"], row["judged"]) for name, row in found.items()
    } == {
        "sensor 1": (None, "°C", "not fitted", "ok"),
        "sensor 2": (None, "°C", "the sensor is broken", "warning"),
        "sensor 3": (None, "°C", "unknown", "ok"),
        "sensor 4": (None, "°C", "unknown", "ok"),
        "sensor 5": (None, "", "true", "ok"),
        "sensor 7": (0.01203, "V", "", "ok"),
        "sensor 8": (50.0, "L/s", "", "ok"),
    }


@pytest.mark.parametrize("table_", vendor.TABLES, ids=[one.entry for one in vendor.TABLES])
def test_each_word_and_no_sentinel_of_a_vendor_is_a_reading(table_: vendor.Table) -> None:
    for one in table_.sensors:
        for value, (word, level) in one.words.items():
            column = one.judged or one.column
            others = [number(f"{table_.entry}.{one.column}.1", 40)] if one.judged else []
            found = sensors(*others, number(f"{table_.entry}.{column}.1", value))
            if level is None:  # a place without anything in it
                assert not found
                continue
            (row,) = found.values()
            shown = {"ok": "ok", "warn": "warning", "crit": "critical"}[level.name.lower()]
            assert row["judged"] == shown
            assert row["word"] == ("" if one.judged else word)
        if one.physical is not Physical.STATE:
            for absent in (65535, 2147483647, *one.unset):
                assert not sensors(number(f"{table_.entry}.{one.column}.1", absent))


def test_limits_of_a_device_judge_its_values() -> None:
    entry = "1.3.6.1.4.1.9.9.13.1.3.1"
    heat = [octets(f"{entry}.2.1", "Inlet"), number(f"{entry}.3.1", 61), number(f"{entry}.4.1", 60)]
    assert sensors(*heat)["Inlet"]["judged"] == "critical"
    none = sensors(*heat[:2], number(f"{entry}.4.1", 0))
    assert (none["Inlet"]["judged"], none["Inlet"]["high_crit"]) == ("ok", None)


def test_names_that_stand_twice_are_told_apart() -> None:
    entry = vendor.GAUGES
    same = [octets(f"{entry}.2.{at}", "fan") for at in (7, 8)]
    speeds = [number(f"{entry}.{column}.{at}", value)
              for at in (7, 8) for column, value in ((3, 4000 + at), (4, 2))]  # fmt: skip
    assert list(sensors(*same, *speeds)) == ["fan #7", "fan #8"]


@pytest.mark.parametrize(
    ("name", "physical"),
    [
        ("CPU ON-DIE Temperature", Physical.TEMPERATURE),
        ("PS1 Fan 1", Physical.FAN),
        ("+3.3V", Physical.VOLTAGE),
        ("DTS CPU0", Physical.OTHER),
    ],
)
def test_what_a_name_tells(name: str, physical: Physical) -> None:
    assert of_name(name) is physical


@pytest.mark.parametrize("said", ["nan", "inf", "1e999", "", "off", "9" * 40])
def test_text_that_is_no_number_is_no_value(said: str) -> None:
    entry = "1.3.6.1.4.1.12356.101.4.3.2.1"
    assert not sensors(octets(f"{entry}.2.1", "Temp"), octets(f"{entry}.3.1", said))
