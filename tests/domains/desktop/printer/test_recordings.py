"""Real printers: supplies, states, counts and identity as another program reads them."""

from pathlib import Path
from typing import Any

import pytest

from opsconsole.domains.desktop.printer import ALERT, INTEGRATION, STATUS, SUPPLY, TRAY
from opsconsole.domains.desktop.printer.mib import QUESTIONS
from opsconsole.model import Value
from tests.domains.desktop.recording import answer, expected, table

PRINTERS = ("jetdirect_m252dw", "brother", "ricoh_mpc3002", "konica_c250i", "epson", "zebra")
READING, SUMMARY = INTEGRATION.probes[-2:]

Cells = dict[str, Value]


def by_source(payload: bytes) -> dict[str, Cells]:
    return {str(one["source"]): one for one in table(READING, payload)}


def agreed(folder: Path, name: str) -> tuple[list[str], list[str], list[str]]:
    """Supplies whose value is the same, those that have a word for a value that upstream made up,
    and those that differ."""
    payload = answer(folder, name, QUESTIONS)
    rows = by_source(payload)
    same: list[str] = []
    worded: list[str] = []
    other: list[str] = []
    for one in expected(folder, name).get("printer-supplies", {}).get("printer_supplies", []):
        mine = rows.get(one["supply_oid"].lstrip("."))
        if mine is None or mine["name"] != one["supply_descr"]:
            other.append(one["supply_descr"])
            continue
        value = mine["value"]
        if value is None and one["supply_current"] == 50 and str(mine["word"]).startswith("some"):
            worded.append(one["supply_descr"])
            continue
        assert isinstance(value, float)
        # Of a box for waste upstream gives the room that is left.
        left = 100 - value if one["supply_type"].startswith("waste") else value
        (same if round(left) == one["supply_current"] else other).append(one["supply_descr"])
    return same, worded, other


def test_all_supplies_are_read_as_others_read_them(recordings: Path) -> None:
    """23 of 29 have the same percentage; 6 are "some", for which others show 50 %."""
    found = [agreed(recordings, name) for name in PRINTERS]
    assert [one[2] for one in found if one[2]] == []
    assert (sum(len(one[0]) for one in found), sum(len(one[1]) for one in found)) == (23, 6)


def _state(sensor: dict[str, Any], mine: Cells) -> None:
    """A word for each value of a state."""
    current = sensor["sensor_current"]
    if sensor["sensor_type"] == "hrDeviceStatus":
        words = {1: "unknown", 2: "running", 3: "warning", 4: "testing", 5: "down"}
        assert mine["word"] == words[current]
    else:
        words = {0: "normal", 8: "service requested"}
        assert mine["word"] == words[current]


@pytest.mark.parametrize("name", PRINTERS)
def test_every_state_and_count_agrees(recordings: Path, name: str) -> None:
    rows = by_source(answer(recordings, name, QUESTIONS))
    sensors = expected(recordings, name)["sensors"].get("sensors", [])
    assert sensors
    for sensor in sensors:
        mine = rows[sensor["sensor_oid"].lstrip(".")]
        if sensor["sensor_class"] == "state":
            _state(sensor, mine)
        else:
            assert mine["value"] == sensor["sensor_current"]


IDENTITIES = {
    "jetdirect_m252dw": ("HP Color LaserJet Pro M252dw", "VNB3J99999", "1F31B6C"),
    "brother": ("Brother MFC-L2710DW series", "000A5J431816", "Q"),
    "ricoh_mpc3002": ("RICOH Aficio MP C3002", "W492KB03439", "2.20"),
    "konica_c250i": ("KONICA MINOLTA bizhub C250i", "AA2M021115700", "1.102"),
    "epson": ("EPSON WF-C5790BA", "X3B8022793", ""),
    "zebra": ("ZTC TLP 2824 Plus", "7062184", "V61.17.17Z"),
}


@pytest.mark.parametrize("name", PRINTERS)
def test_every_printer_says_what_it_is(recordings: Path, name: str) -> None:
    (one,) = table(STATUS, answer(recordings, name, QUESTIONS))
    assert (one["model"], one["serial"], one["firmware"]) == IDENTITIES[name]
    told = expected(recordings, name)["os"]["devices"][0]
    assert told["serial"] in {None, one["serial"]}
    assert told["version"] in {None, one["firmware"]}


def test_supplies_have_color_and_part(recordings: Path) -> None:
    rows = table(SUPPLY, answer(recordings, "epson", QUESTIONS))
    assert [(one["color"], one["part"], one["judged"]) for one in rows] == [
        ("black", "T9441/T9451/T9461", "critical"),
        ("cyan", "T9442/T9452", "critical"),
        ("magenta", "T9443/T9453", "critical"),
        ("yellow", "T9444/T9454", "critical"),
    ]
    rows = table(SUPPLY, answer(recordings, "jetdirect_m252dw", QUESTIONS))
    assert [one["part"] for one in rows] == ["CF400X", "CF401X", "CF403X", "CF402X"]
    (drum,) = (
        one for one in table(SUPPLY, answer(recordings, "brother", QUESTIONS)) if one["level"]
    )
    assert (drum["type"], drum["level"], drum["capacity"]) == ("drum", 11501, 12000)


def test_waste_is_full_where_no_room_is_left(recordings: Path) -> None:
    rows = table(SUPPLY, answer(recordings, "ricoh_mpc3002", QUESTIONS))
    (waste,) = (one for one in rows if one["type"] == "waste toner")
    assert (waste["left_percent"], waste["full_percent"], waste["judged"]) == (None, 0.0, "ok")
    rows = table(SUPPLY, answer(recordings, "konica_c250i", QUESTIONS))
    (waste,) = (one for one in rows if one["type"] == "waste toner")
    assert (waste["full_percent"], waste["word"]) == (None, "some room left")


def test_an_empty_tray_is_told_and_one_that_is_filled_by_hand_is_not(recordings: Path) -> None:
    rows = table(TRAY, answer(recordings, "ricoh_mpc3002", QUESTIONS))
    assert {str(one["tray"]): one["judged"] for one in rows} == {
        "Tray 1": "ok", "Tray 2": "ok", "Tray 3": "ok", "Tray 4": "warning", "Bypass Tray": "ok",
    }  # fmt: skip


def test_the_summary_counts_what_is_bad(recordings: Path) -> None:
    (one,) = table(SUMMARY, answer(recordings, "epson", QUESTIONS))
    assert (one["critical"], one["worst"]) == (4, "Black Ink Supply Unit T9441/T9451/T9461 1 %")
    assert table(ALERT, answer(recordings, "epson", QUESTIONS)) == []
