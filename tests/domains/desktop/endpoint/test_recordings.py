"""Real endpoints: identity, states and ports as another program reads them."""

from pathlib import Path
from typing import Any

import pytest

from opsconsole.domains.desktop.endpoint import INTEGRATION, LINE, PART, PORT, STATUS
from opsconsole.domains.desktop.endpoint.mib import QUESTIONS
from opsconsole.model import Value
from tests.domains.desktop.recording import answer, expected, table

ENDPOINTS = ("polycomLens_studioxc50", "grandstream-ht_ht802", "audiocodes_mp118",
             "clickshare_main")  # fmt: skip
READING, SUMMARY = INTEGRATION.probes[-2:]

Cells = dict[str, Value]

IDENTITIES = {
    "polycomLens_studioxc50": ("Poly", "video", "StudioX50", "12345678", "3.10.0-362035"),
    "grandstream-ht_ht802": ("Grandstream", "gateway", "HT802", "", "1.0.63.3"),
    "audiocodes_mp118": ("AudioCodes", "gateway", "MP-118 FXS", "10512508", "6.60A.309.001"),
    "clickshare_main": ("Barco", "room", "Barco ClickShare", "1874830543", ""),
    "vccodec": ("Cisco", "video", "Cisco TelePresence SX20", "A0A0A0A0A0A", "TC7.3.5.a93bdb1"),
    "heliosip": ("2N", "intercom", "2N IP Force", "54-2354-8708", "2.22.0.31.8"),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_every_endpoint_says_what_it_is(recordings: Path, name: str) -> None:
    (one,) = table(STATUS, answer(recordings, name, QUESTIONS))
    told = (one["maker"], one["type"], one["model"], one["serial"], one["firmware"])
    assert told == IDENTITIES[name]


WORDS = {
    "polycomEndpointGeneric": {1: {"disabled"}, 2: {"ok", "registered"}, 3: {"failed"}},
    "hookStatus": {0: {"on hook"}, 1: {"off hook"}},
    "regStatus": {0: {"registered"}, 1: {"not registered"}},
    "acAnalogFxsFxoHookState": {0: {"off hook"}, 1: {"on hook"}},
}


def sensors_of(folder: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = expected(folder, name)["sensors"]["sensors"]
    return found


@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_sensor_agrees(recordings: Path, name: str) -> None:
    rows = {str(row["source"]): row for row in table(READING, answer(recordings, name, QUESTIONS))}
    sensors = sensors_of(recordings, name)
    assert sensors
    for sensor in sensors:
        oid = sensor["sensor_oid"].lstrip(".")
        # Upstream makes up one more zero than these agents have.
        mine = rows[oid] if oid in rows else rows[oid.removesuffix(".0")]
        if sensor["sensor_class"] == "state":
            said = WORDS[sensor["sensor_type"]][sensor["sensor_current"]]
            assert mine["word"] in said
        else:
            assert mine["value"] == pytest.approx(sensor["sensor_current"])


def test_ports_are_the_same_but_for_those_that_carry_no_packets(recordings: Path) -> None:
    for name in ("polycomLens_studioxc50", "audiocodes_mp118", "clickshare_main"):
        rows = {str(row["index"]): row for row in table(PORT, answer(recordings, name, QUESTIONS))}
        for port in expected(recordings, name)["ports"]["ports"]:
            if port["ifType"] == "softwareLoopback":
                assert str(port["ifIndex"]) not in rows
                continue
            mine = rows[str(port["ifIndex"])]
            # Upstream tells at first only whether there is a link, and then why there is none.
            said = {"up": {"up"}, "down": {"off", "not connected"}}
            assert mine["status"] in said[port["ifOperStatus"]]


def test_lines_have_numbers_and_registrations(recordings: Path) -> None:
    rows = table(LINE, answer(recordings, "audiocodes_mp118", QUESTIONS))
    assert [row["number"] for row in rows] == [
        "9647", "9702", "9782", "9785", "9788", "9798", "9801", "9806",
    ]  # fmt: skip
    assert {(row["hook"], row["label"], row["type"]) for row in rows} == {("on hook", "Fax", "FXS")}
    one, two = table(LINE, answer(recordings, "heliosip", QUESTIONS))
    assert (one["number"], one["registrar"], one["registration"]) == (
        "2499", "10.1.1.10", "registered",
    )  # fmt: skip
    assert (two["registration"], two["judged"]) == ("not set up", "ok")
    good, bad = table(LINE, answer(recordings, "grandstream-ht_ht802", QUESTIONS))
    assert (good["judged"], bad["judged"]) == ("ok", "critical")


def test_a_service_that_no_call_needs_is_a_warning(recordings: Path) -> None:
    payload = answer(recordings, "polycomLens_studioxc50", QUESTIONS)
    parts = {str(row["part"]): row["judged"] for row in table(PART, payload)}
    assert (parts["Syslog"], parts["Cameras"], parts["Camera Main"]) == ("warning", "ok", "ok")
    (one,) = table(STATUS, payload)
    assert (one["lines"], one["wanted"], one["registered"], one["busy"]) == (2, 1, 0, 0)
    assert one["complaints"] == "SIP line 1 failed, Syslog failed, SIP server 1 failed"
    (short,) = table(SUMMARY, payload)
    assert (short["critical"], short["warning"]) == (1, 2)
