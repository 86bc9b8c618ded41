"""Rows of what a controller tells: recorded and modern documents, and what is absurd."""

import json
from pathlib import Path
from typing import Any

import pytest

from opsconsole.domains.system.bmc import INTEGRATION
from opsconsole.errors import Malformed
from opsconsole.question import Part, joined
from opsconsole.spec import Probe
from tests.domains.database.redis.scene import Table, table
from tests.servers.redfish import CHASSIS, MANAGER, MODERN, SYSTEM, link, listed

PROBES = {probe.id.partition(".")[2]: probe for probe in INTEGRATION.probes}
ROOT = "/redfish/v1/"


def probe(name: str) -> Probe[Any]:
    return PROBES[name]


def crawl(documents: dict[str, Any]) -> bytes:
    """An answer of these documents, the root first."""
    tree: dict[str, Any] = {
        path: one if path == "" or not isinstance(one, dict) else {"@odata.id": path} | one
        for path, one in documents.items()
    }
    return joined([Part(200, json.dumps(tree).encode())])


def rows(name: str, documents: dict[str, Any]) -> Table:
    return table(probe(name), crawl(documents))


def dell(recordings: Path) -> dict[str, Any]:
    folder = recordings / "redfish" / "dell"
    read = {
        name: json.loads((folder / f"dell_{name}.json").read_text())
        for name in ("available_systems", "systems", "chassis", "thermal", "power")
    }
    root = {"Systems": link("/redfish/v1/Systems"), "Chassis": link("/redfish/v1/Chassis")}
    found = {ROOT: root, "/redfish/v1/Systems": read["available_systems"]}
    found["/redfish/v1/Chassis"] = listed(read["chassis"]["@odata.id"])
    return found | {one["@odata.id"]: one for one in read.values()}


def test_a_recorded_server_of_the_documents_of_before(recordings: Path) -> None:
    tree = dell(recordings)
    (one,) = rows("health", tree)
    assert (one["model"], one["power"], one["health"]) == ("PowerEdge R640", "on", "ok")
    assert (one["host"], one["bios"], one["systems"]) == ("tpa-hostname", "2.3.10", 1)
    read = {row["name"]: row for row in rows("reading", tree)}
    assert len(read) == 16 + 1 + 3 + 1 + 1  # fans, temperatures, voltages, power, a supply
    fan, cpu = read["System Board Fan1A"], read["CPU1 Temp"]
    assert (fan["value"], fan["unit"], fan["low_crit"], fan["judged"]) == (17760, "rpm", 600, "ok")
    assert (cpu["value"], cpu["unit"], cpu["high_crit"], cpu["place"]) == (40, "°C", 93, "inside")
    assert cpu["whose"] == "device"
    power = read["System Power Control"]
    assert (power["value"], power["unit"], power["judged"]) == (429, "W", "ok")
    (supply,) = rows("supply", tree)
    assert (supply["input_v"], supply["output_w"], supply["state"]) == (206, 203, "ok")
    (chassis,) = rows("chassis", tree)
    assert (chassis["intrusion"], chassis["locator"]) == ("Normal", "off")


def test_the_documents_of_today_go_before_those_of_before() -> None:
    read = {row["name"]: row for row in rows("reading", MODERN)}
    assert "old" not in read
    intake = read["Intake"]
    assert (intake["value"], intake["place"], intake["high_warn"], intake["whose"]) == (
        24.5, "inlet", 35, "device",
    )  # fmt: skip
    assert "Ambient Temperature" not in read  # the same sensor, told of twice
    assert (read["Fan Bay 1"]["value"], read["Fan Bay 1"]["unit"]) == (2200, "rpm")
    assert (read["Fan Bay 2"]["value"], read["Fan Bay 2"]["word"]) == (None, "not fitted")
    assert read["Rack server power"]["value"] == 374
    assert read["Power Supply Bay 1"]["judged"] == "warning"
    assert "Power Supply Bay 2" not in read
    (short,) = rows("summary", MODERN)
    assert (short["warning"], short["worst"], short["hottest_c"]) == (
        1, "Power Supply Bay 1 Warning", 24.5,
    )  # fmt: skip


def test_parts_with_documents_of_their_own() -> None:
    one, two = rows("supply", MODERN)
    assert (one["input_w"], one["output_w"], one["capacity_w"]) == (374, 350, 800)
    assert (one["state"], two["state"]) == ("warning", "not fitted")
    (drive,) = rows("drive", MODERN)
    assert (drive["prediction"], drive["life_percent"]) == ("failing", 4)
    newest, _ = rows("log", MODERN)
    assert (newest["severity"], newest["message"]) == ("critical", "Fan \ufffd[2J stopped")
    assert (newest["log"], newest["of"]) == ("SEL", "Fan")
    (system,) = rows("system", MODERN)
    assert (system["locator"], system["boot_next"], system["memory_bytes"]) == ("off", "", 96 << 30)
    assert system["reset_at"] == 1773353673
    (manager,) = rows("controller", MODERN)
    assert (manager["firmware"], manager["health"]) == ("1.45.455b66-rev4", "ok")


def test_a_machine_that_is_off_has_no_fan_that_failed() -> None:
    fans = f"{CHASSIS}/ThermalSubsystem/Fans/Bay1"
    still = MODERN[fans] | {"SpeedPercent": {"Reading": 0, "SpeedRPM": 0}}
    stopped = {row["name"]: row for row in rows("reading", MODERN | {fans: still})}
    assert stopped["Fan Bay 1"]["value"] == 0
    off = MODERN | {fans: still, CHASSIS: MODERN[CHASSIS] | {"PowerState": "Off"}}
    fan = {row["name"]: row for row in rows("reading", off)}["Fan Bay 1"]
    assert (fan["value"], fan["word"]) == (None, "powered off")


def test_the_worst_is_told_and_who_it_is() -> None:
    memory = {"Status": {"State": "Enabled", "Health": "Critical"}}
    sick = MODERN | {SYSTEM: MODERN[SYSTEM] | {"MemorySummary": memory}}
    (one,) = rows("health", sick)
    assert (one["health"], one["unwell"]) == ("critical", "WebFrontEnd483")
    (one,) = rows("health", MODERN | {MANAGER: 403, "": 5})
    assert (one["unread"], one["firmware"]) == (6, "")


ODD: list[Any] = [
    None, 7, -1, "", "x", [], [[]], {}, {"Members": 7}, {"Members": [7, None, {"@odata.id": 7}]},
    {"Status": 7}, {"Status": {"Health": 7, "State": []}}, {"Name": ["x"]}, 1e308, True,
]  # fmt: skip


@pytest.mark.parametrize("path", [path for path in MODERN if path != ROOT])
def test_any_document_may_be_anything(path: str) -> None:
    keys = list(MODERN[path])
    for odd in ODD:
        every = MODERN[path] | dict.fromkeys(keys, odd)
        ones = [MODERN[path] | {key: odd} for key in keys[:: 1 if odd in ODD[-2:] else 4]]
        for one in (odd, every, *ones):
            for name in PROBES:
                for row in rows(name, {**MODERN, path: one}):
                    assert len(row) == len(PROBES[name].columns)


def test_collections_that_lead_to_themselves_end() -> None:
    again = listed(SYSTEM) | {"Members@odata.nextLink": "/redfish/v1/Systems"}
    assert len(rows("system", MODERN | {"/redfish/v1/Systems": again})) <= 2


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"<html>", b"[" * 100_000, b"\xff"])
def test_what_is_no_answer(body: bytes) -> None:
    for one in INTEGRATION.probes:
        with pytest.raises(Malformed):
            one.read(joined([Part(200, body)]))
