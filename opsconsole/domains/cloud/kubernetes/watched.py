"""Watched lists of an API server as turns: minimal structs, one bad object spoils no other."""

from collections.abc import Iterator
from typing import Any, Generic, Protocol, TypeVar, cast

import msgspec

from opsconsole.errors import Malformed
from opsconsole.turn import Phase, Turn, body_of, phase_of


class Owner(msgspec.Struct, gc=False):
    """Who made an object and takes it along."""

    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool | None = False


class Meta(msgspec.Struct, gc=False):
    """What all objects have."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    generation: int = 0
    created: str | None = msgspec.field(default=None, name="creationTimestamp")
    deleted: str | None = msgspec.field(default=None, name="deletionTimestamp")
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owners: list[Owner] | None = msgspec.field(default=None, name="ownerReferences")


class Object(msgspec.Struct, gc=False):
    """What every shape of this domain has."""

    metadata: Meta = msgspec.field(default_factory=Meta)


class Named(Protocol):
    """What tells one object from another."""

    @property
    def name(self) -> str:
        """Of its namespace."""
        ...

    @property
    def namespace(self) -> str:
        """Empty for what stands outside of them."""
        ...


class Told(Protocol):
    """What is read of any object."""

    @property
    def metadata(self) -> Named:
        """Whom it is."""
        ...


Thing = TypeVar("Thing", bound=Told)


class _Page(msgspec.Struct, Generic[Thing], gc=False):
    items: list[Thing] | None = None


class _Event(msgspec.Struct, Generic[Thing], gc=False):
    type: str
    object: Thing


class _RawPage(msgspec.Struct, gc=False):
    items: list[msgspec.Raw] | None = None


class _RawEvent(msgspec.Struct, gc=False):
    type: str
    object: msgspec.Raw


_RAW_PAGE = msgspec.json.Decoder(_RawPage)
_RAW_EVENT = msgspec.json.Decoder(_RawEvent)

_GONE = "DELETED"


class Reader(Generic[Thing]):
    """Reads one kind of object: what `Probe.read` of a watched exchange does.

    An object that is not what its kind says is left out: the rest of a page or of a second of
    events is worth more than none. A payload that is no JSON at all raises `Malformed`.
    """

    def __init__(self, shape: type[Thing]) -> None:
        """`shape` is a minimal struct; what it does not name is skipped, never built."""
        # Any: msgspec's generic structs are made of a type that is known only here
        page: Any = cast("Any", _Page)[shape]
        event: Any = cast("Any", _Event)[shape]
        self._page: msgspec.json.Decoder[_Page[Thing]] = msgspec.json.Decoder(page)
        self._event: msgspec.json.Decoder[_Event[Thing]] = msgspec.json.Decoder(event)
        self._one: msgspec.json.Decoder[Thing] = msgspec.json.Decoder(shape)

    def __call__(self, payload: bytes) -> Turn[Thing]:
        """Raises `Malformed`."""
        phase, body = phase_of(payload), body_of(payload)
        try:
            if phase in (Phase.FIRST, Phase.PAGE):
                return Turn(phase, self._objects(body))
            if phase is Phase.EVENTS:
                return self._changes(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise Malformed(f"what it says of a list cannot be read: {error}") from error
        return Turn(phase)

    def _objects(self, body: memoryview) -> list[Thing]:
        try:
            return self._page.decode(body).items or []
        except msgspec.ValidationError:
            raw = _RAW_PAGE.decode(body).items or []
            return [one for part in raw if (one := self._decoded(part)) is not None]

    def _decoded(self, raw: msgspec.Raw) -> Thing | None:
        try:
            return self._one.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None

    def _changes(self, body: memoryview) -> Turn[Thing]:
        """The last word on each object: a pod of a stateful set goes and returns under one name."""
        try:
            events = [(one.type, one.object) for one in self._event.decode_lines(body)]
        except msgspec.ValidationError:
            events = list(self._careful(bytes(body)))
        put: dict[tuple[str, str], Thing] = {}
        gone: dict[tuple[str, str], Thing] = {}
        for kind, thing in events:
            key = thing.metadata.namespace, thing.metadata.name
            if kind == _GONE:
                put.pop(key, None)
                gone[key] = thing
            else:
                gone.pop(key, None)
                put[key] = thing
        return Turn(Phase.EVENTS, tuple(put.values()), tuple(gone.values()))

    def _careful(self, body: bytes) -> Iterator[tuple[str, Thing]]:
        """Line by line: those that are no event of this kind are left out."""
        for line in body.split(b"\n"):
            if line:
                raw = _RAW_EVENT.decode(line)
                if (found := self._decoded(raw.object)) is not None:
                    yield raw.type, found
