"""Jump hosts: one kept connection per chain, shared by all targets behind it."""

import asyncio
from collections.abc import Sequence

import asyncssh

from opsconsole.errors import Lost, TargetError
from opsconsole.transports.ssh import faults
from opsconsole.transports.ssh.config import Endpoint
from opsconsole.transports.ssh.login import Login


class Hop:
    """A connection to a jump host, and how many lean on it."""

    def __init__(self, endpoint: Endpoint, before: "Hop | None") -> None:
        self.endpoint = endpoint
        self.before = before
        self.users = 0
        self.conn: asyncssh.SSHClientConnection | None = None
        self.opening: asyncio.Task[None] | None = None
        self.over = False
        self.reason: Exception | None = None

    def lost(self) -> Lost | None:
        """Say which hop of the chain is gone, the nearest first; None while all stand."""
        if self.before is not None and (nearer := self.before.lost()) is not None:
            return nearer
        if not self.over:
            return None
        return faults.lost(f"jump host {self.endpoint.where}", self.reason)


class Hops:
    """Opens chains of jump hosts and closes them when nobody leans on them any more."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._hops: dict[tuple[str, ...], Hop] = {}

    async def acquire(self, chain: Sequence[Endpoint]) -> Hop | None:
        """Return the last hop of the chain, connected; give it back with `release`."""
        hop: Hop | None = None
        for n in range(1, len(chain) + 1):
            hop = await self._one(chain[:n], hop)
        return hop

    async def _one(self, chain: Sequence[Endpoint], before: Hop | None) -> Hop:
        key = tuple(f"{end.where} {end.trust_name} {end.known_hosts}" for end in chain)
        hop = self._hops.get(key)
        if hop is None or hop.over or hop.before is not before:
            hop = self._hops[key] = Hop(chain[-1], before)
            hop.opening = asyncio.create_task(self._open(hop, chain[:-1]))
            hop.opening.add_done_callback(_heard)
        elif before is not None:
            self._forget(before)  # the hop itself leans on it already
        hop.users += 1
        assert hop.opening is not None
        connected = False
        try:
            # Shielded: one target that gives up must not take the hop from the others.
            await asyncio.shield(hop.opening)
            connected = True
        except TargetError as error:
            # A fresh one each: an exception that is raised for a thousand grows a thousand frames.
            raise type(error)(str(error), error.remedy) from None
        finally:
            if not connected:
                await self.release(hop)
        return hop

    async def _open(self, hop: Hop, nearer: Sequence[Endpoint]) -> None:
        tunnel = hop.before.conn if hop.before else None
        try:
            hop.conn, judge = await self._login.connect(hop.endpoint, nearer, tunnel)
        except TargetError as error:
            hop.over, hop.reason = True, error
            gone = hop.before.lost() if hop.before else None
            raise gone or type(error)(f"jump host: {error}", error.remedy) from error

        def over(reason: Exception | None) -> None:
            hop.over, hop.reason = True, reason

        judge.on_loss = over

    async def release(self, hop: Hop | None) -> None:
        """Give a hop back; the last one out closes it, then the hop before it."""
        while hop is not None:
            self._forget(hop)
            if hop.users:
                return
            hop.over = True
            self._hops = {key: other for key, other in self._hops.items() if other is not hop}
            if hop.opening is not None and not hop.opening.done():
                hop.opening.cancel()
            if hop.conn is not None:
                hop.conn.close()
                await hop.conn.wait_closed()
            hop = hop.before

    @staticmethod
    def _forget(hop: Hop) -> None:
        hop.users -= 1


def _heard(task: asyncio.Task[None]) -> None:
    """Take the result of an opening that nobody awaits any more."""
    if not task.cancelled():
        task.exception()
