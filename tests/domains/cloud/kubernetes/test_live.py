"""Every probe against an API server over HTTP: by collector, transport and store, as in life."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from opsconsole.bus.memory import MemoryConsoleEnd, pair
from opsconsole.collector import Collector
from opsconsole.domains.cloud.kubernetes import INTEGRATION
from opsconsole.model import State
from opsconsole.ports import Interest, Patches, Samples
from opsconsole.store import Store
from opsconsole.transports.kubernetes import KubernetesTransport
from tests.servers.kubernetes import ADMIN, Kubernetes, kubernetes
from tests.transports.kubernetes.scene import target

NAME = "prod"
PROBES = {probe.id: probe for probe in INTEGRATION.probes}
PATIENCE = 60.0
NODES_ONLY = [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["*"]}]


@pytest.fixture(scope="module")
def server() -> Iterator[Kubernetes]:
    with kubernetes(bookmark_s=0.5) as running:
        running.populate(pods=120, nodes=3, namespaces=2, events=20, others=True)
        yield running


class Only:
    """The one way there is."""

    def __init__(self) -> None:
        self.way = KubernetesTransport()

    def get(self, name: str) -> KubernetesTransport:
        assert name == "kubernetes"
        return self.way


class Heard:
    """What a console has."""

    def __init__(self, end: MemoryConsoleEnd) -> None:
        self._end = end
        self.store = Store(INTEGRATION.probes)

    async def listen(self) -> None:
        while True:
            match await self._end.receive():
                case Samples(samples):
                    self.store.put(samples)
                case Patches(patches):
                    self.store.patch(patches)
                case _:
                    pass

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not true():  # noqa: ASYNC110 - it is polled what a console has
                await asyncio.sleep(0.02)

    def look(self, *probes: str, kind: str) -> None:
        """Look at these alone, and at objects of that kind."""
        pairs = [(probe, NAME) for probe in probes]
        self._end.send(Interest(pairs, [("kubernetes.object", NAME, kind)]))

    def state(self, probe: str) -> State:
        return self.store.state(probe, NAME).state

    def said(self, probe: str) -> list[dict[str, object]]:
        columns = PROBES[probe].columns
        rows = self.store.rows(probe, NAME)
        return [
            {column.key: value for column, value in zip(columns, row, strict=True)} for row in rows
        ]


@asynccontextmanager
async def watched(server: Kubernetes, folder: Path, token: str = ADMIN) -> AsyncGenerator[Heard]:
    """A collector of that cluster, of which a console looks at everything."""
    file = folder / "token"
    await asyncio.to_thread(file.write_text, token + "\n")
    await asyncio.to_thread(file.chmod, 0o600)
    collector_end, console_end = pair()
    ways, heard = Only(), Heard(console_end)
    cluster = target(server.base_url, file)
    collector = Collector([cluster], {"kubernetes": INTEGRATION}, ways, collector_end)
    heard.look(*PROBES, kind="configmaps.v1.")
    running = asyncio.create_task(collector.run())
    listening = asyncio.create_task(heard.listen())
    try:
        yield heard
    finally:
        console_end.close()
        listening.cancel()
        await asyncio.wait([running, listening])
        await collector.close()
        await ways.way.close()


async def test_every_probe_says_what_is_there(server: Kubernetes, tmp_path: Path) -> None:
    async with watched(server, tmp_path) as heard:
        every = {probe.id for probe in INTEGRATION.probes}
        there = (State.LIVE, State.EMPTY)
        await heard.until(lambda: all(heard.state(one) in there for one in every))
        await heard.until(lambda: len(heard.said("kubernetes.pod")) == 120)
        empty = {one for one in every if heard.state(one) is State.EMPTY}
        assert empty == {"kubernetes.forward"}
        (sums,) = heard.said("kubernetes.pods")
        assert sums["pods"] == 120
        assert len(heard.said("kubernetes.container")) >= 120
        await heard.until(lambda: heard.said("kubernetes.pod")[0]["cpu_cores"] is not None)


async def test_what_changes_in_the_cluster_changes_here(server: Kubernetes, tmp_path: Path) -> None:
    async with watched(server, tmp_path) as heard:
        await heard.until(lambda: len(heard.said("kubernetes.pod")) >= 120)
        meta = {"name": "app.with-every.legal-char4cter", "namespace": "default"}
        spec = {"containers": [{"name": "c", "image": "i"}], "nodeName": "node-000"}
        pod = {"kind": "Pod", "apiVersion": "v1", "metadata": meta, "spec": spec}
        await asyncio.to_thread(server.add, pod)

        def named() -> bool:
            return any(one["name"] == meta["name"] for one in heard.said("kubernetes.pod"))

        await heard.until(named)
        await asyncio.to_thread(server.control, "remove", of="pods", **meta)
        await heard.until(lambda: not named())


async def test_an_account_that_may_see_little_sees_that_and_faults_of_the_rest(
    server: Kubernetes, tmp_path: Path
) -> None:
    await asyncio.to_thread(server.control, "user", token="few", name="few", rules=NODES_ONLY)
    async with watched(server, tmp_path, "few") as heard:
        await heard.until(lambda: len(heard.said("kubernetes.node")) == 3)
        await heard.until(lambda: heard.state("kubernetes.secret") is State.FAULT)
        await heard.until(lambda: heard.state("kubernetes.pods") is State.FAULT)
        assert heard.state("kubernetes.node") is State.LIVE
