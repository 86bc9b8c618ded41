"""All hosts reached over SSH: what their connections share, and the way to each."""

import asyncio
import logging
import weakref
from collections.abc import Callable, Coroutine, Sequence
from typing import Protocol

import asyncssh

from opsconsole.errors import TargetError, Unreachable, Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Script
from opsconsole.transports.errand import checked
from opsconsole.transports.ssh import faults
from opsconsole.transports.ssh.config import Asked, Configuration, Endpoint, parse_hop
from opsconsole.transports.ssh.errand import SshErrand
from opsconsole.transports.ssh.hops import Hop, Hops
from opsconsole.transports.ssh.login import Deadlines, Login
from opsconsole.transports.ssh.session import SshSession
from opsconsole.transports.stream import opening, sampler

DEEPEST = 16
"""Hops in a chain; more is a configuration that names itself."""


class Guest(Protocol):
    """What a connection is made for."""

    def hold(self, endpoint: Endpoint, conn: asyncssh.SSHClientConnection, hop: Hop | None) -> None:
        """Take the connection that is logged in, and the jump host it leans on."""
        ...

    async def start(self) -> None:
        """Open its channel; raises a `TargetError`."""
        ...

    async def close(self) -> None:
        """Close the connection, whether or not it started."""
        ...


class Fleet:
    """Opens sessions; holds configuration, keys, known hosts and jump hosts for all of them."""

    def __init__(self, deadlines: Deadlines | None = None) -> None:
        self._deadlines = deadlines or Deadlines()
        self._configuration = Configuration(self._deadlines.connect)
        self._login = Login(self._deadlines)
        self._hops = Hops(self._login)
        self._sessions: weakref.WeakSet[SshSession] = weakref.WeakSet()
        self._running: set[SshErrand] = set()
        self._errands: set[asyncio.Task[None]] = set()
        # The library formats several lines per connection for a logger that nobody reads.
        logger = logging.getLogger("asyncssh")
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.CRITICAL)

    async def open(
        self,
        target: Target,
        script: Script,
        interval: float,
        deliver: Callable[[Answer], None],
    ) -> SshSession:
        """Log in, start the sampler and return at its first answer; raises a `TargetError`."""
        text = sampler(target.id, script)
        session = SshSession(target.id, interval, deliver)
        endpoint, chain = await self._connect(target, session)
        self._sessions.add(session)
        started = False
        try:
            session.write(opening(text, interval))
            await session.started(self._deadlines.start + interval)
            started = True
        except TimeoutError:
            words = session.last_words()
            said = f"; the host said: {words}" if words else ""
            late = f"no first answer within {self._deadlines.start + interval:g} s{said}"
            what = f"{target.id}: {endpoint.where} let us in, but {late}"
            raise Unreachable(what, f"try it: {faults.command(endpoint, chain)}") from None
        finally:
            if not started:
                await session.close()
        return session

    async def execute(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Run one program; see `ports.Doer`. Raises `Refused` for words no program can get."""
        words = checked(target.id, argv)
        errand = await self._errand_over_session(target.id, words, heard)
        if errand is None:
            errand = SshErrand(target.id, words, heard, self._deadlines.start)
            await self._connect(target, errand)
        self._running.add(errand)
        try:
            return await errand.run()
        finally:
            self._running.discard(errand)
            await errand.close()

    async def _errand_over_session(
        self, target: str, words: tuple[bytes, ...], heard: Callable[[bytes], None]
    ) -> SshErrand | None:
        """Open a channel beside the target's sampler; None when there is none, or no room."""
        for session in list(self._sessions):
            if session.target == target:
                errand = SshErrand(target, words, heard, self._deadlines.start)
                if await errand.borrow(session):
                    return errand
        return None

    async def _connect(self, target: Target, guest: Guest) -> tuple[Endpoint, tuple[Endpoint, ...]]:
        """Reach the target for a guest; returns where it is and the jump hosts before it."""
        asked = Asked(target.address or target.id, target.user, target.port, target.settings)
        try:
            endpoint = self._configuration.endpoint(asked)
            chain = self._chain(endpoint)
            await self._reach(endpoint, chain, guest)
        except TargetError as error:
            raise type(error)(f"{target.id}: {error}", error.remedy) from error.__cause__
        return endpoint, chain

    async def _reach(self, endpoint: Endpoint, chain: Sequence[Endpoint], session: Guest) -> None:
        hop = await self._hops.acquire(chain)
        leaning = True

        def let_go(_: Exception | None = None) -> None:
            nonlocal leaning
            if leaning:
                leaning = False
                self._errand(self._hops.release(hop))

        started = False
        try:
            conn, judge = await self._login.connect(endpoint, chain, hop.conn if hop else None)
            if hop is not None:  # else there is nobody to tell
                judge.on_loss = let_go
            session.hold(endpoint, conn, hop)
            await session.start()
            started = True
        except TargetError as error:
            raise (hop.lost() if hop else None) or error from error
        finally:
            if not started:
                await session.close()
                let_go()

    def _chain(self, endpoint: Endpoint, depth: int = 0) -> tuple[Endpoint, ...]:
        """Return the jump hosts before an endpoint, nearest first."""
        chain: tuple[Endpoint, ...] = ()
        for text in endpoint.jump:
            asked = parse_hop(text, endpoint.asked)
            # `Host *` with a ProxyJump covers the jump host too: it is no hop to itself.
            if asked.name == endpoint.asked.name:
                continue
            if depth == DEEPEST:
                raise Unsupported("jump hosts lead back to themselves", "mend ProxyJump")
            hop = self._configuration.endpoint(asked)
            chain = (*(chain or self._chain(hop, depth + 1)), hop)
        return chain

    def _errand(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def close(self) -> None:
        """End all sessions, then what they shared; what still runs is lost from sight."""
        await asyncio.gather(*(errand.close() for errand in list(self._running)))
        await asyncio.gather(*(session.close() for session in list(self._sessions)))
        while self._errands:
            await asyncio.gather(*self._errands)
            # What is done leaves the set in the loop's next turn. From Python 3.12 on, gather()
            # does not take one when everything is done already.
            await asyncio.sleep(0)
        self._login.close()
        self._configuration.close()
