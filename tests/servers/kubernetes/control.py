"""What tests command: objects, faults, users, time; each command is a method of this name."""

import asyncio
import gc
import re
from typing import TYPE_CHECKING, Any  # arguments and results are JSON

import msgspec
from aiohttp import web

from tests.servers.kubernetes import objects, patches, populate
from tests.servers.kubernetes.access import User
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.faults import Fault
from tests.servers.kubernetes.kinds import Kind
from tests.servers.kubernetes.refusal import Json, Refusal, inside
from tests.servers.kubernetes.store import Entry
from tests.servers.kubernetes.storms import Storms

if TYPE_CHECKING:
    from tests.servers.kubernetes.controllers import Controllers
    from tests.servers.kubernetes.serving import Serving


class Control:
    """Commands that come as `POST {"do": name, "with": {...}}`."""

    def __init__(self, cluster: Cluster, serving: "Serving", controllers: "Controllers") -> None:
        self.cluster, self._serving, self._controllers = cluster, serving, controllers
        self._storms = Storms(cluster)

    async def handle(self, request: web.BaseRequest) -> web.Response:
        told: Json = msgspec.json.decode(await request.content.read())
        return await self.obeyed(told)

    async def obeyed(self, told: Json) -> web.Response:
        """The result, or 400 with what is wrong."""
        try:
            found = getattr(self, f"do_{told['do']}")(**told.get("with", {}))
            result = await found if asyncio.iscoroutine(found) else found
        except Refusal as no:
            return web.Response(status=400, text=str(no))
        except (TypeError, AttributeError, KeyError, ValueError) as error:
            return web.Response(status=400, text=f"{type(error).__name__}: {error}")
        return web.Response(body=msgspec.json.encode(result), content_type="application/json")

    # objects

    def _place(self, of: str, namespace: str, name: str) -> Entry:
        kind = self.cluster.kinds.named(of)
        entry = self.cluster.store.entry(kind, (namespace if kind.namespaced else "", name))
        if entry is None:
            raise ValueError(f"there is no {of} {namespace}/{name}")
        return entry

    def do_add(self, objects: list[Json]) -> list[Json]:
        """Objects as they are told, status included; namespaces are made on the way."""
        return [self._added(each) for each in objects]

    def _added(self, told: Json) -> Json:
        store, kind = self.cluster.store, self._kind(told)
        space = inside(told, "metadata").get("namespace") or "default"
        if kind.namespaced and store.get(space, "", "namespaces") is None:
            self._added({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}})
        obj = objects.prepared(kind, space, told)
        obj["metadata"] |= {
            key: value for key, value in told["metadata"].items()
            if key in {"uid", "managedFields", "deletionTimestamp", "generation"}
        }  # fmt: skip
        if "status" in told:
            obj["status"] = {**obj.get("status", {}), **told["status"]}
        return store.put(kind, obj).obj

    def _kind(self, told: Json) -> Kind:
        for kind in self.cluster.kinds.all():
            if (kind.api_version, kind.kind) == (told["apiVersion"], told["kind"]):
                return kind
        raise ValueError(f"nobody knows {told['apiVersion']} {told['kind']}")

    def do_get(self, of: str, namespace: str = "", name: str = "") -> Json:
        return self._place(of, namespace, name).obj

    def do_change(self, of: str, namespace: str, name: str, patch: Json) -> Json:
        """Merge into an object, status and metadata included, as its controllers would."""
        entry = self._place(of, namespace, name)
        return self.cluster.store.put(entry.kind, patches.merge(entry.obj, patch)).obj

    def do_remove(self, of: str, namespace: str, name: str) -> None:
        """Away with it at once."""
        self.cluster.store.remove(self._place(of, namespace, name))

    def do_populate(self, **wanted: Any) -> Json:
        told = populate.fill(self.cluster.store, populate.Wanted(**wanted))
        gc.collect()
        gc.freeze()
        return told

    def do_count(self, of: str, namespace: str = "") -> int:
        return len(self.cluster.store.entries(self.cluster.kinds.named(of), namespace))

    def do_list(self, of: str, namespace: str = "") -> list[Json]:
        kind = self.cluster.kinds.named(of)
        return [each.obj for each in self.cluster.store.entries(kind, namespace)]

    # behaviour

    def do_settings(self, **changes: Any) -> None:
        for key, value in changes.items():
            if not hasattr(self.cluster.settings, key):
                raise ValueError(f"there is no setting {key}")
            setattr(self.cluster.settings, key, value)
        self._controllers.wake()

    def do_ring(self, size: int) -> None:
        self.cluster.store.resize(size)

    def do_fault(self, **told: Any) -> None:
        """Arm a fault."""
        self.cluster.faults.armed.append(Fault(**told))

    def do_break(self, path: str = "", **told: Any) -> int:
        """Break watches that are open now; how many."""
        hit = [each for each in self.cluster.streams if re.search(path, each.ask.request.path_qs)]
        for stream in hit:
            stream.befall(Fault(**told, watch=True))
        return len(hit)

    def do_heal(self) -> None:
        """Nothing goes wrong from now on; stalled watches go on."""
        self.cluster.faults.armed.clear()
        for stream in self.cluster.streams:
            stream.befall(None)
        self._storms.end()

    def do_forget(self) -> None:
        """The rings are empty, and continue tokens void: as after a compaction."""
        self.cluster.store.forget()
        self.cluster.snapshots.floor = self.cluster.store.rv
        self.cluster.snapshots.held.clear()

    async def do_restart(self, down: float = 0.0) -> None:
        """Fall and rise: connections are reset, versions go on, no event from before is known."""
        await self._serving.fall()
        self.do_forget()
        await asyncio.sleep(down)
        await self._serving.rise()

    async def do_fall(self) -> None:
        await self._serving.fall()

    async def do_rise(self) -> None:
        self.do_forget()
        await self._serving.rise()

    def do_certify(self, certificate: str, key: str, clients: str = "") -> None:
        """New connections see another certificate."""
        self._serving.certify(certificate, key, clients)

    def do_connections(self) -> int:
        """How many were taken so far."""
        return self._serving.connections

    def do_hang_up(self) -> None:
        self.cluster.hang_up()

    # who

    def do_user(self, token: str = "", name: str = "someone", groups: tuple[str, ...] = (),
                rules: tuple[Json, ...] = (), certificate: str = "") -> None:  # fmt: skip
        """Someone who signs in with a token, or with a certificate of that common name."""
        user = User(name, tuple(groups), tuple(rules))
        if certificate:
            self.cluster.access.certificates[certificate] = user
        else:
            self.cluster.access.tokens[token] = user
            self.cluster.access.expired.pop(token, None)

    def do_expire(self, token: str, after: int = 0) -> None:
        """A token is no longer good, after so many more requests."""
        self.cluster.access.expired[token] = after

    # what happened

    def do_rv(self) -> int:
        return self.cluster.store.rv

    def do_asked(self, clear: bool = False) -> list[Json]:
        """All requests so far."""
        told = list(self.cluster.asked)
        if clear:
            self.cluster.asked.clear()
        return told

    def do_watches(self) -> list[str]:
        """Paths of the watches that are open."""
        return sorted(each.ask.request.path_qs for each in self.cluster.streams)

    def do_idle(self) -> bool:
        """Whether the controllers have nothing left to do."""
        return self._controllers.idle

    # what goes on

    def do_storm(self, per_minute: int = 50_000, total: int = 50_000, of: str = "events") -> None:
        """Many events, in the background: `events`, or changes of `pods`."""
        self._storms.begin(per_minute, total, of)

    def do_raining(self) -> bool:
        return self._storms.raining

    def do_log(self, namespace: str, pod: str, container: str, lines: list[str],
               at: float | None = None) -> None:  # fmt: skip
        """A container writes lines; followers get them."""
        uid = self._place("pods", namespace, pod).uid
        self.cluster.logs.add(uid, container, lines, at)

    def do_crash(self, namespace: str, pod: str, container: str, code: int = 1) -> None:
        """A container ends and is started again."""
        self._controllers.kubelet.crash(self._place("pods", namespace, pod), container, code)

    def do_schedule(self, namespace: str, name: str) -> str:
        """A cron job's time has come; the name of the job."""
        return self._controllers.schedule(self._place("cronjobs", namespace, name))
