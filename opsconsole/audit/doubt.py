"""Lines of the log that are no genuine record, until the next good one tells what they were."""

import hashlib
from dataclasses import dataclass

from opsconsole.audit.finding import LIMIT
from opsconsole.audit.folder import Line
from opsconsole.audit.record import Record


@dataclass(frozen=True, slots=True)
class Bad:
    """The place of one such line."""

    file: str
    line: int
    order: int
    """Of all lines of the log, from 1."""
    readable: bool
    """Whether it still is a record, though not the one that was written."""
    torn: bool
    """Whether it is the end of the log, and has no line end."""


class Doubts:
    """Such lines, one behind the other."""

    def __init__(self) -> None:
        self.lines: list[Bad] = []
        """At most `LIMIT` of them."""
        self.count = 0
        self._bytes = 0
        self._digest = hashlib.sha256()

    def add(self, line: Line, order: int, *, readable: bool) -> None:
        """Note one more."""
        text = b"\n" + line.text if self.count else line.text
        self._digest.update(text)
        self._bytes += len(text)
        self.count += 1
        if len(self.lines) < LIMIT:
            torn = line.last and not line.whole
            self.lines.append(Bad(line.file, line.number, order, readable, torn))

    def explained(self, record: Record, file: str) -> bool:
        """Whether this record, the next one of that file, says that a crash left these lines."""
        says = record.body
        return (
            self.count > 0
            and (record.kind, says.get("repair")) == ("repair", "torn")
            and (self.lines[0].file, self.lines[0].line) == (file, says.get("line"))
            and (self._bytes, self._digest.hexdigest()) == (says.get("bytes"), says.get("sha256"))
        )

    def pop_torn(self) -> Bad | None:
        """Take out the line that a crash cut off just now, if there is one."""
        if not self.lines or not self.lines[-1].torn:
            return None
        self.count -= 1
        return self.lines.pop()
