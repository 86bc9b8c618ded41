"""Answers of controllers as rows: what doors do, what their log says, and what is absurd."""

import time
from typing import Any

import pytest

from opsconsole.domains.lowvoltage.door.entry import entries, number, seconds
from opsconsole.domains.lowvoltage.door.health import EVENT, HEALTH
from opsconsole.domains.lowvoltage.door.news import controller as told_of_controller
from opsconsole.domains.lowvoltage.door.news import doors as told_of_doors
from opsconsole.domains.lowvoltage.door.probe import DOOR
from opsconsole.errors import Malformed
from opsconsole.model import Level
from tests.domains.lowvoltage.door.scene import AT, Table, asked, log, payload, table
from tests.servers.isapi import controller

REST = {"doorLockStatus": [0, 0], "magneticStatus": [0, 0], "doorStatus": [4, 4]}


def entry(minor: int, seconds_ago: float, door: int = 1, major: int = 5) -> dict[str, Any]:
    when = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(AT - seconds_ago))
    return {"major": major, "minor": minor, "time": when, "doorNo": door,
            "serialNo": 5000 - int(seconds_ago)}  # fmt: skip


def doors(work: dict[str, Any], *rest: Any, since: list[float] | None = None) -> Table:
    return table(DOOR, payload(REST | work, *rest, since=since))


async def test_a_quiet_controller() -> None:
    async with controller() as one:
        answer = await asked(one)
    first, second = table(DOOR, answer)
    assert (first["name"], second["name"]) == ("Lobby", "Server room")
    assert (first["state"], first["lock"], first["contact"]) == ("closed", "locked", "closed")
    assert (first["mode"], first["open_s"], first["since"]) == ("card", 0.0, None)
    assert (first["reader"], first["readers"], first["tamper"]) == ("online", "2 of 2", "ok")
    (row,) = table(HEALTH, answer)
    assert (row["worst_state"], row["doors"], row["open"], row["readers"]) == ("ok", 2, 0, 4)
    assert (row["model"], row["serial"], row["log"]) == ("DS-K2602", "SN-1", "ok")
    assert row["drift_s"] < 30
    assert table(EVENT, answer) == []


async def test_a_forced_door_and_a_slow_clock() -> None:
    async with controller() as one:
        one.behind_s = 300.0
        one.force(2)
        for _ in range(40):  # many people pass the other door: the usual search has forgotten
            one.note(5, 0x01, 1, cardNo="0012345678", name="Li Wei")
        answer = await asked(one)
    first, second = table(DOOR, answer)
    assert (first["state"], second["state"]) == ("closed", "forced open")
    seen = DOOR.read(answer).at
    assert abs(second["forced_at"] - seen) < 60, "by our clock, not by its own"
    (row,) = table(HEALTH, answer)
    assert (row["worst_state"], row["where"], row["forced"]) == ("forced open", "Server room", 1)
    assert 270 < row["drift_s"] < 330
    newest, *_ = table(EVENT, answer)
    assert (newest["event"], newest["who"], newest["card"]) == ("card accepted", "Li Wei", "…5678")
    assert len(table(EVENT, answer)) == 30


def test_since_when_a_door_is_open() -> None:
    work = {"magneticStatus": [1, 0]}
    seen = doors(work, since=[AT - 40, AT - 9])[0]
    assert (seen["state"], seen["open_s"], seen["since"]) == ("open", 40.0, AT - 40)
    longer = doors(work, log(entry(0x19, 200)), since=[AT - 40, AT])[0]
    assert (longer["open_s"], longer["since"]) == (200.0, AT - 200)
    late = doors(work, log(entry(0x1C, 20), entry(0x19, 50)), since=[AT - 45, AT])[0]
    assert (late["state"], late["held_at"]) == ("held open", AT - 20)
    stale = doors(work, log(entry(0x1A, 100), entry(0x19, 200)), since=[AT - 3, AT])[0]
    assert stale["open_s"] == 3.0, "it was closed meanwhile"
    assert doors({"magneticStatus": []})[0]["open_s"] is None


def test_what_forced_open_needs() -> None:
    forced = log(entry(0x1B, 60))
    assert doors({"magneticStatus": [1, 0]}, forced)[0]["state"] == "forced open"
    assert doors({"magneticStatus": [0, 0]}, forced)[0]["state"] == "closed"
    again = log(entry(0x19, 5), entry(0x1A, 30), entry(0x1B, 60))
    assert doors({"magneticStatus": [1, 0]}, again)[0]["state"] == "open"
    assert doors({"magneticStatus": []}, forced)[0]["state"] == "forced open"
    assert doors({"magneticStatus": [1, 0]}, log(entry(0x1B, 60, 2)))[0]["state"] == "open"
    kept = doors({"magneticStatus": [1, 0]}, log(entry(0x1C, 9), entry(0x1B, 60)))[0]
    assert kept["state"] == "forced open", "held open, too, but that is the less"


@pytest.mark.parametrize(
    ("work", "state"),
    [
        ({"doorLockStatus": [1, 0]}, "unlocked"),
        ({"doorLockStatus": [2, 0]}, "lock fault"),
        ({"magneticStatus": [3, 0]}, "contact fault"),
        ({"magneticStatus": []}, "locked"),
        ({"magneticStatus": [9, 0], "doorLockStatus": [-1, 0]}, ""),
        ({"magneticStatus": ["1", "0"]}, "open"),
    ],
)
def test_states(work: dict[str, Any], state: str) -> None:
    assert doors(work)[0]["state"] == state


