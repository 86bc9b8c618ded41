"""Makes calls on targets: questions that only read, steps that change, and who may do which."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from opsconsole.clean import clean_bytes
from opsconsole.errors import Denied, Refused, TargetError, Unreachable, Unsupported
from opsconsole.model import Target
from opsconsole.plan import Step, Thing
from opsconsole.ports import Doer, Transport
from opsconsole.spec import Facts, Look, Need

LOCAL = "local"
"""The transport of steps that run beside the collector."""

ASKING = 10.0
"""Seconds a question may take."""

KEPT = 256 << 10
"""Bytes kept of an answer, unless a look asks for more."""

RIGHTS = 60.0
"""Seconds for which an answer about rights is believed."""

ANSWERS = 2000
"""Answers about rights that are kept."""

SUDO = ("sudo", "-n", "--")
"""Never asks for a password: there is nobody to type one."""

UNWINDING = 3.0
"""Seconds a call has to end after it was given up."""


class Ways(Protocol):
    """Transports by name."""

    def get(self, name: str) -> Transport:
        """Return the transport of that name; raises `Unsupported`."""
        ...


class Hands:
    """All calls of one executor. Nothing else in the product calls `Doer.execute`."""

    def __init__(self, transports: Ways, clock: Callable[[], float]) -> None:
        self._transports = transports
        self._clock = clock
        self._users: dict[str, tuple[float, int]] = {}
        self._rights: dict[tuple[str, tuple[str, ...]], tuple[float, str]] = {}

    def doer(self, target: Target) -> Doer:
        """The way to change something there; raises `Unsupported` when it can only be watched."""
        way = self._transports.get(target.transport)
        if not isinstance(way, Doer):
            why = f"{target.id}: nothing can be done over {target.transport}, only watched"
            raise Unsupported(why, "reach the target over a transport that acts, as ssh does")
        return way

    async def ask(
        self, target: Target, argv: tuple[str, ...], where: str = "target", most: int = KEPT
    ) -> tuple[int, bytes]:
        """Run a program that only reads; returns its status and output. Raises `TargetError`."""
        target = _place(target, where)
        kept = bytearray()

        def hear(data: bytes) -> None:
            kept.extend(data[: max(0, most - len(kept))])

        try:
            async with asyncio.timeout(ASKING):
                status = await self.doer(target).execute(target, argv, hear)
        except TimeoutError:
            what = f"{target.id}: {argv[0]} gave no answer within {ASKING:g} s"
            raise Unreachable(what, "see whether the host is overloaded") from None
        return status, bytes(kept)

    async def look(self, target: Target, how: Look, thing: Thing) -> Facts:
        """An object as it is now; raises `Gone`, `TargetError`."""
        status, out = await self.ask(target, how.argv(thing), how.where, how.most)
        facts = how.read(thing, status, out)
        for more in how.then(thing, facts):
            facts = {**facts, **await self.look(target, more, thing)}
        return facts

    async def read(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Run a program that only reads for as long as it goes on; returns its status. It is ended
        by being cancelled. Raises `TargetError`.
        """
        return await self.doer(target).execute(target, argv, heard)

    async def run(self, target: Target, step: Step, heard: Callable[[bytes], None]) -> int:
        """Make one call of a plan; returns its status. Raises `TargetError`, `TimeoutError`."""
        target = _place(target, step.where)
        doer = self.doer(target)
        async with asyncio.timeout(step.timeout):
            return await doer.execute(target, step.argv, heard)

    async def prepared(self, target: Target, step: Step) -> Step:
        """The step as it will run: with sudo where the account there is not root."""
        if not step.root or step.where != "target" or await self.user(target) == 0:
            return step
        return Step((*SUDO, *step.argv), step.timeout, step.root, step.where, step.fine)

    async def user(self, target: Target) -> int:
        """The user id of our account on the target."""
        known = self._users.get(target.id)
        if known is None or self._clock() - known[0] > RIGHTS:
            status, out = await self.ask(target, ("id", "-u"))
            if status or not out.strip().isdigit():
                raise Denied(f"{target.id}: does not say who we are there: {_words(out)}")
            known = self._users[target.id] = self._clock(), int(out)
        return known[1]

    async def right(self, target: Target, step: Step) -> str:
        """Why a prepared step is not permitted there; empty when sudo says that it is."""
        if step.argv[: len(SUDO)] != SUDO:
            return ""
        key = target.id, step.argv
        known = self._rights.get(key)
        if known is None or self._clock() - known[0] > RIGHTS:
            known = self._rights[key] = self._clock(), await self._sudo(target, step.argv)
        return known[1]

    async def _sudo(self, target: Target, argv: tuple[str, ...]) -> str:
        plain = argv[len(SUDO) :]
        status, out = await self.ask(target, (*SUDO[:2], "-l", "--", *plain))
        if status == 0:
            return ""
        if status == 127:
            return f"{target.id} has no sudo, and our account there is not root"
        words = _words(out)
        said = f" ({words})" if words else ""
        line = " ".join(plain)
        return f"needs sudo: {line}{said}; `opsconsole sudoers` prints the line that permits it"

    async def granted(self, target: Target, needs: Sequence[Need]) -> None:
        """Raise `Refused` when the target says that one of these rights is missing."""
        for need in needs:
            key = target.id, need.argv
            known = self._rights.get(key)
            if known is None or self._clock() - known[0] > RIGHTS:
                self._forget_old()
                why = need.read(*await self.ask(target, need.argv))
                known = self._rights[key] = self._clock(), why
            if known[1]:
                raise Refused(f"{target.id}: {known[1]}", "right")

    def _forget_old(self) -> None:
        """An answer about each of many objects is not kept for ever."""
        if len(self._rights) >= ANSWERS:
            now = self._clock()
            self._rights = {k: v for k, v in self._rights.items() if now - v[0] <= RIGHTS}
        while len(self._rights) >= ANSWERS:
            del self._rights[next(iter(self._rights))]

    async def check(self, target: Target, steps: tuple[Step, ...]) -> None:
        """Raise `Refused` when one of these prepared steps is not permitted."""
        for step in steps:
            if why := await self.right(target, step):
                raise Refused(f"{target.id}: {why}", "sudo")

    def forget(self, target: str) -> None:
        """Believe nothing of what was known about rights there."""
        self._users.pop(target, None)
        for key in [key for key in self._rights if key[0] == target]:
            del self._rights[key]


def _place(target: Target, where: str) -> Target:
    """Where a call is made: on the target, or in its name beside the collector."""
    return target if where == "target" else Target(target.id, target.kind, LOCAL)


def _words(out: bytes) -> str:
    return clean_bytes(b" ".join(out.split()), 120)


def trouble(error: TargetError) -> str:
    """An error of a target with its remedy."""
    return f"{error}; {error.remedy}" if error.remedy else str(error)
