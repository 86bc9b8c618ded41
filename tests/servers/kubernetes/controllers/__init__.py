"""The controllers a cluster has beside its API server, each one small, all in one loop."""

import asyncio
import contextlib

import msgspec

from tests.servers.kubernetes import budgets
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.controllers.deployments import Deployments
from tests.servers.kubernetes.controllers.jobs import Jobs
from tests.servers.kubernetes.controllers.kubelet import Kubelet
from tests.servers.kubernetes.controllers.lifetimes import Lifetimes
from tests.servers.kubernetes.controllers.numbered import Daemons, Stateful
from tests.servers.kubernetes.controllers.replicas import Replicas
from tests.servers.kubernetes.deleting import FOREGROUND
from tests.servers.kubernetes.refusal import listed
from tests.servers.kubernetes.selectors import matches
from tests.servers.kubernetes.store import Entry, Event

Task = tuple[str, str, str]
"""A kind, a namespace and a name; `gone` and a uid for an owner that has gone."""


class _Parts(msgspec.Struct):
    spec: msgspec.Raw
    status: msgspec.Raw
    metadata: "_Meta"


class _Meta(msgspec.Struct):
    deletion: str = msgspec.field(default="", name="deletionTimestamp")


_PARTS = msgspec.json.Decoder(_Parts)
_OWNED_BY = {"pods": ("replicasets", "statefulsets", "daemonsets", "jobs"),
             "replicasets": ("deployments",), "jobs": ("cronjobs",)}  # fmt: skip
_SELF = {"replicasets", "deployments", "statefulsets", "daemonsets", "jobs", "cronjobs",
         "namespaces", "poddisruptionbudgets"}  # fmt: skip


class Controllers:
    """Looks after what has changed, `settle_s` after it did."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._store = cluster, cluster.store
        self.kubelet = Kubelet(cluster)
        self._jobs, self._lifetimes = Jobs(cluster), Lifetimes(cluster)
        self._steps = {
            "replicasets": Replicas(cluster).step,
            "deployments": Deployments(cluster).step,
            "statefulsets": Stateful(cluster).step,
            "daemonsets": Daemons(cluster).step,
            "jobs": self._jobs.step,
            "cronjobs": self._jobs.step_cron,
            "namespaces": self._lifetimes.space,
            "poddisruptionbudgets": self._budget,
        }
        self._due: dict[Task, None] = {}
        self._busy = False
        self._woken = asyncio.Event()
        cluster.store.listeners.append(self._heard)
        self._task = asyncio.ensure_future(self._run())

    @property
    def idle(self) -> bool:
        """Whether nothing is left to do; raises what a controller died of."""
        if self._task.done():
            self._task.result()
        return not self._due and not self._busy

    def wake(self) -> None:
        self._woken.set()

    async def stop(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task  # what a controller died of is raised here

    def schedule(self, cron: Entry) -> str:
        return self._jobs.schedule(cron.obj)

    # what is to be done

    def _mark(self, *task: str) -> None:
        self._due[(task[0], task[1], task[2])] = None
        self._woken.set()

    def _heard(self, event: Event) -> None:
        entry = event.entry
        plural = entry.kind.plural if not entry.kind.custom else ""
        if plural == "pods" and not _matters(event):
            return
        if event.type == "DELETED":
            if entry.uid in self._store.owned:
                self._mark("gone", entry.uid, "")
        elif plural in _SELF or plural == "pods":
            self._mark(plural, *entry.place)
        if FOREGROUND.encode() in entry.body:
            self._mark("foreground", entry.kind.qualified, "/".join(entry.place))
        self._mark_owners(entry)
        if plural == "pods":
            self._mark_budgets(entry)
        if plural == "nodes":
            self._mark_all("daemonsets")
            self._mark_waiting()

    def _mark_owners(self, entry: Entry) -> None:
        if not entry.owners:
            return
        meta = entry.obj["metadata"]
        for owner in listed(meta, "ownerReferences"):
            plural = owner["kind"].lower() + "s"
            if plural in _OWNED_BY.get(entry.kind.plural, ()):
                self._mark(plural, meta["namespace"], owner["name"])
            if FOREGROUND:
                kind = self._store.kinds.named(owner["kind"])
                space = meta.get("namespace", "") if kind.namespaced else ""
                self._mark("foreground", kind.qualified, f"{space}/{owner['name']}")

    def _mark_budgets(self, pod: Entry) -> None:
        kind = self._store.kinds.named("poddisruptionbudgets")
        for entry in self._store.entries(kind, pod.place[0]):
            if matches(entry.obj["spec"].get("selector"), pod.labels):
                self._mark(kind.plural, *entry.place)

    def _mark_all(self, of: str) -> None:
        for entry in self._store.entries(self._store.kinds.named(of)):
            self._mark(of, *entry.place)

    def _mark_waiting(self) -> None:
        for entry in self._store.entries(self._store.kinds.named("pods")):
            if not entry.fields["spec.nodeName"]:
                self._mark("pods", *entry.place)

    # doing it

    async def _run(self) -> None:
        settings = self._cluster.settings
        while True:
            await self._woken.wait()
            self._woken.clear()
            self._busy = bool(self._due)
            await asyncio.sleep(settings.settle_s)
            due, self._due = self._due, {}
            for at, task in enumerate(due):
                if settings.controllers or task[0] == "pods":
                    self._do(task)
                if at % 50 == 49:
                    await asyncio.sleep(0)  # let requests in between
            self._busy = False

    def _do(self, task: Task) -> None:
        what, space, name = task
        if what == "gone":
            self._lifetimes.orphaned(space)
            return
        if what == "foreground":
            kind = self._store.kinds.named(space)
            entry = self._store.entry(kind, _place(name))
            if entry is not None:
                self._lifetimes.foreground(entry)
            return
        kind = self._store.kinds.named(what)
        entry = self._store.entry(kind, (space, name))
        if entry is None:
            return
        step = self.kubelet.step if what == "pods" else self._steps[what]
        step(entry.obj)

    def _budget(self, found: dict[str, object]) -> None:
        status = budgets.counts(self._cluster, found)
        if found.get("status") != status:
            kind = self._store.kinds.named("poddisruptionbudgets")
            self._store.put(kind, {**found, "status": status})


def _place(text: str) -> tuple[str, str]:
    space, _, name = text.partition("/")
    return space, name


def _matters(event: Event) -> bool:
    """Whether more than labels and annotations of a pod changed."""
    if event.before is None or event.type == "DELETED":
        return True
    if event.before.labels != event.entry.labels or event.before.owners != event.entry.owners:
        return True
    return _PARTS.decode(event.before.body) != _PARTS.decode(event.entry.body)
