"""Asks for a second person: offers a plan to who connects, and takes one answer."""

import asyncio
import contextlib
import socket
import time
from collections import Counter
from collections.abc import Collection, Generator
from functools import partial
from pathlib import Path

import msgspec

from opsconsole.approval import wire
from opsconsole.approval.folder import new_name, rendezvous
from opsconsole.approval.peer import Person, me, other_end, other_uid, refusal
from opsconsole.clean import clean
from opsconsole.errors import Gone, Malformed, Refused
from opsconsole.plan import Plan, Waiting

AT_ONCE, EACH = 48, 4
"""Connections served side by side: of all, and of one user, so that nobody keeps others out."""

TALK = 20.0
"""Seconds one may take: an approver connects again when they have made up their mind."""

PACE = 0.01
"""Seconds between two connections taken: a flood of them costs the collector next to nothing."""

TROUBLE = 1.0
"""Seconds to wait when none can be taken, for want of descriptors say."""

REASON = 300
"""Characters kept of the reason of a denial."""


class SecondPerson:
    """A `Witness`: any other person with an account on this machine, or one of some."""

    def __init__(self, approvers: Collection[str] = ()) -> None:
        """`approvers` are the names of accounts that may; empty is all but our own."""
        self._approvers = frozenset(approvers)

    async def ask(self, plan: bytes, waiting: Waiting) -> str:
        """Return who approved, as `bob (uid 1002)`; the plan waits until then, or until it is over.

        Raises `Refused` with the rule `approval` when somebody denied it, nobody came in time, or
        nobody can be asked here.
        """
        asking = await asyncio.to_thread(me)
        with _listening(rendezvous(), asking.uid) as listener:
            desk = _Desk(plan, waiting, asking, self._approvers)
            try:
                async with asyncio.timeout(max(0.0, waiting.until - time.time())):
                    return str(await desk.answered(listener))
            except TimeoutError:
                raise Refused("no second person approved in time", "approval") from None


@contextlib.contextmanager
def _listening(folder: Path, uid: int) -> Generator[socket.socket, None, None]:
    """A socket that everybody may connect to; it is gone afterwards."""
    path = new_name(folder, uid)
    with socket.socket(socket.AF_UNIX) as listener:
        try:
            _listen(listener, path)
            yield listener
        finally:
            path.unlink(missing_ok=True)


def _listen(listener: socket.socket, path: Path) -> None:
    early = path.with_suffix(".early")  # nobody may take it for a dead one before it listens
    try:
        listener.setblocking(False)
        listener.bind(str(early))
        early.chmod(0o666)
        listener.listen(AT_ONCE)
        early.rename(path)
    except OSError as error:
        early.unlink(missing_ok=True)
        why = f"a second person cannot be asked in {path.parent}: {error.strerror or error}"
        raise Refused(why, "approval") from error


class _Desk:
    """One plan that waits, and those who come to look at it."""

    def __init__(
        self, plan: bytes, waiting: Waiting, asking: Person, approvers: Collection[str]
    ) -> None:
        self._offer = wire.Offer(plan, time.time(), waiting.until, waiting.note)
        self._hash = waiting.plan
        self._confirm = msgspec.msgpack.decode(plan, type=Plan).confirm
        self._asking = asking
        self._approvers = approvers
        self._talks: set[asyncio.Task[None]] = set()
        self._of: Counter[int] = Counter()
        self._settled = False
        self._answer: asyncio.Future[Person] = asyncio.get_running_loop().create_future()

    async def answered(self, listener: socket.socket) -> Person:
        """Who approved; raises `Refused` when somebody denied."""
        taking = asyncio.ensure_future(self._take(listener))
        try:
            return await self._answer
        finally:
            tasks = [taking, *self._talks]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, _ = await loop.sock_accept(listener)
            except OSError:
                await asyncio.sleep(TROUBLE)
                continue
            self._begin(sock)
            await asyncio.sleep(PACE)

    def _begin(self, sock: socket.socket) -> None:
        """Talk to who connected, unless too many do."""
        try:
            sock.setblocking(False)
            uid = other_uid(sock)
        except OSError:
            sock.close()
            return
        if len(self._talks) >= AT_ONCE or self._of[uid] >= EACH:
            sock.close()
            return
        self._of[uid] += 1
        talk = asyncio.ensure_future(self._talk(sock))
        self._talks.add(talk)
        talk.add_done_callback(partial(self._over, sock, uid))

    def _over(self, sock: socket.socket, uid: int, talk: "asyncio.Task[None]") -> None:
        # Here and not in the talk: a task that is cancelled before it began runs none of its lines.
        sock.close()
        self._of[uid] -= 1
        self._talks.discard(talk)

    async def _talk(self, sock: socket.socket) -> None:
        """One connection; whatever is wrong with it is the other end's loss alone."""
        with contextlib.suppress(OSError, Malformed, Gone):
            async with asyncio.timeout(TALK):
                person = await asyncio.to_thread(other_end, sock)
                if why := refusal(self._asking, person, self._approvers):
                    await wire.send(sock, wire.Closed(why))
                    return
                await wire.send(sock, self._offer)
                answer = await wire.receive(sock, wire.ANSWER, wire.ANSWER_BYTES)
                await self._judged(sock, person, answer)

    async def _judged(
        self, sock: socket.socket, person: Person, answer: wire.Yes | wire.No
    ) -> None:
        error = self._error(answer)
        if not error:
            self._settled = True
        try:
            await wire.send(sock, wire.Taken(error))
        finally:  # an answer counts, whether or not its sender waits to hear so
            if not error and not self._answer.done():
                self._decide(person, answer)

    def _decide(self, person: Person, answer: wire.Yes | wire.No) -> None:
        if isinstance(answer, wire.Yes):
            self._answer.set_result(person)
        else:
            reason = clean(answer.reason, REASON) or "no reason given"
            self._answer.set_exception(Refused(f"{person} says no: {reason}", "approval"))

    def _error(self, answer: wire.Yes | wire.No) -> str:
        if self._settled:
            return "somebody has answered already"
        if answer.plan != self._hash:
            return "that is not the plan that waits here"
        if isinstance(answer, wire.Yes) and answer.confirmation != self._confirm:
            return f"the confirmation must be {self._confirm!r}"
        return ""
