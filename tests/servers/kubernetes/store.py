"""Objects as bytes, one counter of resource versions, and a ring of events for each resource."""

import asyncio
import bisect
import datetime
import uuid
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import msgspec

from tests.servers.kubernetes.kinds import Kind, Kinds
from tests.servers.kubernetes.refusal import Json, inside, listed
from tests.servers.kubernetes.selectors import fields_of

BACKLOG = 60_000
"""Events a watch may be behind before the server ends it."""

Place = tuple[str, str]
"""A namespace, empty for none, and a name."""


def now() -> str:
    """The time as the API writes it."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _Head(msgspec.Struct):
    metadata: msgspec.Raw


_META = msgspec.json.Decoder(_Head)
_ANY = msgspec.json.Decoder()


@dataclass(slots=True, eq=False)
class Entry:
    """One version of one object; never changed."""

    kind: Kind
    place: Place
    uid: str
    rv: int
    body: bytes
    """JSON without kind and apiVersion, as in a typed list."""
    labels: dict[str, str]
    fields: dict[str, str]
    owners: tuple[str, ...] = ()
    cells: list[object] | None = None
    """Of its row in a table, once asked for."""

    @property
    def full(self) -> bytes:
        return self.kind.head + self.body[1:]

    @property
    def obj(self) -> Json:
        """A new copy, to be changed at will."""
        found: Json = _ANY.decode(self.full)
        return found

    @property
    def metadata(self) -> bytes:
        return bytes(_META.decode(self.body).metadata)


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """What happened to an object; `before` is its version until then."""

    type: str
    rv: int
    entry: Entry
    before: Entry | None = None


@dataclass(slots=True, eq=False)
class Watcher:
    """Events that one watch has not yet sent."""

    waiting: deque[Event] = field(default_factory=deque[Event])
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    lost: bool = False
    over: bool = False
    """Set when its resource is gone: it ends behind what waits."""

    def tell(self, event: Event) -> None:
        if len(self.waiting) >= BACKLOG:
            self.lost = True
        else:
            self.waiting.append(event)
        self.woken.set()


@dataclass(slots=True)
class Shelf:
    """All objects of one resource."""

    floor: int
    """The newest resource version whose events are no longer held."""
    ring: deque[Event]
    entries: dict[Place, Entry] = field(default_factory=dict[Place, Entry])
    order: list[Place] = field(default_factory=list[Place])
    watchers: set[Watcher] = field(default_factory=set[Watcher])


class Store:
    """What etcd and the watch cache are to a real server."""

    def __init__(self, kinds: Kinds, ring: int = 10_000, first: int = 10_000) -> None:
        self.kinds = kinds
        self.rv = first
        self.owned: dict[str, set[tuple[Kind, Place]]] = {}
        self.listeners: list[Callable[[Event], None]] = []
        self._ring = ring
        self._shelves: dict[tuple[str, str], Shelf] = {}

    def shelf(self, kind: Kind) -> Shelf:
        key = kind.group, kind.plural
        if key not in self._shelves:
            self._shelves[key] = Shelf(self.rv, deque())
        return self._shelves[key]

    def entry(self, kind: Kind, place: Place) -> Entry | None:
        return self.shelf(kind).entries.get(place)

    def get(self, name: str, space: str, of: str) -> Json | None:
        """A copy, by the kind's name."""
        entry = self.entry(self.kinds.named(of), (space, name))
        return None if entry is None else entry.obj

    def entries(self, kind: Kind, space: str = "") -> list[Entry]:
        """In order of namespace and name."""
        shelf = self.shelf(kind)
        if not space or not kind.namespaced:
            return [shelf.entries[place] for place in shelf.order]
        first = bisect.bisect_left(shelf.order, (space, ""))
        last = bisect.bisect_left(shelf.order, (space + "\0", ""))
        return [shelf.entries[place] for place in shelf.order[first:last]]

    def dependents(self, uid: str, kind: Kind | None = None) -> list[Entry]:
        """What names that owner."""
        found = [
            self.shelf(each).entries[place]
            for each, place in self.owned.get(uid, ())
            if kind is None or each is kind
        ]
        return sorted(found, key=lambda entry: entry.place)

    def made(self, kind: Kind, obj: Json, rv: int) -> Entry:
        """An entry of an object; its metadata gets the version."""
        meta = obj["metadata"]
        meta["resourceVersion"] = str(rv)
        rest = {key: value for key, value in obj.items() if key not in {"kind", "apiVersion"}}
        owners = tuple(each["uid"] for each in listed(meta, "ownerReferences"))
        return Entry(
            kind,
            (meta.get("namespace", ""), meta["name"]),
            meta["uid"],
            rv,
            msgspec.json.encode({"metadata": meta, **rest}),
            dict(inside(meta, "labels")),
            fields_of(kind, obj),
            owners,
        )

    def put(self, kind: Kind, obj: Json) -> Entry:
        """Add or replace, and tell."""
        self.rv += 1
        entry = self.made(kind, obj, self.rv)
        before = self.hold(entry)
        self._happened(Event("ADDED" if before is None else "MODIFIED", self.rv, entry, before))
        return entry

    def hold(self, entry: Entry) -> Entry | None:
        """Put it in its place without telling; what stood there before."""
        shelf = self.shelf(entry.kind)
        before = shelf.entries.get(entry.place)
        if before is None:
            if shelf.order and shelf.order[-1] < entry.place:
                shelf.order.append(entry.place)
            else:
                bisect.insort(shelf.order, entry.place)
        elif before.owners != entry.owners:
            self._disown(before)
        shelf.entries[entry.place] = entry
        for uid in entry.owners:
            self.owned.setdefault(uid, set()).add((entry.kind, entry.place))
        return before

    def bulk(self, entries: Iterable[Entry]) -> int:
        """Hold many without events, as if a server began with them; how many."""
        count = 0
        for entry in entries:
            self.hold(entry)
            count += 1
        self.forget()
        return count

    def remove(self, entry: Entry) -> Entry:
        """Delete; the last version, which carries a resource version of its own."""
        self.rv += 1
        last = self.made(entry.kind, entry.obj, self.rv)
        shelf = self.shelf(entry.kind)
        del shelf.entries[entry.place]
        del shelf.order[bisect.bisect_left(shelf.order, entry.place)]
        self._disown(entry)
        self._happened(Event("DELETED", self.rv, last, entry))
        return last

    def clear(self, kind: Kind) -> None:
        """Delete all objects of a kind, and end its watches once they have said so."""
        for entry in self.entries(kind):
            self.remove(entry)
        for watcher in self.shelf(kind).watchers:
            watcher.over = True
            watcher.woken.set()

    def _disown(self, entry: Entry) -> None:
        for uid in entry.owners:
            self.owned.get(uid, set()).discard((entry.kind, entry.place))
            if not self.owned.get(uid):
                self.owned.pop(uid, None)

    def _happened(self, event: Event) -> None:
        shelf = self.shelf(event.entry.kind)
        shelf.ring.append(event)
        while len(shelf.ring) > self._ring:
            shelf.floor = shelf.ring.popleft().rv
        for watcher in shelf.watchers:
            watcher.tell(event)
        for listener in self.listeners:
            listener(event)

    def since(self, kind: Kind, rv: int) -> list[Event] | None:
        """Events after a version; nothing when the ring no longer reaches back so far."""
        shelf = self.shelf(kind)
        if rv < shelf.floor:
            return None
        return [event for event in shelf.ring if event.rv > rv]

    def forget(self) -> None:
        """Empty the rings, as a restarted server: it knows no event before now."""
        for shelf in self._shelves.values():
            shelf.ring.clear()
            shelf.floor = self.rv

    def resize(self, ring: int) -> None:
        """How many events each resource holds from now on."""
        self._ring = ring
        for shelf in self._shelves.values():
            while len(shelf.ring) > ring:
                shelf.floor = shelf.ring.popleft().rv


def new_uid() -> str:
    return str(uuid.uuid4())
