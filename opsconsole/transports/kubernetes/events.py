"""Lines of a watch as the server writes them: which are news, how far they reach, what ends it."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from opsconsole.transports.kubernetes.faults import Status

_BOOKMARK = b'{"type":"BOOKMARK"'
_ERROR = b'{"type":"ERROR"'
_NEWS = (b'{"type":"MODIFIED"', b'{"type":"ADDED"', b'{"type":"DELETED"')


class _Meta(msgspec.Struct, rename="camel"):
    resource_version: str = ""
    annotations: dict[str, str] | None = None


class _Object(msgspec.Struct):
    metadata: _Meta | None = None


class _Event(msgspec.Struct):
    type: str
    object: _Object


class _Kind(msgspec.Struct):
    type: str


class _Ended(msgspec.Struct):
    object: Status


_EVENT = msgspec.json.Decoder(_Event)
_KIND = msgspec.json.Decoder(_Kind)
_ENDED = msgspec.json.Decoder(_Ended, strict=False)
_WRONG = (msgspec.DecodeError, UnicodeDecodeError)

BROKEN = "?"
"""In the place of the type of a line that has none."""

INITIAL = "k8s.io/initial-events-end"
"""Annotation of the bookmark that ends the objects there are at the beginning."""


class News(NamedTuple):
    """What a batch of lines says."""

    lines: list[bytes]
    """Changes, as they came."""
    version: str
    """Of the last line that had one."""
    heard: bool
    """Whether a bookmark was among them."""
    complete: int | None
    """How many of the lines came before the bookmark that says that all objects have been told."""
    ended: Status | None
    """Why the server ends the stream."""
    broken: int
    """Lines that are no events: left out."""


def read(batch: Sequence[bytes]) -> News:
    """Sort the lines of one batch; nothing behind an error is looked at."""
    lines: list[bytes] = []
    version, heard, broken, mark = "", False, 0, 0
    complete: int | None = None
    ended: Status | None = None
    for line in batch:
        kind = "" if line.startswith(_NEWS) else _kind(line)
        if kind == "BOOKMARK":
            heard = True
            said, initial = _reach(line)
            version, mark = said or version, len(lines)
            complete = mark if initial else complete
        elif kind == "ERROR":
            ended = _end(line)
            break
        elif kind == BROKEN:
            broken += 1
        else:
            lines.append(line)
    while len(lines) > mark:  # the last line alone is read: it says how far all of them reach
        said, _ = _reach(lines[-1])
        if said:
            version = said
            break
        lines.pop()
        broken += 1
    return News(lines, version, heard, complete, ended, broken)


def _kind(line: bytes) -> str:
    if line.startswith(_BOOKMARK):
        return "BOOKMARK"
    if line.startswith(_ERROR):
        return "ERROR"
    try:
        return _KIND.decode(line).type
    except _WRONG:
        return BROKEN


def _reach(line: bytes) -> tuple[str, bool]:
    try:
        meta = _EVENT.decode(line).object.metadata or _Meta()
    except _WRONG:
        return "", False
    return meta.resource_version, (meta.annotations or {}).get(INITIAL) == "true"


def _end(line: bytes) -> Status:
    try:
        return _ENDED.decode(line).object
    except _WRONG:
        return Status("an error that cannot be read", code=500)
