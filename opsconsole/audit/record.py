"""One record of the audit log: a line of JSON that names the line before it by its hash."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, cast

import msgspec

from opsconsole.errors import Unauditable

GENESIS = "0" * 64
"""`prev` of the first record."""

LINE_LIMIT = 8 * 1024 * 1024
"""Bytes of one line; more is refused when written, and is no record when read."""

_TAIL = len(',"hash":"') + 64 + len('"}')
_HEAD = 160  # bytes in which index, time and kind stand


class Who(msgspec.Struct, frozen=True):
    """The process that wrote a record, and for whom it ran."""

    user: str
    """Name of the effective user."""
    uid: int
    login_uid: int | None
    """Who logged in, whatever sudo made of it since (`/proc/self/loginuid`); None if not known."""
    tty: str
    """Terminal device, empty when there is none; a collector has only what SSH_TTY says."""
    ssh_connection: str
    """SSH_CONNECTION: client address and port, server address and port."""
    host: str
    boot: str
    """Names this run of the machine's kernel; empty where it has no such name."""
    pid: int
    started: str
    """When the process started, in the system's own unit: with `pid` it names one process."""


class Record(msgspec.Struct, frozen=True):
    """What one line says; fields in the order in which they are written, `hash` last."""

    index: Annotated[int, msgspec.Meta(ge=1)]
    """From 1, by one, across all files."""
    at: str
    """UTC, ISO 8601 with microseconds: `2026-11-24T03:07:56.000000Z`."""
    kind: str
    """`plan`, `refusal`, `intent`, `outcome`, `unknown`, …; the log does not restrict it."""
    who: Who
    body: dict[str, Any]  # Any: what a kind says is the business of whoever writes it
    prev: str
    """Hash of the record before."""
    hash: str
    """SHA-256 of the line without its last member, that is of `{…,"prev":"…"}`, in hex."""

    @property
    def time(self) -> float:
        """Unix time in seconds; raises `ValueError` when `at` is none."""
        return datetime.fromisoformat(self.at).timestamp()


def stamp(at: float) -> str:
    """Unix time as a record writes it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def seal(index: int, at: float, kind: str, who: Who, body: object, prev: str) -> tuple[bytes, str]:
    """The line with its line end, in pure printable ASCII, and its hash.

    Raises `Unauditable` when it would be longer than `LINE_LIMIT`.
    """
    fields = {
        "index": index,
        "at": stamp(at),
        "kind": kind,
        "who": msgspec.structs.asdict(who),
        "body": body,
        "prev": prev,
    }
    text = json.dumps(fields, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    content = text.replace("\x7f", "\\u007f").encode("ascii")
    if len(content) + _TAIL >= LINE_LIMIT:
        raise Unauditable(
            f"a record of {len(content)} bytes is too long for the audit log, which takes"
            f" {LINE_LIMIT}: act on fewer objects at a time"
        )
    digest = hashlib.sha256(content).hexdigest()
    return content[:-1] + f',"hash":"{digest}"}}\n'.encode("ascii"), digest


def read(line: bytes) -> Record | None:
    """What a line without its line end says, genuine or not; None when it is no record."""
    try:
        return msgspec.convert(json.loads(line), Record)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None


def genuine(line: bytes) -> bool:
    """Whether a line without its line end still has the content that its hash was made of."""
    content, tail = line[:-_TAIL] + b"}", line[-_TAIL:]
    return tail == f',"hash":"{hashlib.sha256(content).hexdigest()}"}}'.encode("ascii")


def is_kind(line: bytes, kinds: tuple[bytes, ...]) -> bool:
    """Whether a line may be a record of one of these kinds; far cheaper than to `read` it."""
    head = line[:_HEAD]
    return any(b'"kind":"%b"' % kind in head for kind in kinds)


def plain(value: object, mask: Callable[[str], str]) -> object:
    """`value` as JSON has it, every text in it masked; raises `Unauditable` for what it has not."""
    match value:
        case str():
            return mask(str(value))
        case float() if not math.isfinite(value):
            return str(value)
        case bool() | int() | float() | None:
            return value
        case Mapping():
            return {
                mask(str(key)): plain(one, mask)
                for key, one in cast("Mapping[object, object]", value).items()
            }
        case list() | tuple():
            return [plain(one, mask) for one in cast("Sequence[object]", value)]
        case _:
            raise Unauditable(f"the audit log cannot hold a {type(value).__name__}")
