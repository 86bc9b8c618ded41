"""The doors of a gateway as a state machine: reports of devices in, documents of ISAPI out.

Pure: whoever calls says what time it is.
"""

import datetime
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from opsconsole.osdp.layout import Door, Layout

KEPT = 500
"""Entries of the log; they are in memory alone."""

PASSAGE_S = 15.0
"""Seconds after a release or a button in which a door that opens is not forced."""

HELD_S = 30.0
NOT_TOLD = 255
Document = dict[str, Any]  # JSON

_ALARM, _EXCEPTION, _OPERATION, _EVENT = 1, 2, 3, 5


@dataclass
class _Device:
    online: bool = False
    inputs: bytes | None = None
    tampered: bool | None = None


@dataclass
class _Leaf:
    open: bool | None = None
    pressed: bool = False
    since: float = 0.0
    held: bool = False
    released_until: float = 0.0
    """A moment at which the lock locks again; 0 while it is locked."""
    asked_until: float = 0.0
    passes_until: float = 0.0


@dataclass
class Panel:
    """All doors of a layout."""

    layout: Layout
    log: deque[Document] = field(default_factory=lambda: deque[Document](maxlen=KEPT))
    _serial: int = 0

    def __post_init__(self) -> None:
        self._devices = {one.address: _Device() for one in self.layout.readers}
        self._leaves = [_Leaf() for _ in self.layout.doors]

    def online(self, address: int, now: bool, at: float) -> None:
        """A device answers, or does so no more: what it said before is worth nothing then."""
        device = self._devices[address]
        if device.online == now:
            return
        self._devices[address] = _Device(online=now)
        for number, _, leaf in self._at(address):
            leaf.open, leaf.pressed, leaf.held = None, False, False
            self._note(at, _EXCEPTION, 0x40A if now else 0x409, number, cardReaderNo=number)

    def tamper(self, address: int, now: bool, at: float) -> None:
        """The housing of a device is opened or closed."""
        device = self._devices[address]
        if device.tampered is not None or now:
            if device.tampered is now:
                return
            for number, _, _ in self._at(address)[:1]:
                self._note(at, _ALARM, 0x406 if now else 0x407, number, cardReaderNo=number)
        device.tampered = now

    def inputs(self, address: int, report: bytes, at: float) -> None:
        """Inputs of a device: a byte each, 0 is at rest."""
        self._devices[address].inputs = report
        for number, door, leaf in self._at(address):
            pressed = _bit(report, door.button) is True
            if pressed and not leaf.pressed:
                self._note(at, _EVENT, 0x17, number)
                leaf.passes_until = at + PASSAGE_S
            leaf.pressed = pressed
            active = _bit(report, door.contact)
            if active is not None:
                self._moved(number, leaf, active is door.open_when, at)

    def _moved(self, number: int, leaf: _Leaf, open_: bool, at: float) -> None:
        if leaf.open is open_:
            return
        first = leaf.open is None
        if open_:
            expected = first or at <= max(leaf.passes_until, leaf.released_until)
            self._note(at, _EVENT, 0x19 if expected else 0x1B, number)
        elif not first:
            self._note(at, _EVENT, 0x1A, number)
        leaf.open, leaf.since, leaf.held = open_, at, False

    def card(self, address: int, digits: str, at: float) -> None:
        """A card was shown: it opens nothing, for the gateway knows none."""
        for number, _, _ in self._at(address)[:1]:
            self._note(at, _EVENT, 0x09, number, cardReaderNo=number, cardNo=digits)

    def release(self, number: int, at: float) -> tuple[int, Document] | None:
        """The address and the command that open a door; None where no lock is wired or reached."""
        door = self.door(number)
        if door is None or door.lock is None or not self._devices[door.address].online:
            return None
        self._leaves[number - 1].asked_until = at + door.open_s
        self._note(at, _OPERATION, 0x400, number)
        # 5: on for a time that the device itself counts, so that it locks whatever becomes of us
        return door.address, {"output_no": door.lock, "control_code": 5,
                              "timer_count": 10 * door.open_s}  # fmt: skip

    def released(self, address: int, output: int, done: bool, at: float) -> None:
        """The device took the command, or did not."""
        for number, door, leaf in self._at(address):
            if door.lock != output or not leaf.asked_until:
                continue
            leaf.asked_until = 0.0
            if done:
                leaf.released_until = at + door.open_s
                leaf.passes_until = leaf.released_until + PASSAGE_S
            self._note(at, _EVENT, 0x15 if done else 0x5C, number)

    def tick(self, at: float) -> None:
        """What happens by the clock alone."""
        for number, leaf in enumerate(self._leaves, 1):
            if leaf.released_until and at >= leaf.released_until:
                leaf.released_until = 0.0
                self._note(at, _EVENT, 0x16, number)
            if leaf.open and not leaf.held and at - leaf.since >= HELD_S:
                leaf.held = True
                self._note(at, _EVENT, 0x1C, number)

    def door(self, number: int) -> Door | None:
        """A door by its number."""
        doors = self.layout.doors
        return doors[number - 1] if 0 < number <= len(doors) else None

    def work(self) -> Document:
        """`AcsWorkStatus`: what is not known is told as a number that means nothing."""
        devices = [self._devices[door.address] for door in self.layout.doors]
        return {
            "doorLockStatus": [
                NOT_TOLD if door.lock is None or not device.online else int(leaf.released_until > 0)
                for door, device, leaf in zip(self.layout.doors, devices, self._leaves, strict=True)
            ],
            "magneticStatus": [
                NOT_TOLD if leaf.open is None else int(leaf.open) for leaf in self._leaves
            ],
            "cardReaderOnlineStatus": [int(device.online) for device in devices],
            "cardReaderAntiDismantleStatus": [int(device.tampered is True) for device in devices],
        }

    def search(self, wanted: Mapping[str, Any]) -> Document:
        """`AcsEvent`: entries that are asked for, the newest first."""
        numbers = {key: _whole(wanted.get(key)) for key in
                   ("major", "minor", "searchResultPosition", "maxResults")}  # fmt: skip
        fit = [
            one
            for one in reversed(self.log)
            if all(not numbers[key] or one[key] == numbers[key] for key in ("major", "minor"))
        ]
        begin = numbers["searchResultPosition"]
        told = fit[begin : begin + min(30, numbers["maxResults"] or 30)]
        more = begin + len(told) < len(fit)
        return {
            "searchID": str(wanted.get("searchID", ""))[:64],
            "responseStatusStrg": "MORE" if more else "OK" if told else "NO MATCH",
            "numOfMatches": len(told), "totalMatches": len(fit), "InfoList": told,
        }  # fmt: skip

    def _at(self, address: int) -> Sequence[tuple[int, Door, _Leaf]]:
        return [
            (number, door, leaf)
            for number, (door, leaf) in enumerate(
                zip(self.layout.doors, self._leaves, strict=True), 1
            )
            if door.address == address
        ]

    def _note(self, at: float, major: int, minor: int, door: int, **more: Any) -> None:
        self._serial += 1
        entry = {"major": major, "minor": minor, "time": moment(at), "doorNo": door}
        self.log.append({**entry, "serialNo": self._serial, **more})


def moment(at: float) -> str:
    """Unix time as ISAPI writes it."""
    return datetime.datetime.fromtimestamp(at, datetime.UTC).isoformat(timespec="seconds")


def _bit(report: bytes, place: int | None) -> bool | None:
    return report[place] != 0 if place is not None and place < len(report) else None


def _whole(value: object) -> int:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and isinstance(value, int) and 0 <= value < 1 << 20 else 0
