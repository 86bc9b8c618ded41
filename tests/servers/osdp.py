"""A device on a serial line: the device's side of libosdp, on a pty."""

import contextlib
import importlib
import os
import pty
import tty
from collections.abc import Generator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from opsconsole.osdp.layout import Door, Layout, Reader
from opsconsole.secret import Secret

ADDRESS = 5
KEY = "000102030405060708090a0b0c0d0e0f"
PASSWORD = "s3cret-gateway"
IO = 4
"""Inputs, and outputs, of a device."""


class _Wire:
    id = 0

    def __init__(self, fd: int) -> None:
        self._fd = fd
        os.set_blocking(fd, False)

    def read(self, most: int) -> bytes:
        try:
            return os.read(self._fd, most)
        except OSError:
            return b""

    def write(self, data: bytes) -> int:
        try:
            return os.write(self._fd, data)
        except OSError:
            return 0

    def flush(self) -> None:
        """Nothing is held back."""


class Device:
    """One device; its thread answers while it is plugged in."""

    def __init__(self, fd: int, path: str, key: str) -> None:
        self._osdp: Any = importlib.import_module("osdp")  # Any: no types
        self.path = path
        self.switched: list[Mapping[str, Any]] = []
        self.refuses = False
        osdp = self._osdp
        can = osdp.Capability
        capabilities = osdp.PDCapabilities([
            (can.OutputControl, 1, IO), (can.ContactStatusMonitoring, 1, IO), (can.Readers, 1, 1),
        ])  # fmt: skip
        info = osdp.PDInfo(ADDRESS, _Wire(fd), scbk=bytes.fromhex(key) if key else None)
        self._device = osdp.PeripheralDevice(
            info, capabilities, osdp.LogLevel.Emergency, self._command
        )

    def _command(self, command: Mapping[str, Any]) -> tuple[int, None]:
        if command["command"] == self._osdp.Command.Output:
            self.switched.append(command)
            return (-1 if self.refuses else 0), None
        return 0, None

    def plug(self) -> None:
        self._device.start()

    def unplug(self) -> None:
        self._device.stop()

    def _report(self, kind: int, report: bytes) -> None:
        event = {"event": self._osdp.Event.Status, "type": kind, "report": report}
        assert self._device.submit_event(event)

    def inputs(self, *active: int) -> None:
        report = bytes(number in active for number in range(IO))
        self._report(self._osdp.StatusReportType.Input, report)

    def local(self, *, tampered: bool) -> None:
        self._report(self._osdp.StatusReportType.Local, bytes([tampered, 0]))

    def card(self, data: bytes) -> None:
        formats = self._osdp.CardFormat
        event = {"event": self._osdp.Event.CardRead, "reader_no": 0, "direction": 0,
                 "format": formats.Wiegand, "length": 8 * len(data), "data": data}  # fmt: skip
        assert self._device.submit_event(event)


@contextlib.contextmanager
def device(key: str = KEY) -> Generator[Device, None, None]:
    """A device that is plugged in, within the context."""
    pytest.importorskip("osdp", reason="libosdp is not installed: pip install libosdp")
    ours, theirs = pty.openpty()
    tty.setraw(ours)
    one = Device(ours, os.ttyname(theirs), key)
    one.plug()
    try:
        yield one
    finally:
        with contextlib.suppress(RuntimeError):  # it may be unplugged
            one.unplug()
        os.close(ours)
        os.close(theirs)


def layout(path: str | Path = "/dev/null", key: str = KEY, **door: Any) -> Layout:
    """A gateway with one device and one door: contact 0, button 1, lock 2."""
    reader = Reader(ADDRESS, Secret("command", ("echo", key)) if key else None)
    leaf = Door("Cage", ADDRESS, contact=0, open_when=True, button=1, lock=2, open_s=1)
    return Layout("127.0.0.1", 0, "ops", Secret("command", ("echo", PASSWORD)), str(path), 9600,
                  "Cages", (reader,), (replace(leaf, **door),))  # fmt: skip
