"""Watches: what was, from the ring; what comes, from a queue; bookmarks; and what goes wrong."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec
from aiohttp import web

from tests.servers.kubernetes import selectors, tables
from tests.servers.kubernetes.asking import Ask
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.faults import Fault
from tests.servers.kubernetes.refusal import Json, Refusal, invalid, too_old
from tests.servers.kubernetes.store import Entry, Event, Watcher

_BATCH = 256 * 1024
_OF_LINES = {"cut", "half"}
"""Faults that need a line to befall."""
_LINE = b'{"type":"%s","object":%s}\n'
_EMPTY: dict[str, Json] = {
    "Pod": {"spec": {"containers": None}, "status": {}},
    "Node": {"spec": {}, "status": {}},
    "Namespace": {"spec": {}, "status": {}},
    "Deployment": {
        "spec": {"selector": None, "template": {"metadata": {}, "spec": {"containers": None}},
                 "strategy": {}}, "status": {}},
    "ReplicaSet": {"spec": {"selector": None}, "status": {"replicas": 0}},
}  # fmt: skip
"""What an empty object of a kind looks like, as bookmarks are."""


class _Over(Exception):
    """The stream has ended, by plan or by fault."""


@dataclass(slots=True)
class Filter:
    """What of the events of a resource a watch is told."""

    space: str
    labels: selectors.Judge
    fields: selectors.Judge

    def lets(self, entry: Entry) -> bool:
        if self.space and entry.place[0] != self.space:
            return False
        return self.labels(entry.labels) and self.fields(entry.fields)

    def seen(self, cluster: Cluster, event: Event) -> Event | None:
        """The event as this watch sees it: an object that no longer matches is DELETED."""
        was = event.before is not None and self.lets(event.before)
        if event.type == "DELETED":
            return event if was else None
        if self.lets(event.entry):
            return replace(event, type="MODIFIED" if was else "ADDED")
        if not was or event.before is None:
            return None
        last = cluster.store.made(event.entry.kind, event.before.obj, event.rv)
        return Event("DELETED", event.rv, last, event.before)


def _filter(ask: Ask) -> Filter:
    return Filter(
        ask.namespace if ask.kind.namespaced else "",
        selectors.labels(ask.query.get("labelSelector", "")),
        selectors.fields(ask.kind, ask.query.get("fieldSelector", "")),
    )


class Stream:
    """One open watch."""

    def __init__(self, cluster: Cluster, ask: Ask) -> None:
        self.cluster, self.ask = cluster, ask
        self.fault: Fault | None = None
        self.relieved = asyncio.Event()
        """Set when another fault comes, or none: a stalled stream goes on."""
        self.watcher = Watcher()
        self.response = web.StreamResponse(headers={"Content-Type": "application/json"})
        self._filter = _filter(ask)
        self._form, self._include = ask.form, ask.include
        self._columns = True
        self._sent = 0

    async def run(self) -> web.StreamResponse:
        """Until the time is over, the client has gone or a test wants it."""
        first = self._first()
        shelf = self.cluster.store.shelf(self.ask.kind)
        shelf.watchers.add(self.watcher)
        self.cluster.streams.add(self)
        try:
            self.fault = self.cluster.faults.take("GET", self.ask.request.path_qs, watch=True)
            await self.response.prepare(self.ask.request)
            await self._send(first)
            await self._live()
        except (_Over, ConnectionError):
            pass
        finally:
            shelf.watchers.discard(self.watcher)
            self.cluster.streams.discard(self)
        return self.response

    def befall(self, fault: Fault | None) -> None:
        """Go wrong from now on, or no more."""
        self.fault = fault
        self.relieved.set()
        self.watcher.woken.set()

    def _first(self) -> list[bytes]:
        """What stands before the first live event; refuses what cannot be watched."""
        store, kind = self.cluster.store, self.ask.kind
        rv = self.ask.number("resourceVersion")
        if self.ask.query.get("sendInitialEvents"):
            return self._initial(rv)
        if rv:
            events = store.since(kind, rv)
            if events is None:
                status = too_old(rv, store.shelf(kind).floor).status
                self.fault = None
                return [_line("ERROR", status), b""]
            return list(self._lines(events))
        return list(self._lines(self._state()))

    def _state(self) -> Iterator[Event]:
        kind, store = self.ask.kind, self.cluster.store
        for entry in store.entries(kind, self._filter.space):
            yield Event("ADDED", entry.rv, entry)

    def _initial(self, rv: int) -> list[bytes]:
        mode = self.cluster.settings.watch_list
        why = ""
        if mode == "refused":
            why = ("sendInitialEvents is forbidden for watch unless the WatchList feature gate is"
                   " enabled")  # fmt: skip
        elif self.ask.query.get("resourceVersionMatch") != "NotOlderThan":
            why = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        if why:
            cause = ("FieldValueForbidden", f"Forbidden: {why}", "sendInitialEvents")
            raise invalid("ListOptions", "", "meta.k8s.io", cause)
        if not self.ask.flag("sendInitialEvents"):
            return list(self._lines(self.cluster.store.since(self.ask.kind, rv) or []))
        lines = list(self._lines(self._state()))
        if mode == "on" and self.ask.flag("allowWatchBookmarks"):
            lines.append(self._bookmark({"k8s.io/initial-events-end": "true"}))
        return lines

    def _lines(self, events: "list[Event] | Iterator[Event]") -> Iterator[bytes]:
        for event in events:
            seen = self._filter.seen(self.cluster, event)
            if seen is not None:
                yield _LINE % (seen.type.encode(), self._formed(seen.entry))

    def _formed(self, entry: Entry) -> bytes:
        if self._form == "Table":
            columns, self._columns = self._columns, False
            return tables.single(self.ask.kind, entry, self._include, columns)
        return tables.partial(entry) if self._form == "Partial" else entry.full

    def _bookmark(self, annotations: dict[str, str] | None = None) -> bytes:
        kind = self.ask.kind
        meta: Json = {"resourceVersion": str(self.cluster.store.rv)}
        if annotations:
            meta["annotations"] = annotations
        if self._form == "Table":
            columns, self._columns = self._columns, False
            body = tables.bookmark(kind, meta, self._include, columns)
            return _LINE % (b"BOOKMARK", body)
        if self._form == "Partial":
            base: Json = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
            return _line("BOOKMARK", {**base, "metadata": meta})
        base = {"kind": kind.kind, "apiVersion": kind.api_version, "metadata": meta}
        return _line("BOOKMARK", base | ({} if kind.custom else _EMPTY.get(kind.kind, {})))

    async def _live(self) -> None:
        """Events as they come, and bookmarks, until the time is over."""
        marked = time.monotonic()
        span = self.ask.number("timeoutSeconds") or self.cluster.settings.watch_s
        end = marked + span
        last = end - min(2.0, span / 4)
        marks = self.ask.flag("allowWatchBookmarks")
        while (now := time.monotonic()) < end:
            due = marked + self.cluster.settings.bookmark_s
            if marks and (now >= due or marked < last <= now):
                marked = now
                await self._send([self._bookmark()])
                continue
            await self._wait(min(end, due if marks else end, last if now < last else end) - now)
            if self.watcher.lost:
                raise _Over
            events = list(self.watcher.waiting)
            self.watcher.waiting.clear()
            self.watcher.woken.clear()
            await self._send(list(self._lines(events)))
            if self.watcher.over:
                raise _Over

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.watcher.woken.wait(), max(seconds, 0.001))
        except TimeoutError:
            return

    async def _send(self, lines: list[bytes]) -> None:
        """Write lines; an empty one ends the stream; a fault may come between."""
        waiting: list[bytes] = []
        size = 0
        for line in lines:
            if self.fault is not None and self._sent >= self.fault.after:
                await self._write(waiting)
                waiting, size = [], 0
                if await self._broken(self.fault, line):
                    continue
            if not line:
                await self._write(waiting)
                raise _Over
            waiting.append(line)
            self._sent += 1
            size += len(line)
            if size > _BATCH:
                await self._write(waiting)
                waiting, size = [], 0
        await self._write(waiting)
        fault = self.fault
        if fault is not None and fault.what not in _OF_LINES and self._sent >= fault.after:
            await self._broken(fault, b"")

    async def _write(self, lines: list[bytes]) -> None:
        if lines:
            await self.response.write(b"".join(lines))

    async def _broken(self, fault: Fault, line: bytes) -> bool:
        """Do what the fault says; whether the line has been sent with it."""
        match fault.what:
            case "gone":
                status = too_old(self.cluster.store.rv - 1, self.cluster.store.rv).status
                await self._write([_line("ERROR", status)])
            case "error":
                text = "etcdserver: no leader"
                status = Refusal(500, "InternalError", text, {}).status
                await self._write([_line("ERROR", status)])
            case "half":
                await self._write([line[: len(line) // 2]])
            case "garbage":
                await self._write([b"<html>502 Bad Gateway</html>\n"])
            case "cut":
                return await self._cut(fault, line)
            case "stall":
                self.relieved.clear()
                await self.relieved.wait()
                return False
            case "reset":
                transport = self.ask.request.transport
                if transport is not None:
                    transport.abort()
            case _:
                pass
        raise _Over

    async def _cut(self, fault: Fault, line: bytes) -> bool:
        middle = len(line) // 2
        await self._write([line[:middle]])
        if fault.delay < 0:
            self.relieved.clear()
            await self.relieved.wait()
        else:
            await asyncio.sleep(fault.delay)
        await self._write([line[middle:]])
        self._sent += 1
        if self.fault is fault:
            self.fault = None
        return True


def _line(kind: str, obj: Json) -> bytes:
    return _LINE % (kind.encode(), msgspec.json.encode(obj))
