"""Endpoints by the letter of MIBs: registrations, receivers, sensors, and what is absurd."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from opsconsole.domains.desktop.endpoint import (
    INTEGRATION,
    LINE,
    PART,
    PORT,
    STATUS,
    mib,
)
from opsconsole.domains.desktop.endpoint.mib import QUESTIONS
from opsconsole.errors import Malformed
from opsconsole.model import Value
from opsconsole.question import joined, parted
from opsconsole.table import refused
from tests.domains.database.trial import rules, tried
from tests.domains.desktop.recording import held, payload, table
from tests.servers.agent import stub
from tests.transports.snmp.scene import answered, target

READING = INTEGRATION.probes[-2]
S = mib.SENSOR
POLY, AUDIO = mib.POLY, mib.AUDIOCODES

ROOM = held(
    (mib.OBJECT, "@1.3.6.1.4.1.13885.1"),
    (mib.UPTIME, 360_000),
    (f"{POLY}.1.4.0", "G7500"),
    (f"{POLY}.1.5.0", "8L1"),
    (f"{POLY}.2.8.3.1.2.1", 2),
    (f"{POLY}.2.8.3.1.2.2", 3),
    (f"{POLY}.3.6.1.0", 3),
    (f"{POLY}.4.1.1.1.1", 1),
    (f"{POLY}.6.12.1.0", 3),
    (f"{POLY}.6.13.1.0", 77),
    (f"{mib.ENTITIES}.7.10", "Board"),
    *((f"{S}.{at}.10", value) for at, value in ((1, 8), (2, 9), (3, 1), (4, 415), (5, 1))),
    *((f"{S}.{at}.11", value) for at, value in ((1, 8), (2, 9), (3, 0), (4, 0), (5, 2))),
    *((f"{S}.{at}.12", value) for at, value in ((1, 10), (2, 9), (3, 0), (4, 10**9), (5, 1))),
    *((f"{S}.{at}.13", value) for at, value in ((1, 3), (2, 8), (3, 0), (4, 5), (5, 3))),
    *((f"{mib.INTERFACE}.{at}.1", value)
      for at, value in ((2, "LAN"), (3, 6), (5, 4294967295), (6, b"\0\x01\x02\x03\x04\x05"),
                        (7, 1), (8, 1), (14, 3), (20, 4))),
    *((f"{mib.INTERFACE}.{at}.2", value) for at, value in ((2, "PC"), (3, 6), (7, 1), (8, 2))),
    *((f"{mib.INTERFACE}.{at}.3", value) for at, value in ((2, "lo"), (3, 24), (7, 1), (8, 1))),
    (f"{mib.INTERFACE_X}.15.2", 1000),
    (f"{mib.PROCESSOR}.2.1", 12),
    (f"{mib.PROCESSOR}.2.2", 4000),
    *((f"{mib.STORAGE}.{at}.1", value)
      for at, value in ((2, "@1.3.6.1.2.1.25.2.1.2"), (3, "RAM"), (5, 200), (6, 50))),
    *((f"{mib.STORAGE}.{at}.2", value)
      for at, value in ((2, "@1.3.6.1.2.1.25.2.1.2"), (3, "None"), (5, 200), (6, 0))),
    (f"{mib.SIP}.2.1", 3),
)  # fmt: skip
ANSWER = payload(ROOM, QUESTIONS)


def only(answer: bytes) -> dict[str, Value]:
    (one,) = table(STATUS, answer)
    return one


def test_an_endpoint_as_one_row() -> None:
    one = only(ANSWER)
    assert (one["maker"], one["model"], one["serial"]) == ("Poly", "G7500", "8L1")
    assert (one["activity"], one["busy"], one["uptime_s"]) == ("1 call", 1, 3600.0)
    assert (one["wanted"], one["registered"], one["connected"]) == (2, 1, 1)
    assert (
        one["complaints"] == "SIP line 2 failed, Cameras failed, Calendar failed, SIP service down"
    )
    assert (one["complaints_critical"], one["complaints_warning"]) == (3, 1)
    assert one["mac"] == "00:01:02:03:04:05"


def test_a_state_of_no_known_meaning_is_told_as_it_is() -> None:
    parts = {str(row["part"]): row for row in table(PART, ANSWER)}
    assert list(parts) == ["Cameras", "SIP service", "Calendar", "Directory"], "worst first"
    assert (parts["Directory"]["says"], parts["Directory"]["judged"]) == ("state 77", "unknown")


def test_ports_without_loopback_and_an_empty_socket_is_no_fault() -> None:
    lan, pc = table(PORT, ANSWER)
    assert (lan["status"], lan["speed_bits_per_s"], lan["errors"]) == ("up", None, 7)
    assert (pc["status"], pc["speed_bits_per_s"]) == ("not connected", 1_000_000_000)


def test_sensors_that_are_not_fitted_and_values_that_are_none() -> None:
    rows = {str(row["source"]).removeprefix(f"{S}.4."): row for row in table(READING, ANSWER)}
    board, absent, beyond, broken = (rows[at] for at in ("10", "11", "12", "13"))
    assert (board["name"], board["value"], board["unit"]) == ("Board", 41.5, "°C")
    assert (absent["value"], absent["word"], absent["judged"]) == (None, "not fitted", "ok")
    assert (beyond["value"], beyond["word"]) == (None, "not fitted")
    assert (broken["word"], broken["judged"]) == ("the sensor is broken", "warning")
    named = {str(row["name"]): row["value"] for row in table(READING, ANSWER)}
    assert (named["Processor 1"], named["RAM used"]) == (12, 25.0)
    assert not {"Processor 2", "None used"} & set(named)


@pytest.mark.parametrize(
    ("said", "maker", "kind", "model", "firmware"),
    [
        ({f"{mib.SNOM}.4.0": "snom320-SIP 8.4.18"}, "Snom", "phone", "snom320", "8.4.18"),
        ({f"{mib.AVAYA}.6.1.52.0": "J169", f"{mib.AVAYA}.6.1.4.0": "J169_SIP_R4"},
         "Avaya", "phone", "J169", "J169_SIP_R4"),
        ({mib.DESCRIPTION: "Yealink T46S"}, "Yealink", "phone", "T46S", ""),
        ({mib.OBJECT: "@1.3.6.1.4.1.6666.1"}, "innovaphone", "gateway", "", ""),
        ({mib.DESCRIPTION: "Something else 1.0"}, "", "", "Something else 1.0", ""),
        ({mib.DESCRIPTION: "Acme", mib.ENTITY["model"]: "A-1"}, "", "", "A-1", ""),
    ],
)  # fmt: skip
def test_makers_by_what_they_say(
    said: dict[str, str], maker: str, kind: str, model: str, firmware: str
) -> None:
    one = only(payload(held(*said.items()), QUESTIONS))
    assert (one["maker"], one["type"], one["model"], one["firmware"]) == (
        maker, kind, model, firmware,
    )  # fmt: skip


def test_adapters_whose_names_end_in_one_zero_more() -> None:
    said = held(
        (f"{mib.GRANDSTREAM}.2.1.1.0.0", "Off Hook"),
        (f"{mib.GRANDSTREAM}.2.2.1.0.0", "Registered"),
        (f"{mib.GRANDSTREAM}.3.3.0.0", "1.0.9"),
    )
    answer = payload(said, QUESTIONS)
    (line,) = table(LINE, answer)
    assert (line["hook"], line["registration"]) == ("off hook", "registered")
    one = only(answer)
    assert (one["firmware"], one["activity"]) == ("1.0.9", "1 receiver off the hook")


def test_an_interface_without_a_number_needs_no_registration() -> None:
    at = mib.INNOVAPHONE
    said = held(*((f"{at}.{column}.{row}", value) for column, row, value in (
        (1, 1, "GW1"), (1, 2, "GW2"), (4, 1, 0), (4, 2, 0), (5, 1, "100"),
    )))  # fmt: skip
    one, two = table(LINE, payload(said, QUESTIONS))
    assert (one["line"], one["registration"], one["judged"]) == ("GW1", "down", "critical")
    assert (two["line"], two["registration"], two["judged"]) == ("GW2", "down", "ok")


def test_a_gateway_that_counts_calls_and_alarms() -> None:
    said = held(
        ("1.3.6.1.4.1.5003.15.3.1.1.1.2.0", 7),
        (f"{AUDIO}.10.2.5.4.0", 4), (f"{AUDIO}.10.2.10.1.0", 3),
        (f"{mib.ANALOG}.4.0", 0), (f"{mib.ANALOG}.2.0", 0), (f"{mib.ANALOG}.4.1", 1),
    )  # fmt: skip
    answer = payload(said, QUESTIONS)
    one = only(answer)
    assert (one["activity"], one["busy"]) == ("7 calls", 7)
    assert one["complaints"] == "Worst alarm major, Redundancy not ready"
    assert [(row["line"], row["hook"]) for row in table(LINE, answer)] == [
        ("FXO 0", "off hook"), ("analog 1", "on hook"),
    ]  # fmt: skip


def test_a_table_that_is_refused_costs_no_other() -> None:
    parts = list(parted(ANSWER, len(QUESTIONS)))
    parts[0] = parts[-1] = refused("genErr", "genErr")
    assert len(table(LINE, joined(parts))) == 2
    with pytest.raises(Malformed, match="refuses: genErr"):
        table(LINE, joined([refused("genErr", "genErr")] * len(QUESTIONS)))


_VALUES = some.one_of(
    some.integers(-(2**31), 2**31 - 1), some.binary(max_size=20), some.just("@1.3.6.1.2.1.25.2.1.2")
)
_ROOTS = some.sampled_from(
    [
        *(f"{oid}.{column}" for oid, columns in mib.TABLES for column in columns),
        *(f"{mib.HELIOS}.6.1.{column}" for column in (2, 3, 4)),
        *(f"{POLY}.{at}" for at in ("2.8.3.1.2", "3.6.2.1.3", "1.6", "4.1.1.1")),
        *(f"{mib.GRANDSTREAM}.2.{at}" for at in (1, 2)),
        *(f"{mib.CLICKSHARE}.2.{at}" for at in (2, 3, 4)),
    ]
)


@given(some.lists(some.tuples(_ROOTS, some.sampled_from(["0", "1", "1.0", "2.0.0", "4294967295"]),
                              _VALUES), max_size=40))  # fmt: skip
def test_whatever_an_endpoint_says_there_are_rows(
    said: list[tuple[str, str, int | bytes | str]],
) -> None:
    objects = {f"{root}.{index}": value for root, index, value in said}
    answer = payload(held(*objects.items()), QUESTIONS)
    for probe in INTEGRATION.probes:
        rows = probe.rows(probe.read(answer), None)
        assert all(len(row) == len(probe.columns) for row in rows)
        at = [probe.index(key) for key in probe.key]
        assert len({tuple(row[place] for place in at) for row in rows}) == len(rows)


async def test_a_real_walk_answers_the_same(tmp_path: Path) -> None:
    async with stub(ROOM) as agent:
        parts = await answered(target(tmp_path, agent.address, community="public"), *QUESTIONS)
        for probe in INTEGRATION.probes:
            assert table(probe, joined(parts)) == table(probe, ANSWER)
        assert len(agent.asked) <= 30


CASES = [
    ("endpoint.unregistered", {"line": "1", "judged": "ok"}, {"judged": "critical"}, "crit"),
    ("endpoint.unregistered", {"line": "1", "judged": "ok"}, {"judged": "unknown"}, ""),
    ("endpoint.part", {"part": "Camera", "judged": "ok"}, {"judged": "critical"}, "crit"),
    ("endpoint.part", {"part": "Syslog", "judged": "ok"}, {"judged": "warning"}, "warn"),
    ("endpoint.reading", {"key": "1", "physical": "temperature", "judged": "ok"},
     {"judged": "critical"}, "crit"),
    ("endpoint.reading", {"key": "1", "physical": "state", "judged": "ok"},
     {"judged": "critical"}, ""),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[f"{one[0]}-{one[3]}" for one in CASES])
def test_rules(tmp_path: Path, case: tuple[str, dict[str, object], dict[str, object], str]) -> None:
    rule, good, bad, level = case
    assert tried(tmp_path, rules("endpoint")[rule], good, bad, level) == 0
