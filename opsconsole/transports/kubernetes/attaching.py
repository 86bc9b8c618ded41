"""A program in a container, joined to our own input and output."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from opsconsole.clean import clean
from opsconsole.model import Target
from opsconsole.question import HttpRequest
from opsconsole.transports.kubernetes.account import Account
from opsconsole.transports.kubernetes.channel import STDERR, STDIN, V4, V5, Channels, address
from opsconsole.transports.kubernetes.client import Client

CHUNK = 32 << 10


@dataclass(frozen=True, slots=True)
class Ends:
    """Our side of a program."""

    read: int
    """File that its input comes from."""
    write: Callable[[bytes], object]
    complain: Callable[[bytes], object]
    """Takes what it writes to its other stream."""
    size: Callable[[], tuple[int, int]] | None = None
    """Columns and rows of our terminal; None without one."""
    resized: asyncio.Event | None = None


async def attach(
    target: Target, place: tuple[str, str, str], command: Sequence[str], ends: Ends
) -> int:
    """Run a command in namespace, pod and container (perhaps none) to its end; its exit status.

    Raises a `TargetError`.
    """
    space, pod, container = place
    where = f"{target.id}: {space}/{pod}: {clean(command[0], 80)}"
    tty = ends.size is not None
    request = HttpRequest(address(space, pod, container, command, reads=True, tty=tty))
    client = Client(Account(target))
    try:
        async with client.socket(request, V5, V4) as socket:
            return await _joined(Channels(where, socket), ends)
    finally:
        await client.close()


async def _joined(channels: Channels, ends: Ends) -> int:
    tasks = [asyncio.ensure_future(_typed(channels, ends.read))]
    if ends.size is not None:
        tasks.append(asyncio.ensure_future(_sized(channels, ends)))
    try:
        async for channel, data in channels.output():
            (ends.complain if channel == STDERR else ends.write)(data)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert channels.status is not None
    return channels.status


async def _typed(channels: Channels, source: int) -> None:
    while data := await _read(source):
        await channels.send(STDIN, data)
    await channels.end_input()


async def _read(source: int) -> bytes:
    """Wait for what a terminal or pipe has to say; a file is read as it is."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(source, ready.set)
    except PermissionError:
        return os.read(source, CHUNK)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(source)
    with contextlib.suppress(OSError):  # the terminal is gone
        return os.read(source, CHUNK)
    return b""


async def _sized(channels: Channels, ends: Ends) -> None:
    assert ends.size is not None
    while True:
        await channels.resize(*ends.size())
        if ends.resized is None:
            return
        await ends.resized.wait()
        ends.resized.clear()
