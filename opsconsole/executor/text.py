"""One text while it is read: lines of several sources, merged by time, bounded by bytes."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from opsconsole.clean import Clean, clean, clean_bytes
from opsconsole.ports import Line, Passage

LINE = 8192
"""Characters kept of a line."""

BUFFER = 2 << 20
"""Bytes of lines that wait for a console; the oldest give way."""

PASSAGE = 4000
"""Lines of one passage."""

SETTLE = 0.3
"""Seconds a line waits for older ones of other sources, before it is passed on."""

_OVERHEAD = 60
"""Bytes a line costs besides its text."""

Dated = Callable[[bytes], tuple[float | None, bytes]]


class Source:
    """What one call writes, cut into lines."""

    def __init__(self, name: Clean, text: "Text", head: int, dated: Dated | None) -> None:
        """The first `head` lines belong to the transport, and are no text."""
        self.name = name
        self.said = bytearray()
        """The first bytes of it, for an error."""
        self._text = text
        self._head = head
        self._dated = dated
        self._rest = bytearray()
        self._long = False

    def heard(self, data: bytes) -> None:
        """Take more of it, in whatever pieces it comes."""
        if len(self.said) < 2048:
            self.said += data[:2048]
        lines = data.split(b"\n")
        for part in lines[:-1]:
            self._extend(part)
            self._end_line()
        self._extend(lines[-1])

    def _extend(self, part: bytes) -> None:
        room = 4 * LINE - len(self._rest)
        self._rest += part[: max(0, room)]

    def _end_line(self) -> None:
        raw = bytes(self._rest)
        self._rest.clear()
        if self._head:
            self._head -= 1
            return
        at, raw = self._dated(raw) if self._dated else (None, raw)
        self._text.add(Line(at, self.name, clean_bytes(raw.rstrip(b"\r"), LINE)))

    def end(self) -> None:
        """Nothing more comes: a line without its end counts, too."""
        if self._rest:
            self._end_line()


class Text:
    """Lines that wait to be fetched. Made on a running loop."""

    def __init__(
        self, *, merges: bool, buffer: int = BUFFER, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`merges`: lines of several sources are put in order of their times."""
        self._merges = merges
        self._buffer = buffer
        self._clock = clock
        self._waiting: deque[tuple[float, Line]] = deque()
        self._bytes = 0
        self._skipped = 0
        self._notes: list[Clean] = []
        self._ended = False
        self._turn = asyncio.Event()
        self.fetched = clock()
        """When somebody asked for more the last time."""

    def add(self, line: Line) -> None:
        """Keep a line; the oldest gives way when too much waits."""
        self._waiting.append((self._clock(), line))
        self._bytes += len(line.text) + _OVERHEAD
        while self._bytes > self._buffer and self._waiting:
            _, old = self._waiting.popleft()
            self._bytes -= len(old.text) + _OVERHEAD
            self._skipped += 1
        self._turn.set()

    def note(self, words: str) -> None:
        """Say something of it."""
        self._notes.append(clean(words, 500))
        self._turn.set()

    def end(self) -> None:
        """Nothing more will come."""
        self._ended = True
        self._turn.set()

    async def more(self, seconds: float) -> Passage:
        """What came since the last call, at once or within that time; empty when nothing did."""
        self.fetched = self._clock()
        deadline = self.fetched + seconds
        while (left := deadline - self._clock()) > 0 and not self._due():
            self._turn.clear()
            pause = min(left, SETTLE) if self._waiting else left
            try:
                async with asyncio.timeout(pause):
                    await self._turn.wait()
            except TimeoutError:
                continue
        self.fetched = self._clock()
        return self._passage()

    def _due(self) -> bool:
        if self._ended or self._notes:
            return True
        settled = self._waiting and self._clock() - self._waiting[0][0] >= SETTLE
        return bool(self._waiting) and (not self._merges or bool(settled))

    def _passage(self) -> Passage:
        lines = [line for _, line in self._taken()]
        if self._merges:
            lines.sort(key=lambda line: line.at or 0.0)
        notes, self._notes = self._notes, []
        skipped, self._skipped = self._skipped, 0
        ended = self._ended and not self._waiting
        return Passage(lines, skipped, clean("; ".join(notes), 1000), ended)

    def _taken(self) -> list[tuple[float, Line]]:
        count = min(len(self._waiting), PASSAGE)
        taken = [self._waiting.popleft() for _ in range(count)]
        self._bytes -= sum(len(line.text) + _OVERHEAD for _, line in taken)
        return taken
