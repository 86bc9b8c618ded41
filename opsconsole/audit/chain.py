"""Does the log hold together? Every line is checked against its hash and the line before."""

from dataclasses import dataclass
from pathlib import Path

from opsconsole.audit.doubt import Doubts
from opsconsole.audit.finding import LIMIT, Finding, Kind, Verdict
from opsconsole.audit.folder import CURRENT, HEAD, Head, Line, Snapshot, decode_head
from opsconsole.audit.record import GENESIS, Record, genuine, read

_REMEMBERED = 4 * LIMIT  # more are not sorted any more, only counted


def verify(folder: Path, expected_head: str | None = None) -> Verdict:
    """Read the whole log once, in little memory; raises `OSError` when it cannot be read.

    `expected_head` is the hash of a record noted earlier elsewhere: it must still be in the log.
    """
    with Snapshot(folder) as log:
        anchor, problem = _anchor(log)
        chain = _Chain(anchor, expected_head)
        for line in log.lines():
            chain.take(line)
        verdict = chain.end()
        verdict.files = log.files
        verdict.findings += problem
        return verdict


def _anchor(log: Snapshot) -> tuple[Head | None, list[Finding]]:
    if log.anchor is None:
        gone = "the anchor is gone, and records at the end of the log may be, too"
        return None, [Finding(Kind.REMOVED, HEAD, 0, 0, gone)] if log.files else []
    try:
        return decode_head(log.anchor), []
    except ValueError as error:
        return None, [Finding(Kind.UNREADABLE, HEAD, 1, 0, f"no anchor of a log: {error}")]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A good record and its place; `order` sorts places."""

    index: int
    hash: str
    file: str
    line: int
    order: int


@dataclass(frozen=True, slots=True)
class _Gap:
    """Numbers that were passed over."""

    first: int
    last: int
    behind: _Seen
    """The record that stands behind the gap."""
    hash: str
    """What the last of the missing ones must have; empty when that is not known."""


class _Chain:
    """Follows the chain; what is odd is decided by the next good record, or by the end."""

    def __init__(self, anchor: Head | None, expected: str | None) -> None:
        self._anchor = anchor
        self._expected = expected
        self._records = self._more = self._order = 0
        self._found: dict[tuple[int, Kind, int], Finding] = {}
        """By order of the place, kind and number."""
        self._gaps: list[_Gap] = []
        self._last = _Seen(0, GENESIS, CURRENT, 1, 0)
        self._rival: _Seen | None = None
        """A second record of the last one's number; the next one tells which is the false one."""
        self._anchored: _Seen | None = None
        """The record of the anchor's number."""
        self._place = (CURRENT, 0)
        self._doubts = Doubts()

    def take(self, line: Line) -> None:
        """Check the next line."""
        self._order += 1
        self._place = line.file, line.number
        record = read(line.text) if line.whole else None
        if record is None or not genuine(line.text):
            self._doubts.add(line, self._order, readable=record is not None)
            return
        self._records += 1
        if record.hash == self._expected:
            self._expected = None
        seen = _Seen(record.index, record.hash, line.file, line.number, self._order)
        self._link(record, seen, self._settle_doubts(record, line.file))

    def _settle_doubts(self, record: Record, file: str) -> int:
        """Report the bad lines before this record; returns how many records they may have been."""
        doubts, self._doubts = self._doubts, Doubts()
        if doubts.explained(record, file):
            message = f"cut off by a crash, as record {record.index} says"
            first = doubts.lines[0]
            self._say(first.order, Finding(Kind.TORN, first.file, first.line, 0, message))
            return 0
        self._report(doubts)
        return doubts.count

    def _report(self, doubts: Doubts) -> None:
        for index, bad in enumerate(doubts.lines, self._last.index + 1):
            kind = Kind.EDITED if bad.readable else Kind.UNREADABLE
            said = "is not what was written" if bad.readable else "is no record any more"
            message = f"record {index} {said}"
            self._say(bad.order, Finding(kind, bad.file, bad.line, index, message))
        self._more += doubts.count - len(doubts.lines)

    def _link(self, record: Record, seen: _Seen, slack: int) -> None:
        step = seen.index - self._last.index
        if step < 1:
            self._link_back(seen)
            return
        if step > 1 and record.prev == self._last.hash:
            message = f"record {seen.index} claims to follow record {self._last.index}"
            self._name(Kind.EDITED, seen, message)
            return
        if step > 1 + slack:
            first = self._last.index + 1 + slack
            self._gaps.append(_Gap(first, seen.index - 1, seen, record.prev))
        elif step == 1 and record.prev != self._last.hash:
            self._break(record, seen)
        self._last, self._rival = seen, None
        if self._anchor is not None and seen.index == self._anchor.index:
            self._anchored = seen

    def _link_back(self, seen: _Seen) -> None:
        """A number that was passed already: it stands too late, or a second time."""
        gap = next((gap for gap in self._gaps if gap.first <= seen.index <= gap.last), None)
        if gap is None or (seen.index == gap.last and gap.hash not in {"", seen.hash}):
            self._name(Kind.INSERTED, seen, _second(seen.index))
            if seen.index == self._last.index and seen.hash != self._last.hash:
                self._rival = seen
            return
        message = f"record {seen.index} stands after record {self._last.index}"
        self._name(Kind.REORDERED, seen, message)
        self._gaps.remove(gap)
        if gap.first < seen.index:
            self._gaps.append(_Gap(gap.first, seen.index - 1, gap.behind, ""))
        if seen.index < gap.last:
            self._gaps.append(_Gap(seen.index + 1, gap.last, gap.behind, gap.hash))

    def _break(self, record: Record, seen: _Seen) -> None:
        """This record follows another one than the last: one of the two is not the true one."""
        if self._rival is not None and record.prev == self._rival.hash:
            self._acquit(self._rival)
        elif self._last.index == 0:
            self._name(Kind.EDITED, seen, "the first record claims that there was one before it")
        else:
            self._replaced(self._last)

    def _acquit(self, rival: _Seen) -> None:
        """The second of two records of a number was the true one: it is the first that is false."""
        self._found.pop((rival.order, Kind.INSERTED, rival.index), None)
        self._name(Kind.INSERTED, self._last, _second(rival.index))

    def _replaced(self, seen: _Seen) -> None:
        message = f"record {seen.index} was replaced: what was written had another hash"
        self._name(Kind.EDITED, seen, message)

    def end(self) -> Verdict:
        """Say what only the end tells, and conclude."""
        torn = self._doubts.pop_torn()
        self._report(self._doubts)
        if torn is not None:
            message = "cut off before it was whole; the next record will say so"
            self._say(torn.order, Finding(Kind.TORN, torn.file, torn.line, 0, message))
        for gap in self._gaps:
            message = f"{_missing(gap.first, gap.last)} before this line"
            place = gap.behind
            finding = Finding(Kind.REMOVED, place.file, place.line, gap.first, message)
            self._say(place.order, finding)
        if self._anchor is not None:
            self._check(self._anchor, self._last.index + self._doubts.count)
        if self._expected is not None:
            message = f"no record has the hash {self._expected}: the log was written anew"
            finding = Finding(Kind.UNKNOWN_HEAD, self._place[0], 0, 0, message)
            self._say(self._order + 2, finding)
        return self._conclude()

    def _check(self, anchor: Head, reached: int) -> None:
        """Hold the end of the log, which may be damaged as far as `reached`, to its anchor."""
        file, line = self._place
        if anchor.index > reached:
            message = f"{_missing(reached + 1, anchor.index)} at the end: {HEAD} knows better"
            finding = Finding(Kind.REMOVED, file, line + 1, reached + 1, message)
            self._say(self._order + 1, finding)
        elif self._rival is not None and self._rival.hash == anchor.hash:
            self._acquit(self._rival)
        elif self._anchored is not None and self._anchored.hash != anchor.hash:
            self._replaced(self._anchored)
        elif anchor.index < self._last.index:
            message = f"stands at record {anchor.index}, the log at {self._last.index}"
            self._say(self._order + 1, Finding(Kind.LAGGING, HEAD, 1, anchor.index, message))

    def _conclude(self) -> Verdict:
        findings = [self._found[key] for key in sorted(self._found)]
        return Verdict(
            self._records,
            head=Head(self._last.index, self._last.hash),
            findings=findings[:LIMIT],
            more=self._more + max(0, len(findings) - LIMIT),
        )

    def _name(self, kind: Kind, seen: _Seen, message: str) -> None:
        self._say(seen.order, Finding(kind, seen.file, seen.line, seen.index, message))

    def _say(self, order: int, finding: Finding) -> None:
        if len(self._found) < _REMEMBERED:
            self._found[order, finding.kind, finding.index] = finding
        else:
            self._more += 1


def _second(index: int) -> str:
    return f"a second record {index}, not part of the chain"


def _missing(first: int, last: int) -> str:
    if first == last:
        return f"record {first} is missing"
    return f"records {first} to {last} are missing"
