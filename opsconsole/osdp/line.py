"""The serial line: libosdp's control panel in a thread of its own, called each 20 ms."""

import contextlib
import importlib
import os
import termios
import tty
from collections.abc import Callable, Mapping
from typing import Any

from opsconsole.errors import Unreachable, Unsupported
from opsconsole.osdp.layout import Layout

AGAIN_S = 10.0
"""Seconds until a device that went is looked for again: libosdp itself would wait for minutes. A
line of 9600 baud with many devices takes some for the first words with each."""

Heard = Callable[[int, str, bytes], None]
"""Address, what it is (`online`, `inputs`, `local`, `card`), and its bytes. Called in the thread of
the line: hand it on."""

Done = Callable[[int, int, bool], None]
"""Address, number of the output that was to be switched, whether the device took the command."""

_KEY_BYTES = 16


class Port:
    """A serial port, or a pty, as libosdp wants one: nothing blocks."""

    id = 0

    def __init__(self, path: str, baud: int) -> None:
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            tty.setraw(self._fd)
            speed = getattr(termios, f"B{baud}")
            words = termios.tcgetattr(self._fd)
            words[2] |= termios.CLOCAL | termios.CREAD
            words[4] = words[5] = speed
            termios.tcsetattr(self._fd, termios.TCSANOW, words)
        except (OSError, termios.error) as error:
            raise Unreachable(
                f"{path}: {error}", "is it there, a serial port, and may we open it?"
            ) from None

    def read(self, most: int) -> bytes:
        """What has come."""
        try:
            return os.read(self._fd, most)
        except OSError:  # nothing, or the adapter was pulled out: then all devices go
            return b""

    def write(self, data: bytes) -> int:
        """Send as much as goes."""
        try:
            return os.write(self._fd, data)
        except OSError:
            return 0

    def flush(self) -> None:
        """Forget what came and was not read."""
        with contextlib.suppress(termios.error):
            termios.tcflush(self._fd, termios.TCIFLUSH)

    def close(self) -> None:
        """Give the port back."""
        os.close(self._fd)


class Line:
    """All devices of a line."""

    def __init__(self, layout: Layout, keys: Mapping[int, str], heard: Heard, done: Done) -> None:
        """`keys` are those of the secure channels, by address; raises a `TargetError`."""
        self._osdp = library()
        self._heard = heard
        self._done = done
        self._port = Port(layout.device, layout.baud)
        self._gone: dict[int, float] = {}
        self._deaf: set[tuple[int, int]] = set()
        self.addresses = tuple(one.address for one in layout.readers)
        infos = [
            self._osdp.PDInfo(
                address, self._port, scbk=key_of(address, keys.get(address, "")),
                name=f"reader-{address}", flags=self._flags(address in keys),
            )
            for address in self.addresses
        ]  # fmt: skip
        self._panel = self._osdp.ControlPanel(
            infos, log_level=self._osdp.LogLevel.Critical, event_handler=self._event,
            command_completion_handler=self._completed,
        )  # fmt: skip
        self._panel.start()

    def _flags(self, secure: bool) -> list[int]:
        flags = self._osdp.LibFlag
        return [flags.EnableNotification, *([flags.EnforceSecure] if secure else [])]

    def _event(self, place: int, event: Mapping[str, Any]) -> int:
        events, reports = self._osdp.Event, self._osdp.StatusReportType
        known = {
            (events.Notification, self._osdp.EventNotification.PeripheralDeviceStatus): "online",
            (events.Status, reports.Input): "inputs",
            (events.Status, reports.Local): "local",
        }
        what = known.get((event["event"], event.get("type")), "")
        if event["event"] == events.CardRead:
            what = "card"
        said = bytes([event["arg0"] != 0]) if what == "online" else b""
        if what:
            said = said or bytes(event.get("report", event.get("data", b"")))
            self._heard(self.addresses[place], what, said)
        return 0

    def _completed(self, address: int, command: Mapping[str, Any], status: int) -> None:
        done = status == self._osdp.CompletionStatus.Ok
        if command["command"] == self._osdp.Command.Status and not done:
            self._deaf.add((address, command["type"]))
        elif command["command"] == self._osdp.Command.Output:
            self._done(address, command["output_no"], done)

    def ask(self, address: int) -> None:
        """Ask how housing and inputs are; what a device once refused is not asked again."""
        kinds = self._osdp.StatusReportType
        for kind in (kinds.Local, kinds.Input):
            if (address, kind) not in self._deaf:
                command = {"command": self._osdp.Command.Status, "type": kind, "report": b""}
                self._panel.submit_command(address, command)

    def output(self, address: int, command: Mapping[str, Any]) -> bool:
        """Switch an output; whether the command could be sent at all."""
        whole = {"command": self._osdp.Command.Output, **command}
        return bool(self._panel.submit_command(address, whole))

    def look(self, at: float) -> None:
        """Look again for devices that went some seconds ago: let one go, and the next time ask."""
        for address in self.addresses:
            if self._panel.is_online(address):
                self._gone.pop(address, None)
            elif not self._panel.is_pd_enabled(address):
                self._panel.enable_pd(address)
            elif at - self._gone.setdefault(address, at) >= AGAIN_S:
                self._gone[address] = at
                self._panel.disable_pd(address)

    def close(self) -> None:
        """End the thread, then give the port back."""
        self._panel.teardown()
        self._port.close()


def key_of(address: int, text: str) -> bytes | None:
    """The key of a secure channel; raises `Unsupported` for what is none."""
    if not text:
        return None
    with contextlib.suppress(ValueError):
        found = bytes.fromhex(text)
        if len(found) == _KEY_BYTES:
            return found
    raise Unsupported(f"reader {address}: its key is no key", "it has 32 hexadecimal digits")


def library() -> Any:  # Any: the library has no types
    """The module `osdp` of libosdp; raises `Unsupported` where it is missing."""
    try:
        return importlib.import_module("osdp")
    except ImportError as error:
        raise Unsupported(
            f"the library libosdp is not usable: {error}", "pip install 'opsconsole[osdp]'"
        ) from error
