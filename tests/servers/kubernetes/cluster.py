"""The state of the fake: objects, who may what, how it behaves, and what a test made wrong."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from tests.servers.kubernetes.access import Access
from tests.servers.kubernetes.faults import Faults
from tests.servers.kubernetes.kinds import Kind, Kinds, custom
from tests.servers.kubernetes.logs import Logs
from tests.servers.kubernetes.objects import prepared
from tests.servers.kubernetes.refusal import Json
from tests.servers.kubernetes.store import Entry, Event, Store

if TYPE_CHECKING:
    from tests.servers.kubernetes.watch import Stream


@dataclass(slots=True)
class Settings:
    """How it behaves; a test may change each of these at any time."""

    bookmark_s: float = 60.0
    """How often a watch that allows it gets a bookmark."""
    watch_s: float = 1800.0
    """How long a watch lives that names no timeoutSeconds."""
    settle_s: float = 0.02
    """How long pods take to start and stop, and controllers to act."""
    controllers: bool = True
    """Whether workloads, budgets, namespaces and owners are looked after."""
    kubelet: bool = True
    """Whether pods that have a node start and stop."""
    scheduler: bool = True
    """Whether pods get a node."""
    metrics: bool = True
    """Whether metrics.k8s.io is there."""
    watch_list: str = "on"
    """`on`, `silent` (never sends the bookmark that ends the first events) or `refused`."""
    snapshots: int = 64
    """How many lists remain for their continue tokens."""
    gzip: bool = True
    version: str = "v1.36.2"


@dataclass(slots=True)
class Snapshots:
    """What paged lists saw: all entries of a resource at a resource version."""

    held: dict[tuple[str, str, int], list[Entry]] = field(
        default_factory=dict[tuple[str, str, int], list[Entry]]
    )
    floor: int = 0
    """Continue tokens of this version and before have expired."""

    def hold(self, kind: Kind, rv: int, entries: list[Entry], most: int) -> None:
        self.held[kind.group, kind.plural, rv] = entries
        while len(self.held) > most:
            del self.held[next(iter(self.held))]

    def at(self, kind: Kind, rv: int) -> list[Entry] | None:
        return None if rv <= self.floor else self.held.get((kind.group, kind.plural, rv))


class Cluster:
    """All of it."""

    def __init__(self, settings: Settings, ring: int) -> None:
        self.settings = settings
        self.kinds = Kinds()
        self.store = Store(self.kinds, ring)
        self.access = Access()
        self.faults = Faults()
        self.logs = Logs()
        self.snapshots = Snapshots()
        self.streams: set[Stream] = set()
        self.asked: list[Json] = []
        self.requests: dict[str, int] = {}
        self.transports: set[asyncio.BaseTransport] = set()
        self.store.listeners.append(self._define)
        spaces = ("default", "kube-node-lease", "kube-public", "kube-system")
        kind = self.kinds.named("namespaces")
        for name in spaces:
            self.store.put(kind, prepared(kind, "", {"metadata": {"name": name}}))
        self.store.forget()

    def note(self, request: web.BaseRequest) -> None:
        """Keep what was asked; the last ten thousand."""
        self.asked.append({"method": request.method, "path": request.path_qs,
                           "accept": request.headers.get("Accept", "")})  # fmt: skip
        if len(self.asked) > 20_000:
            del self.asked[:10_000]
        self.requests[request.method] = self.requests.get(request.method, 0) + 1
        if request.transport is not None:
            self.transports.add(request.transport)
        if len(self.transports) > 1000:
            self.transports = {each for each in self.transports if not each.is_closing()}

    def hang_up(self) -> None:
        """Reset every connection."""
        for transport in self.transports:
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()
        self.transports.clear()

    def _define(self, event: Event) -> None:
        """A CRD brings and takes its resources, with their objects and who watches them."""
        if event.entry.kind.plural == "customresourcedefinitions":
            for kind in custom(event.entry.obj):
                if event.type != "DELETED":
                    self.kinds.add(kind)
                elif self.kinds.at(kind.group, kind.version, kind.plural):
                    self.store.clear(kind)
                    self.kinds.remove(kind)
