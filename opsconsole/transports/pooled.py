"""A transport that asks by questions and never pushes; its pool is made with its first target."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol

from opsconsole.errors import Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer, Session
from opsconsole.question import Questions, Script


class Pool(Protocol):
    """All targets that such a transport reaches."""

    async def open(
        self, target: Target, questions: Questions, deliver: Callable[[Answer], None]
    ) -> Session:
        """Reach it, so that one that is not there is told as such; raises a `TargetError`."""
        ...

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call; see `ports.Doer`."""
        ...

    async def close(self) -> None:
        """End all sessions."""
        ...


class PooledTransport(ABC):
    """What such transports share: the client library is imported by `made` alone."""

    name: str
    refusal: str
    """Why it runs no sampler: `no shell answers SQL`."""
    library: str
    """What it needs, and how that is had."""
    remedy: str

    def __init__(self) -> None:
        self._pool: Pool | None = None

    @abstractmethod
    def made(self) -> Pool:
        """The pool; raises `ImportError` where the library is missing."""

    async def open(
        self,
        target: Target,
        script: Script,
        interval: float,  # noqa: ARG002 - nothing is pushed
        deliver: Callable[[Answer], None],
    ) -> Session:
        """Reach it, so that one that is not there is told as such; raises a `TargetError`."""
        if isinstance(script, str):
            what = f"{target.id}: has a sampler for a shell, and {self.refusal}"
            raise Unsupported(what, "name another transport for it in the estate")
        return await self._ready(target).open(target, script, deliver)

    async def execute(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call, as the class says; see `ports.Doer`."""
        return await self._ready(target).call(target, argv, heard)

    def _ready(self, target: Target) -> Pool:
        if self._pool is None:
            try:
                self._pool = self.made()
            except ImportError as error:
                what = f"{target.id}: the {self.library} library is not usable: {error}"
                raise Unsupported(what, self.remedy) from error
        return self._pool

    async def close(self) -> None:
        """End all sessions; safe to call twice."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None
