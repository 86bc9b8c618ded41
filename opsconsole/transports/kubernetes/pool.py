"""All clusters: a client for each, made from its settings."""

import asyncio
from collections.abc import Callable
from typing import cast

from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Questions
from opsconsole.transports.kubernetes.account import Account
from opsconsole.transports.kubernetes.calling import call
from opsconsole.transports.kubernetes.client import REQUESTS, Client
from opsconsole.transports.kubernetes.session import KubernetesSession
from opsconsole.transports.kubernetes.watching import Tempo


class Pool:
    """Opens sessions; holds what they share."""

    def __init__(self, tempo: Tempo | None = None) -> None:
        self._tempo = tempo or Tempo()
        self._sessions: set[KubernetesSession] = set()
        self._accounts: dict[Target, Account] = {}

    async def open(
        self, target: Target, questions: Questions, deliver: Callable[[Answer], None]
    ) -> KubernetesSession:
        """Read who we are, connect and ask for the version; raises a `TargetError`."""
        page = cast("int", target.settings.get("page", 0))
        client = self._client(target, Account(target))
        reached = False
        try:
            session = KubernetesSession(
                questions, client, deliver, self._sessions.discard, self._tempo, page
            )
            self._sessions.add(session)
            await session.reach()
            reached = True
        finally:
            if not reached:
                await client.close()
        return session

    def _client(self, target: Target, account: Account) -> Client:
        settings = target.settings
        requests = cast("int", settings.get("requests", REQUESTS))
        return Client(target.id, account, requests, str(settings.get("compression", "auto")))

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call over a connection of its own; see `KubernetesTransport.execute`."""
        client = self._client(target, Account(target))
        try:
            return await call(client, argv, heard)
        finally:
            await client.close()

    async def close(self) -> None:
        """End all sessions."""
        await asyncio.gather(*(session.close() for session in list(self._sessions)))
