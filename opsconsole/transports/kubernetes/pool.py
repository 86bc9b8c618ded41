"""All clusters: a client for each session and one for all calls, made from its settings."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import cast

from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Questions
from opsconsole.transports.kubernetes.account import Account
from opsconsole.transports.kubernetes.calling import call
from opsconsole.transports.kubernetes.channel import EXEC, run
from opsconsole.transports.kubernetes.client import KEPT, REQUESTS, Client
from opsconsole.transports.kubernetes.forwards import CALLS, Forwards
from opsconsole.transports.kubernetes.session import KubernetesSession
from opsconsole.transports.kubernetes.watching import Tempo

LINGER = 5.0
"""Seconds that a connection of a call is kept for the next one: a drain is hundreds of them. Far
less than after which a server or what is between closes it, since a request that meets a
connection which has just been closed may or may not have been done."""


class Pool:
    """Opens sessions; holds what they share."""

    def __init__(self, tempo: Tempo | None = None) -> None:
        self._tempo = tempo or Tempo()
        self._sessions: set[KubernetesSession] = set()
        self._accounts: dict[str, Account] = {}
        self._forwards = Forwards(self._client)
        self._callers: dict[str, Client] = {}
        """What calls are made by, for as long as that is who we are."""
        self._calls: Counter[Client] = Counter()
        """Calls that are under way."""

    async def open(
        self, target: Target, questions: Questions, deliver: Callable[[Answer], None]
    ) -> KubernetesSession:
        """Read who we are, connect and ask for the version; raises a `TargetError`."""
        settings = target.settings
        how = cast("int", settings.get("page", 0)), bool(settings.get("streamed"))
        self._accounts.pop(target.id, None)  # what was read for a session that ended is old
        client = self._client(target)
        reached = False
        try:
            session = KubernetesSession(
                questions, client, deliver, self._sessions.discard, self._tempo, *how
            )
            session.held = self._forwards.listed
            await session.reach()
            reached = True
        finally:
            if not reached:
                await client.close()
        self._sessions.add(session)
        return session

    def _client(self, target: Target, kept: float = KEPT) -> Client:
        settings = target.settings
        requests = cast("int", settings.get("requests", REQUESTS))
        packing = str(settings.get("compression", "auto"))
        return Client(self._account(target), requests, packing, kept)

    def _account(self, target: Target) -> Account:
        """Calls are made as who its session is: no plug-in runs for each of them."""
        known = self._accounts.get(target.id)
        if known is None or known.target != target:
            known = self._accounts[target.id] = Account(target)
        return known

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call, over connections that only calls have: a session that ends takes none of
        them along. See `KubernetesTransport.execute`.
        """
        if argv[:1] and argv[0] in CALLS:
            return await self._forwards.call(target, argv, heard)
        before, client = self._callers.get(target.id), self._caller(target)
        self._calls[client] += 1
        try:
            if before is not None and before is not client:
                await self._let_go(before)
            if argv[:1] == (EXEC,):
                return await run(client, argv, heard)
            return await call(client, argv, heard)
        finally:
            self._calls[client] -= 1
            if client is not self._callers.get(target.id):
                await self._let_go(client)

    def _caller(self, target: Target) -> Client:
        """What makes calls there, as who we are now."""
        known = self._callers.get(target.id)
        if known is None or known.account is not self._account(target):
            known = self._callers[target.id] = self._client(target, LINGER)
        return known

    async def _let_go(self, client: Client) -> None:
        """Close what makes no calls any more, unless one is still under way."""
        if not self._calls[client]:
            del self._calls[client]
            await client.close()

    async def close(self) -> None:
        """End all sessions, the connections of calls, and all that is forwarded."""
        callers = [*self._callers.values()]
        self._callers.clear()
        await self._forwards.close()
        await asyncio.gather(
            *(session.close() for session in list(self._sessions)),
            *(client.close() for client in callers),
        )
