"""Many events in a short time."""

import asyncio

from tests.servers.kubernetes import objects
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.refusal import Json, inside
from tests.servers.kubernetes.store import Entry, Place, now

_NOBODY = ("default", "nobody")
_KEPT = 5000
"""So many objects of a storm remain; older ones go, as events expire."""


class Storms:
    """At most one at a time."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._task: asyncio.Task[None] | None = None
        self._made: list[Entry] = []

    @property
    def raining(self) -> bool:
        return self._task is not None and not self._task.done()

    def begin(self, per_minute: int, total: int, of: str) -> None:
        self.end()
        self._task = asyncio.ensure_future(self._rain(per_minute, total, of))

    def end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _rain(self, per_minute: int, total: int, of: str) -> None:
        """Keep the pace by the clock, however long each step takes."""
        loop = asyncio.get_running_loop()
        began, done, store = loop.time(), 0, self._cluster.store
        while done < total:
            due = min(total, int((loop.time() - began) * per_minute / 60) + 1)
            entries = store.entries(store.kinds.named("pods" if of == "events" else of))
            for at in range(done, min(due, done + 500)):
                if of == "events":
                    self._event(entries[at % len(entries)].place if entries else _NOBODY, at)
                else:
                    self._touch(entries[at % len(entries)].place, of, at)
            done = min(due, done + 500)
            await asyncio.sleep(0.01)

    def _event(self, place: Place, at: int) -> None:
        store = self._cluster.store
        space, name = place
        about = {"kind": "Pod", "namespace": space, "name": name, "apiVersion": "v1"}
        body: Json = {
            "metadata": {"name": f"{name}.storm{at:x}"},
            "involvedObject": about, "reason": "BackOff", "type": "Warning",
            "message": f"Back-off restarting failed container c in pod {name}",
            "source": {"component": "kubelet"}, "firstTimestamp": now(), "lastTimestamp": now(),
            "count": 1, "reportingComponent": "kubelet", "reportingInstance": "",
        }  # fmt: skip
        kind = store.kinds.named("events")
        self._made.append(store.put(kind, objects.prepared(kind, space, body)))
        if len(self._made) > _KEPT:
            old = self._made.pop(0)
            if store.entry(kind, old.place) is not None:
                store.remove(old)

    def _touch(self, place: Place, of: str, at: int) -> None:
        store = self._cluster.store
        entry = store.entry(store.kinds.named(of), place)
        if entry is not None:
            obj = entry.obj
            notes = {**inside(obj["metadata"], "annotations"), "storm": str(at)}
            obj["metadata"]["annotations"] = notes
            store.put(entry.kind, obj)
