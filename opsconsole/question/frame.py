"""The answers to all requests of an exchange, as one payload."""

from collections.abc import Sequence
from typing import NamedTuple

from opsconsole.errors import Malformed


class Part(NamedTuple):
    """The answer to one request of an exchange."""

    status: int
    body: bytes


def headed(status: int, length: int) -> bytes:
    """What stands before an answer in a frame: as long for one of megabytes as for an empty one."""
    return b"%03d %012d\n" % (status, length)


def joined(parts: Sequence[Part]) -> bytes:
    """Frame the answers to all requests of an exchange: `STATUS LENGTH`, a line end, the body."""
    return b"".join(b"%d %d\n%b" % (part.status, len(part.body), part.body) for part in parts)


def parted(payload: bytes, count: int) -> tuple[Part, ...]:
    """Take apart what `joined` framed. Raises `Malformed` unless there are `count` answers."""
    parts: list[Part] = []
    at = 0
    while at < len(payload):
        end = payload.find(b"\n", at, at + 24)
        head = payload[at:end].split(b" ") if end >= 0 else []
        if len(head) != 2 or not all(word.isdigit() for word in head):
            raise Malformed("an answer without its length")
        at = end + 1 + int(head[1])
        if at > len(payload):
            raise Malformed("an answer that is cut short")
        parts.append(Part(int(head[0]), payload[end + 1 : at]))
    if len(parts) != count:
        raise Malformed(f"{len(parts)} answers to {count} requests")
    return tuple(parts)
