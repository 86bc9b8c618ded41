"""Finds the plans of others that wait for a second person, and answers."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from opsconsole.approval import wire
from opsconsole.approval.folder import Door, doors, rendezvous
from opsconsole.approval.peer import Person, other_end
from opsconsole.clean import Clean, clean
from opsconsole.errors import Gone, Malformed, Refused
from opsconsole.plan import Plan, digest

PATIENCE = 5.0
"""Seconds for one who asks to say what; a hostile one may say nothing."""

OF_ONE = 16
"""Requests looked at of one user: whoever fills the folder hides only their own."""

AT_ONCE = 16

Message = TypeVar("Message")


@dataclass(frozen=True, slots=True)
class Asked:
    """A plan that waits. Its texts are the other process's own: clean them before a screen."""

    path: Path
    person: Person
    """Who asks, as the kernel knows them."""
    plan: Plan
    hash: str
    """Computed here of the very bytes that were read."""
    since: float
    """Unix time, seconds; what the other process says."""
    until: float
    note: str = ""
    """Why, in the words of who asks."""


@dataclass(frozen=True, slots=True)
class Shut:
    """A plan that we may not approve."""

    person: Person
    reason: Clean


async def pending() -> list[Asked | Shut]:
    """What others wait for, in no order that means anything.

    Raises `Refused` when there is no place to meet. Our own sockets that nobody listens on any
    more are removed; those of others are passed over.
    """
    folder = rendezvous()
    try:
        found = await asyncio.to_thread(doors, folder)
    except OSError as error:
        raise Refused(f"{folder} cannot be read: {error.strerror}", "approval") from error
    mine = [door for door in found if door.uid == os.geteuid()]
    turn = asyncio.Semaphore(AT_ONCE)
    results = await asyncio.gather(*(_visit(door, turn) for door in _some(found)))
    await asyncio.gather(*(_sweep(door) for door in mine))
    return [one for one in results if one is not None]


async def approve(asked: Asked, confirmation: str) -> None:
    """Say yes to exactly the plan that was shown; raises `Refused` when that does not count."""
    await _answer(asked, wire.Yes(asked.hash, confirmation))


async def deny(asked: Asked, reason: str) -> None:
    """Say no; raises `Refused` when that does not count."""
    await _answer(asked, wire.No(asked.hash, reason))


def _some(found: Sequence[Door]) -> list[Door]:
    """Those of others, a few of each."""
    seen: dict[int, int] = {os.geteuid(): OF_ONE}
    some: list[Door] = []
    for door in found:
        seen[door.uid] = seen.get(door.uid, 0) + 1
        if seen[door.uid] <= OF_ONE:
            some.append(door)
    return some


async def _visit(door: Door, turn: asyncio.Semaphore) -> Asked | Shut | None:
    async with turn:
        try:
            async with asyncio.timeout(PATIENCE), _open(door.path, door.uid) as (sock, person):
                return _read(door.path, person, await _offer(sock))
        except (OSError, Malformed, Gone):
            return None


async def _answer(asked: Asked, answer: wire.Yes | wire.No) -> None:
    try:
        async with asyncio.timeout(PATIENCE), _open(asked.path, asked.person.uid) as (sock, person):
            now = _read(asked.path, person, await _offer(sock))
            if isinstance(now, Shut):
                raise Refused(now.reason, "approval")
            if now.hash != asked.hash:
                raise Refused("another plan waits there by now", "approval")
            await wire.send(sock, answer)
            taken = await wire.receive(sock, wire.TAKEN, wire.ANSWER_BYTES)
    except (OSError, Malformed, Gone) as error:
        why = f"{asked.person} does not wait any more, or does not answer ({_said(error)})"
        raise Refused(why, "approval") from error
    if taken.error:
        raise Refused(clean(taken.error), "approval")


def _said(error: Exception) -> str:
    return "no answer in time" if isinstance(error, TimeoutError) else str(error)


async def _offer(sock: socket.socket) -> wire.Offer | wire.Closed:
    return await wire.receive(sock, wire.OFFER, wire.OFFER_BYTES)


def _read(path: Path, person: Person, said: wire.Offer | wire.Closed) -> Asked | Shut:
    """What one said who asks; raises `Malformed`."""
    if isinstance(said, wire.Closed):
        return Shut(person, clean(said.reason))
    try:
        plan = msgspec.msgpack.decode(said.plan, type=Plan)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Malformed(f"no plan: {error}") from error
    return Asked(path, person, plan, digest(said.plan), said.since, said.until, said.note)


@contextlib.asynccontextmanager
async def _open(path: Path, uid: int) -> AsyncGenerator[tuple[socket.socket, Person], None]:
    """Connect, and see who listens; raises `OSError` or `Gone` when it is not that user."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.setblocking(False)
        await _connect(sock, path)
        person = await asyncio.to_thread(other_end, sock)
        if person.uid != uid:
            raise Gone(f"{person} listens under the name of uid {uid}")
        yield sock, person


async def _connect(sock: socket.socket, path: Path) -> None:
    while True:
        try:
            sock.connect(str(path))  # at once or not at all: no server is far from a Unix socket
        except BlockingIOError:  # its queue is full
            await asyncio.sleep(0.05)
        else:
            return


async def _sweep(door: Door) -> None:
    """Remove a socket of ours that a collector left which was killed."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.setblocking(False)
        try:
            sock.connect(str(door.path))
        except ConnectionRefusedError:
            with contextlib.suppress(OSError):
                door.path.unlink()
        except OSError:
            return
