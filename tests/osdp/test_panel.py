"""Doors of a gateway by reports and time alone."""

from typing import Any

from opsconsole.osdp.panel import HELD_S, KEPT, NOT_TOLD, PASSAGE_S, Panel, moment
from tests.servers.osdp import ADDRESS, layout

AT = 1_790_000_000.0
CLOSED, OPEN, PRESSED = bytes(4), bytes([1, 0, 0, 0]), bytes([0, 1, 0, 0])


def panel(**door: Any) -> Panel:
    """One whose device is online and whose door is closed."""
    one = Panel(layout(**door))
    one.online(ADDRESS, True, AT)
    one.inputs(ADDRESS, CLOSED, AT)
    return one


def logged(one: Panel) -> list[tuple[int, int]]:
    return [(entry["major"], entry["minor"]) for entry in one.log]


def test_what_is_not_known_is_not_told() -> None:
    one = Panel(layout())
    assert one.work()["magneticStatus"] == [NOT_TOLD]
    assert one.work()["doorLockStatus"] == [NOT_TOLD]
    assert one.work()["cardReaderOnlineStatus"] == [0]
    one.online(ADDRESS, True, AT)
    assert one.work()["magneticStatus"] == [NOT_TOLD], "online, and has not said anything"
    one.inputs(ADDRESS, b"", AT)
    assert one.work()["magneticStatus"] == [NOT_TOLD], "it has fewer inputs than the file says"
    one.inputs(ADDRESS, OPEN, AT)
    assert logged(one) == [(2, 0x40A), (5, 0x19)], "open when the gateway began: nobody forced it"
    one.online(ADDRESS, False, AT + 9)
    assert one.work()["magneticStatus"] == [NOT_TOLD]
    one.online(ADDRESS, False, AT + 10)
    assert logged(one)[2:] == [(2, 0x409)]


def test_a_door_that_opens_by_itself_is_forced() -> None:
    one = panel()
    one.inputs(ADDRESS, OPEN, AT + 1)
    one.inputs(ADDRESS, OPEN, AT + 2)
    one.inputs(ADDRESS, CLOSED, AT + 3)
    assert logged(one)[1:] == [(5, 0x1B), (5, 0x1A)]


def test_a_button_lets_out() -> None:
    one = panel()
    one.inputs(ADDRESS, PRESSED, AT + 1)
    one.inputs(ADDRESS, OPEN, AT + 1 + PASSAGE_S)
    one.inputs(ADDRESS, CLOSED, AT + 40)
    one.inputs(ADDRESS, OPEN, AT + 41)
    assert logged(one)[1:] == [(5, 0x17), (5, 0x19), (5, 0x1A), (5, 0x1B)]


def test_a_release_is_what_the_device_says_it_did() -> None:
    one = panel()
    asked = one.release(1, AT + 1)
    assert asked == (ADDRESS, {"output_no": 2, "control_code": 5, "timer_count": 10})
    assert one.work()["doorLockStatus"] == [0], "nobody said yet that it was done"
    one.released(ADDRESS, 3, True, AT + 1)
    assert one.work()["doorLockStatus"] == [0], "another output"
    one.released(ADDRESS, 2, True, AT + 1)
    assert one.work()["doorLockStatus"] == [1]
    one.tick(AT + 1.5)
    one.tick(AT + 2)
    one.tick(AT + 3)
    one.inputs(ADDRESS, OPEN, AT + 4)
    assert logged(one)[1:] == [(3, 0x400), (5, 0x15), (5, 0x16), (5, 0x19)]
    one.release(1, AT + 9)
    one.released(ADDRESS, 2, False, AT + 9)
    assert (logged(one)[-1], one.work()["doorLockStatus"]) == ((5, 0x5C), [0])


def test_what_cannot_be_released() -> None:
    assert panel(lock=None).release(1, AT) is None
    assert panel(lock=None).work()["doorLockStatus"] == [NOT_TOLD]
    assert panel().release(2, AT) is None
    assert panel().release(0, AT) is None
    assert Panel(layout()).release(1, AT) is None


def test_a_door_held_open_is_told_once() -> None:
    one = panel(open_when=False)
    for seconds in (1.0, HELD_S, HELD_S + 1):
        one.tick(AT + seconds)
    assert logged(one)[1:] == [(5, 0x19), (5, 0x1C)]


def test_tampering_and_cards() -> None:
    one = panel()
    for now in (False, True, True, False):
        one.tamper(ADDRESS, now, AT)
    one.card(ADDRESS, "deadbeef", AT)
    assert logged(one)[1:] == [(1, 0x406), (1, 0x407), (5, 0x09)]
    assert one.log[-1]["cardNo"] == "deadbeef"


def test_its_log_is_bounded_and_searched_from_its_end() -> None:
    one = panel()
    for number in range(2 * KEPT):
        one.card(ADDRESS, f"{number:08x}", AT + number)
    assert len(one.log) == KEPT
    found = one.search({"maxResults": 9999, "major": 5, "minor": 9, "searchID": "x" * 500})
    assert (found["numOfMatches"], found["totalMatches"]) == (30, KEPT)
    assert found["InfoList"][0]["serialNo"] == 2 * KEPT + 1
    assert found["InfoList"][0]["time"] == moment(AT + 2 * KEPT - 1)
    odd = one.search({"maxResults": -1, "searchResultPosition": "x", "major": [], "minor": None})
    assert odd["numOfMatches"] == 30
    assert one.search({"searchResultPosition": 9999})["InfoList"] == []
