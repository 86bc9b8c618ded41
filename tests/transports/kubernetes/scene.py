"""A cluster that is watched, and the rows that somebody keeps who heard all its turns."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any  # objects are JSON

from opsconsole.errors import TargetError
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Question, Questions, Watched
from opsconsole.secret import Secret
from opsconsole.transports.kubernetes.pool import Pool
from opsconsole.transports.kubernetes.session import KubernetesSession
from opsconsole.transports.kubernetes.watching import Tempo
from opsconsole.turn import Phase, unframed
from tests.servers.kubernetes import Kubernetes

QUICK = Tempo(
    beat=0.1,
    silence=0.8,
    filling=0.5,
    first=0.02,
    longest=0.1,
    patience=20.0,
    grace=20.0,
)
"""A test has less patience than an operator."""


def target(server: str, token: Path | None = None, **settings: object) -> Target:
    """A cluster that is reached without a kubeconfig."""
    given: dict[str, object] = {"server": server, **settings}
    if token is not None:
        given["token"] = Secret("file", (str(token),))
    return Target("prod", "kubernetes", "kubernetes", settings=given)


class Rows:
    """Answers of one session, and the objects they add up to: version by name."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.now: dict[str, str] = {}
        self.phases: list[Phase] = []
        self.faults: list[TargetError] = []
        self.fewest = 0
        """Rows there were at least since the first list was complete."""
        self._seen: set[str] | None = None
        self._complete = False

    def __call__(self, answer: Answer) -> None:
        self.answers.append(answer)
        if answer.error is not None:
            self.faults.append(answer.error)
        elif answer.exchange == "maps":
            self._turn(answer.payload)

    def _turn(self, payload: bytes) -> None:
        phase, body = unframed(payload)
        self.phases.append(phase)
        match phase:
            case Phase.FIRST | Phase.PAGE:
                self._page(phase, json.loads(body))
            case Phase.LISTED:
                assert self._seen is not None
                self.now = {key: one for key, one in self.now.items() if key in self._seen}
                self._complete, self._seen, self.fewest = True, None, len(self.now)
            case Phase.EVENTS:
                for line in body.splitlines():
                    self._event(json.loads(line))
            case _:
                assert not body
        if self._complete:
            self.fewest = min(self.fewest, len(self.now))

    def _page(self, phase: Phase, body: Any) -> None:
        if phase is Phase.FIRST:
            self._seen = set()
        assert self._seen is not None, "a page without a first one"
        for item in body["items"]:
            self.now[_key(item)] = item["metadata"]["resourceVersion"]
            self._seen.add(_key(item))

    def _event(self, event: Any) -> None:
        assert event["type"] in {"ADDED", "MODIFIED", "DELETED"}
        key = _key(event["object"])
        if event["type"] == "DELETED":
            self.now.pop(key, None)
        else:
            self.now[key] = event["object"]["metadata"]["resourceVersion"]
            if self._seen is not None:
                self._seen.add(key)

    async def counted(self, count: int) -> None:
        """Wait for so many answers."""
        await until(lambda: len(self.answers) >= count)

    def count(self, phase: Phase) -> int:
        return self.phases.count(phase)


def _key(item: Any) -> str:
    return str(item["metadata"]["name"])


@dataclass(frozen=True, slots=True)
class Space:
    """A namespace whose config maps nobody but one test changes."""

    server: Kubernetes
    name: str
    target: Target
    """The cluster it is in."""

    @property
    def path(self) -> str:
        return f"/api/v1/namespaces/{self.name}/configmaps"

    def maps(self, **more: Any) -> dict[str, tuple[Question, ...]]:
        """The question about them."""
        return {"maps": (Watched(self.path, **more),)}

    def add(self, *names: str, **data: str) -> None:
        self.server.add(*(self._map(name, data) for name in names))

    def pod(self, name: str) -> None:
        """Add one that runs, with a container `app`."""
        running = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
        state = {"name": "app", "ready": True, "state": running, "restartCount": 0}
        made = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": self.name},
            "spec": {"containers": [{"name": "app", "image": "x"}]},
            "status": {"phase": "Running", "containerStatuses": [state]},
        }
        self.server.add(made)

    def _map(self, name: str, data: dict[str, str]) -> dict[str, Any]:
        meta = {"name": name, "namespace": self.name}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}

    @property
    def streamed(self) -> "Space":
        """The same, of a cluster whose lists are to come over streams."""
        more = {**self.target.settings, "streamed": True}
        return replace(self, target=replace(self.target, settings=more))

    async def change(self, name: str, value: str = "x") -> str:
        """Change one; its new version."""
        at = {"of": "configmaps", "namespace": self.name, "name": name}
        made = await self.tell("change", patch={"data": {"changed": value}}, **at)
        return str(made["metadata"]["resourceVersion"])

    async def remove(self, name: str) -> None:
        await self.tell("remove", of="configmaps", namespace=self.name, name=name)

    async def tell(self, do: str, **told: object) -> Any:
        """Have the server do something, while the loop goes on."""
        return await asyncio.to_thread(self.server.control, do, **told)

    async def quiet(self) -> None:
        """Wait until nobody watches these maps."""
        async with asyncio.timeout(60):
            while any(self.path in one for one in await self.tell("watches")):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def asked(self, what: str) -> list[str]:
        """Requests for these maps so far whose line has this in it."""
        lines = await asyncio.to_thread(self.server.paths)
        return [line for line in lines if self.path in line and what in line]


async def until(holds: Callable[[], object]) -> None:
    """Wait for it, with a generous deadline."""
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - what others do sets no event
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def opened(
    to: Target,
    questions: Questions,
    tempo: Tempo = QUICK,
    ask: Sequence[str] = ("maps",),
) -> AsyncGenerator[tuple[KubernetesSession, Rows], None]:
    """A session within the context, that is asked for these."""
    pool, rows = Pool(tempo), Rows()
    try:
        session = await pool.open(to, questions, rows)
        for exchange in ask:
            session.ask(exchange)
        yield session, rows
    finally:
        await pool.close()