@pytest.mark.parametrize(
    ("online", "fitted", "first", "second"),
    [
        ([1, 2, 3, 4], [3, 3, 3, 3], "2 of 2", "2 of 2"),
        ([1, 2, 4], [3, 3, 3, 3], "2 of 2", "1 of 2"),
        ([1, 1, 0, 1], [], "2 of 2", "1 of 2"),
        ([1, 1], [2, 2], "1 of 1", "1 of 1"),
        ([1], [3, 3], "1 of 1", "0 of 1"),
        ([], [3, 3], "0 of 1", "0 of 1"),
        ([], [], "", ""),
        ("1", "", "1 of 1", ""),
        (["true"], None, "0 of 1", ""),
    ],
)
def test_readers_are_told_in_two_ways(online: Any, fitted: Any, first: str, second: str) -> None:
    work = {"cardReaderOnlineStatus": online, "cardReaderVerifyMode": fitted}
    assert [row["readers"] for row in doors(work)] == [first, second]


def test_the_worst_stands_in_the_list() -> None:
    def word(rest: dict[str, Any], **more: Any) -> str:
        (row,) = table(HEALTH, payload(REST | rest, since=[AT - 50, AT], **more))
        return f"{row['worst_state']}: {row['where']}".rstrip(": ")

    assert word({"fireAlarmStatus": "shortCircuit"}) == "fire alarm: its fire input says so"
    assert word({"hostAntiDismantleStatus": "open"}).startswith("tampered: the controller")
    taken = {"cardReaderOnlineStatus": [1, 1], "cardReaderAntiDismantleStatus": [0, 1]}
    assert word(taken) == "tampered: door 2"
    assert word({"magneticStatus": [1, 0]}) == "held open: door 1"
    assert word({"magneticStatus": [1, 0], "doorStatus": [2, 4]}) == "ok"
    assert word({"powerSupplyStatus": "BatteryPowerSupply"}) == "on battery"


@pytest.mark.parametrize(
    "work",
    [
        {"doorLockStatus": [0] * 9999, "magneticStatus": [1] * 9999},
        {"doorLockStatus": {"a": 1}, "magneticStatus": None, "doorStatus": 1e300},
        {"cardReaderOnlineStatus": [9**15, -4, None, True, "x" * 5000]},
        {"batteryLowVoltage": [], "hostAntiDismantleStatus": {}, "fireAlarmStatus": [1]},
        {"x": "y"},
    ],
)
def test_what_is_absurd_survives(work: dict[str, Any]) -> None:
    odd: list[Any] = [
        {"major": [], "minor": {}, "serialNo": "x", "time": 9, "name": ["\x1b[2J"]},
        "x",
        None,
    ]
    answer = payload(work, {"AcsEvent": {"InfoList": odd}}, since=[1e300, -1.0])
    for probe in (DOOR, HEALTH, EVENT):
        assert len(table(probe, answer)) <= 256
    assert "\x1b" not in str(table(EVENT, answer))


@pytest.mark.parametrize("answer", [b"", b"200 2\n{}", payload(None), payload({}), payload([])])
def test_what_is_no_answer_is_told(answer: bytes) -> None:
    with pytest.raises(Malformed):
        DOOR.read(answer)


def test_times_and_numbers() -> None:
    assert seconds("2026-01-01T08:00:00+08:00") == seconds("2026-01-01T08:00:00", "CST-8:00:00")
    assert seconds("2026-01-01T08:00:00") is None
    assert seconds("2026-01-01T08:00:00", "XXX+99:99") is None
    assert seconds("0001-01-01T00:00:00+14:00") is None
    assert (number("17"), number("x"), number(True), number(-1), number(2**60)) == (
        17, None, None, None, None,
    )  # fmt: skip
    assert entries({"AcsEvent": {"totalMatches": 0}}) == []
    assert entries({"ResponseStatus": {}}) is None
    (odd,) = entries({"AcsEvent": {"InfoList": [{"major": 7, "minor": 255}]}}) or []
    assert odd.word == "kind 7 0xff"


def test_what_happened_goes_to_the_timeline() -> None:
    def rows(work: dict[str, Any], *rest: Any) -> list[Any]:
        one = DOOR.read(payload(REST | work, *rest))
        return DOOR.rows(one, None)

    calm = rows({"cardReaderOnlineStatus": [1, 1]})
    assert told_of_doors("d", AT, calm, calm) == []
    brief = rows({"cardReaderOnlineStatus": [1, 1], "cardReaderAntiDismantleStatus": [0, 1]},
                 log(entry(0x1A, 1), entry(0x1B, 3)))  # fmt: skip
    forced, taken = told_of_doors("d", AT, calm, brief)
    assert (forced.text, forced.level, forced.at) == ("forced open", Level.CRIT, AT - 3)
    assert (forced.object, taken.object) == ("door 1", "door 2")
    assert (taken.text, taken.level) == ("reader: ok -> tampered", Level.CRIT)
    assert told_of_doors("d", AT, brief, brief) == []
    assert [one.text for one in told_of_doors("d", AT, brief, calm)] == ["reader: tampered -> ok"]
    held = rows({"cardReaderOnlineStatus": [1, 1]}, log(entry(0x1C, 2)))
    assert [one.level for one in told_of_doors("d", AT, calm, held)] == [Level.WARN]


def test_a_housing_that_is_opened_goes_there_too() -> None:
    def rows(case: str) -> list[Any]:
        return HEALTH.rows(HEALTH.read(payload(REST | {"hostAntiDismantleStatus": case})), None)

    (opened,) = told_of_controller("d", AT, rows("close"), rows("open"))
    assert (opened.text, opened.level) == ("housing: ok -> tampered", Level.CRIT)
    assert told_of_controller("d", AT, rows("x"), rows("close")) == []
    assert told_of_controller("d", AT, [], rows("open")) == []
