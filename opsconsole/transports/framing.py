"""Cuts a sampler's byte stream into answers at its marker lines."""

import re
from typing import NoReturn

from opsconsole.clean import clean_bytes
from opsconsole.errors import Malformed

LIMIT = 8 << 20
"""Bytes one answer may have; more is not an answer."""

MARK = b"--opsconsole "
"""Start of the line `--opsconsole <exchange>--` that ends each answer."""

_NEEDLE = b"\n" + MARK
_END = b"--\n"
_NAME = re.compile(rb"[a-z][a-z0-9_.-]{0,39}")
_LONGEST_NAME = 40


class Splitter:
    """Fed with chunks as they come, gives whole answers; linear in the bytes, bounded in memory.

    `names` is shared by all splitters of a transport, so that an exchange name is decoded once.
    """

    __slots__ = ("_buffer", "_names", "_scanned", "limit")

    def __init__(self, names: dict[bytes, str], limit: int = LIMIT) -> None:
        self._names = names
        self.limit = limit
        # Always opens with a line end, so that one search also finds a marker on the first line.
        self._buffer = bytearray(b"\n")
        self._scanned = 0

    @property
    def waiting(self) -> bytes:
        """What came since the last marker: an unfinished answer, or a shell's last words."""
        return bytes(self._buffer[1:])

    def feed(self, chunk: bytes) -> list[tuple[str, bytes]]:
        """Return (exchange, payload) of each answer that `chunk` completes; raises `Malformed`."""
        if chunk.endswith(_END) and len(self._buffer) == 1 and not chunk.startswith(MARK):
            # Most samples arrive in one packet: no copy but the payload itself.
            cut = chunk.find(_NEEDLE)
            if cut >= 0 and chunk.find(b"\n", cut + 1) == len(chunk) - 1:
                return [(self._name(chunk[cut + 14 : -3]), chunk[: cut + 1])]
        self._buffer += chunk
        return self._cut()

    def _cut(self) -> list[tuple[str, bytes]]:
        buffer = self._buffer
        answers: list[tuple[str, bytes]] = []
        while True:
            cut = buffer.find(_NEEDLE, self._scanned)
            if cut < 0:
                # A marker may be half here: the next search starts where it could begin.
                self._scanned = max(0, len(buffer) - len(_NEEDLE))
                break
            name_at = cut + len(_NEEDLE)
            end = buffer.find(b"\n", name_at, name_at + _LONGEST_NAME + len(_END))
            if end < 0:
                self._scanned = cut
                if len(buffer) - name_at > _LONGEST_NAME + len(_END):
                    self._refuse(bytes(buffer[name_at : name_at + _LONGEST_NAME]))
                break
            line = bytes(buffer[name_at:end])
            if not line.endswith(b"--"):
                self._refuse(line)
            answers.append((self._name(line[:-2]), bytes(buffer[1 : cut + 1])))
            del buffer[:end]
            self._scanned = 0
        if len(buffer) > self.limit:
            raise Malformed(f"more than {self.limit >> 10} KiB without an end marker")
        return answers

    def _name(self, raw: bytes) -> str:
        name = self._names.get(raw)
        if name is None:
            if not _NAME.fullmatch(raw):
                self._refuse(raw)
            name = raw.decode("ascii")
            # A target chooses these bytes: it must not choose how many we remember.
            if len(self._names) < 256:
                self._names[raw] = name
        return name

    @staticmethod
    def _refuse(raw: bytes) -> NoReturn:
        raise Malformed(f"an end marker with the impossible name {clean_bytes(raw, 40)!r}")
