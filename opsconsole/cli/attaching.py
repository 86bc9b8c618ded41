"""Joins this terminal to a program in a container, and a port of ours to one of a pod."""

import asyncio
import contextlib
import os
import signal
import sys
import termios
import time
import tty
from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from opsconsole.audit import AuditLog
from opsconsole.clean import clean
from opsconsole.cli.asking import load_estate, select
from opsconsole.errors import Refused, Unsupported, UsageError
from opsconsole.model import Target
from opsconsole.policy import refusals
from opsconsole.transports.kubernetes.channel import named

WAY = "kubernetes"
"""The transport that can do this."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the operator wants to be, as typed."""

    estate: Path | None
    target: str
    pod: str
    """`NAMESPACE/POD`."""
    container: str
    reason: str


def run_exec(place: Place, command: Sequence[str]) -> int:
    """Run a command with our input and output; its exit status."""
    space, pod = _names(place)
    target = _allowed(place, f"ran {' '.join(command)!r} in")
    try:
        from opsconsole.transports.kubernetes.attaching import Ends, attach
    except ImportError as error:
        raise _unusable(target, error) from error
    terminal = os.isatty(0) and os.isatty(1)
    resized = asyncio.Event()

    def size() -> tuple[int, int]:
        found = os.get_terminal_size(1)
        return found.columns, found.lines

    ends = Ends(0, _writer(1), _writer(2), size if terminal else None, resized)

    async def attached() -> int:
        if terminal:
            asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, resized.set)
        return await attach(target, (space, pod, place.container), command, ends)

    with _raw() if terminal else contextlib.nullcontext():
        return asyncio.run(_until_told(attached))


def run_forward(place: Place, ports: str) -> int:
    """Carry connections until interrupted."""
    space, pod = _names(place)
    local, colon, remote = ports.partition(":")
    numbers = int(local or 0) if local.isdecimal() or not local else -1, _port(remote)
    if not colon or not 0 <= numbers[0] < 65536 or not numbers[1]:
        raise UsageError(f"{ports!r} is no LOCAL:REMOTE, such as 8080:80")
    target = _allowed(place, f"forwarded port {remote} of")
    try:
        from opsconsole.transports.kubernetes.forwarding import forward
    except ImportError as error:
        raise _unusable(target, error) from error

    def listening(port: int) -> None:
        sys.stdout.write(f"127.0.0.1:{port} is port {remote} of {place.pod}; ctrl-c ends it\n")
        sys.stdout.flush()

    async def forwarded() -> int:
        await forward(target, (space, pod), numbers, listening, _told)
        return 0

    try:
        return asyncio.run(_until_told(forwarded))
    except OSError as error:
        raise UsageError(f"127.0.0.1:{local}: {error.strerror or error}") from error


def _port(said: str) -> int:
    number = int(said) if said.isdecimal() else 0
    return number if number < 65536 else 0


def _told(what: str) -> None:
    sys.stderr.write(f"opsconsole: {what}\n")


def _names(place: Place) -> tuple[str, str]:
    space, slash, pod = place.pod.partition("/")
    if not slash or not named(space, pod, *filter(None, [place.container])):
        raise UsageError(f"{place.pod!r} is no NAMESPACE/POD, or a name that no object can have")
    return space, pod


def _allowed(place: Place, what: str) -> Target:
    """The target, once the estate permits it and the audit log knows of it.

    Raises `UsageError`, `Refused` and `Unauditable`.
    """
    estate = load_estate(place.estate)
    found = select(estate, (place.target,))
    if len(found) != 1 or found[0].transport != WAY:
        raise UsageError(f"{place.target!r} is not one target that {WAY} reaches")
    target, log = found[0], AuditLog()
    where = f"{place.pod} {place.container}".rstrip()
    body = {"target": target.id, "object": where, "why": place.reason}
    for verdict in refusals(estate.policy, found, {}, (), time.time()):
        refused = {**body, "reason": verdict.reason, "rule": verdict.rule}
        log.append("refusal", refused | {"action": "kubernetes.exec"})
        raise Refused(verdict.reason, verdict.rule)
    why = f": {place.reason}" if place.reason else ""
    log.append("note", body | {"text": clean(f"{what} {where}{why}", 500)})
    return target


def _unusable(target: Target, error: ImportError) -> Unsupported:
    what = f"{target.id}: the HTTP library is not usable: {error}"
    return Unsupported(what, "pip install 'opsconsole[kubernetes]'")


def _writer(descriptor: int) -> Callable[[bytes], None]:
    def write(data: bytes) -> None:
        while data:
            data = data[os.write(descriptor, data) :]

    return write


@contextlib.contextmanager
def _raw() -> Generator[None]:
    """Our terminal hands on every key, and is as it was afterwards."""
    before = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        yield
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)


async def _until_told(work: Callable[[], Awaitable[int]]) -> int:
    """Do it until a signal ends it, so that the terminal is given back."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work())
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
