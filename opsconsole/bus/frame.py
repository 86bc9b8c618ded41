"""Frames on a byte stream: four bytes of length, big end first, then that many of msgpack."""

import struct
from collections.abc import Callable

from opsconsole.errors import BusClosed

HEAD = struct.Struct(">I")

LIMIT = 32 * 1024 * 1024
"""Longest body, bytes: ten times the batch of a thousand hosts with their processes."""


def pack(body: bytes) -> bytes:
    """Return the body with its length before it."""
    return HEAD.pack(len(body)) + body


class Frames:
    """Cuts a stream, in whatever pieces it arrives, into bodies again."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._rest = bytearray()

    def take(self, data: bytes, deliver: Callable[[bytes], None]) -> None:
        """Deliver each body that `data` completes; raises `BusClosed` at one over the limit."""
        rest = self._rest
        rest += data
        start = 0
        try:
            while len(rest) - start >= HEAD.size:
                (length,) = HEAD.unpack_from(rest, start)
                if length > self._limit:
                    raise BusClosed(f"a frame of {length} bytes is over the limit")
                end = start + HEAD.size + length
                if len(rest) < end:
                    break
                body = bytes(memoryview(rest)[start + HEAD.size : end])
                start = end
                deliver(body)
        finally:
            del rest[:start]
