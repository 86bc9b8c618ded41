"""All clusters: a client for each, made from its settings."""

import asyncio
from collections.abc import Callable
from typing import cast

from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Questions
from opsconsole.transports.kubernetes.account import Account
from opsconsole.transports.kubernetes.calling import call
from opsconsole.transports.kubernetes.channel import EXEC, run
from opsconsole.transports.kubernetes.client import REQUESTS, Client
from opsconsole.transports.kubernetes.forwards import CALLS, Forwards
from opsconsole.transports.kubernetes.session import KubernetesSession
from opsconsole.transports.kubernetes.watching import Tempo


class Pool:
    """Opens sessions; holds what they share."""

    def __init__(self, tempo: Tempo | None = None) -> None:
        self._tempo = tempo or Tempo()
        self._sessions: set[KubernetesSession] = set()
        self._accounts: dict[str, Account] = {}
        self._forwards = Forwards(self._client)

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

    def _client(self, target: Target) -> Client:
        settings = target.settings
        requests = cast("int", settings.get("requests", REQUESTS))
        return Client(self._account(target), requests, str(settings.get("compression", "auto")))

    def _account(self, target: Target) -> Account:
        """Calls are made as who its session is: no plug-in runs for each of them."""
        known = self._accounts.get(target.id)
        if known is None or known.target != target:
            known = self._accounts[target.id] = Account(target)
        return known

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call over a connection of its own; see `KubernetesTransport.execute`."""
        if argv[:1] and argv[0] in CALLS:
            return await self._forwards.call(target, argv, heard)
        client = self._client(target)
        try:
            if argv[:1] == (EXEC,):
                return await run(client, argv, heard)
            return await call(client, argv, heard)
        finally:
            await client.close()

    async def close(self) -> None:
        """End all sessions, and all that is forwarded."""
        await self._forwards.close()
        await asyncio.gather(*(session.close() for session in list(self._sessions)))
