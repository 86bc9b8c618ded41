"""An operator at a cluster: plans, approvals and texts through the executor, over real HTTP."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any  # objects are JSON

import msgspec

from opsconsole.clean import Clean
from opsconsole.domains.cloud.kubernetes import INTEGRATION, place
from opsconsole.executor import Executor, Ground
from opsconsole.executor.calls import Ask
from opsconsole.executor.draft import Draft
from opsconsole.executor.gate import Gate
from opsconsole.executor.hands import Hands
from opsconsole.executor.inquire import Inquiries
from opsconsole.model import Target
from opsconsole.plan import Approval, Option, Outcome, Plan, Progress, Request, Thing, digest
from opsconsole.policy import Policy
from opsconsole.ports import Line, Upward
from opsconsole.transports.kubernetes import KubernetesTransport
from tests.executor.scene import Log, Person
from tests.servers.kubernetes import ADMIN, Kubernetes
from tests.servers.kubernetes.refusal import Json, inside
from tests.transports.kubernetes.scene import target

APPS = "apps/v1"
KINDS = {one.plural: one.kind for one in place.KINDS.values() if one.kind not in {"Pod", "Node"}}
"""Whose rows say of which kind they are."""


def workload(kind: str, name: str, space: str, /, **spec: object) -> Json:
    """A workload of one container, whose pods are labelled with its name."""
    labels = {"app": name}
    template = {"metadata": {"labels": labels},
                "spec": {"containers": [{"name": "c", "image": "x:1"}]}}  # fmt: skip
    more = {"selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": APPS, "kind": kind, "metadata": {"name": name, "namespace": space},
            "spec": {**more, **spec}}  # fmt: skip


class Operator:
    """One account at one cluster, in a namespace of its own."""

    def __init__(self, server: Kubernetes, space: str, to: Target) -> None:
        self.server, self.space = server, space
        self.log, self.person = Log(), Person()
        self.person.takes = 0.0
        self.told: list[Upward] = []
        self._way = KubernetesTransport()
        self.ground = Ground(
            {to.id: to},
            {"kubernetes": {one.id: one for one in INTEGRATION.actions}},
            Policy(free=True, per_minute=1000),
            self,
            self.log,
            self.told.append,
            self.person,
            inquiries={"kubernetes": {one.id: one for one in INTEGRATION.inquiries}},
        )
        self.executor = Executor(self.ground)
        self.executor.arm(600, "*")

    def get(self, name: str) -> Any:  # Any: the port's own type would want a sampler too
        assert name == "kubernetes"
        return self._way

    async def close(self) -> None:
        await self.executor.idle()
        await self._way.close()

    async def control(self, do: str, **told: object) -> Any:
        """Have the server do something, while the loop goes on."""
        return await asyncio.to_thread(self.server.control, do, **told)

    async def add(self, *objects: Json) -> list[Json]:
        return list(await self.control("add", objects=objects))

    async def stored(self, of: str, name: str, space: str | None = None) -> Json:
        where = self.space if space is None else space
        return dict(await self.control("get", of=of, namespace=where, name=name))

    async def change(self, of: str, name: str, patch: Json, space: str | None = None) -> None:
        where = self.space if space is None else space
        await self.control("change", of=of, namespace=where, name=name, patch=patch)

    async def patch(self, of: str, name: str, patch: Json) -> None:
        """Change an object as a client does."""
        kind = next(one for one in place.KINDS.values() if one.plural == of)
        path = place.Place(kind, self.space, name).path()
        said = bytearray()
        argv = ("PATCH", path, json.dumps(patch), "strategic")
        to = self.ground.targets["prod"]
        assert await self._way.execute(to, argv, said.extend) == 0, said

    async def pods(self, app: str) -> list[Json]:
        """Pods of a workload that are not about to go."""
        found: list[Json] = await self.control("list", of="pods", namespace=self.space)
        return [
            one for one in found
            if inside(one["metadata"], "labels").get("app") == app
            and "deletionTimestamp" not in one["metadata"]
        ]  # fmt: skip

    async def deployed(self, name: str = "web", kind: str = "Deployment", **spec: object) -> Thing:
        """A workload whose pods all run."""
        await self.add(workload(kind, name, self.space, **spec))
        of, wanted = f"{kind.lower()}s", spec.get("replicas", 1)

        async def ready() -> bool:
            status = inside(await self.stored(of, name), "status")
            if kind == "DaemonSet":
                count = int(status.get("desiredNumberScheduled", 0))
                return count > 0 and bool(status["numberReady"] == count)
            return bool(status.get("readyReplicas", 0) == wanted)

        await eventually(ready)
        return await self.thing(of, name)

    async def thing(self, of: str, name: str, **pins: str) -> Thing:
        """A row as a console would name it."""
        obj = await self.stored(of, name)
        meta = obj["metadata"]
        space = {"namespace": meta["namespace"]} if meta.get("namespace") else {}
        kind = {"kind": KINDS[of]} if of in KINDS else {}
        found = {"name": name, **space, **kind, "uid": meta["uid"], **pins}
        return Thing("prod", tuple(found.items()), Clean(name))

    async def propose(self, action: str, *things: Thing, **arguments: str) -> bytes:
        request = Request(f"kubernetes.{action}", things, dict(arguments))
        return await self.executor.propose(request)

    async def plan(self, action: str, *things: Thing, **arguments: str) -> Plan:
        return msgspec.msgpack.decode(await self.propose(action, *things, **arguments), type=Plan)

    async def do(self, action: str, *things: Thing, **arguments: str) -> Outcome:
        """Propose and approve."""
        return await self.approved(await self.propose(action, *things, **arguments))

    async def undo(self, outcome: Outcome) -> Outcome:
        """Take it back as it is proposed."""
        (back,) = outcome.undo
        return await self.do(back.action.partition(".")[2], *back.things, **back.arguments)

    async def approved(self, body: bytes) -> Outcome:
        plan = msgspec.msgpack.decode(body, type=Plan)
        return await self.executor.approve(Approval(digest(body), plan.confirm, "as told"))

    async def option(self, action: str, thing: Thing) -> Option:
        """How a menu shows it."""
        hands = Hands(self, self.ground.clock)
        draft = Draft(self.ground, hands, Gate(self.ground))
        (found,) = await draft.options((thing,), (f"kubernetes.{action}",))
        return found

    def lines(self) -> list[str]:
        """What was told while plans ran."""
        return [one.text for one in self.told if isinstance(one, Progress)]

    async def read(
        self, inquiry: str, *things: Thing, reason: str = "", lines: int = 0, **arguments: str
    ) -> tuple[list[Line], str]:
        """All of a text, or so many lines of one that goes on; and what was noted about it."""
        texts = Inquiries(self.ground, Hands(self, self.ground.clock))
        opened = await texts.begin(Ask(f"kubernetes.{inquiry}", things, dict(arguments), reason))
        found: list[Line] = []
        notes: list[str] = []
        async with asyncio.timeout(60):
            while True:
                passage = await texts.more(opened.id)
                found += passage.lines
                notes += [passage.note] if passage.note else []
                if passage.ended or (lines and len(found) >= lines):
                    await texts.close()
                    return found, "; ".join(notes)

    async def page(self, inquiry: str, thing: Thing, reason: str = "", **more: str) -> str:
        """A text that ends, of which there is nothing to note."""
        lines, notes = await self.read(inquiry, thing, reason=reason, lines=0, **more)
        assert not notes
        return "\n".join(line.text for line in lines)


async def eventually(holds: Callable[[], Any]) -> None:
    """Wait for it, with a generous deadline."""
    async with asyncio.timeout(60):
        while not await holds():  # noqa: ASYNC110 - what others do sets no event
            await asyncio.sleep(0.01)


@asynccontextmanager
async def operator(
    server: Kubernetes, space: str, folder: Path, token: str = ADMIN
) -> AsyncGenerator[Operator, None]:
    """One within the context."""
    path = folder / f"token-{token}"
    path.write_text(token)
    path.chmod(0o600)
    to = replace(target(server.base_url, path), labels={"env": "dev"})
    one = Operator(server, space, to)
    try:
        yield one
    finally:
        await one.close()
