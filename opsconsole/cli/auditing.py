"""What `opsconsole audit` does: show, verify and export the audit log."""

import csv
import json
import re
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from opsconsole.audit import Line, Record, Snapshot, Verdict, default_folder, read, verify
from opsconsole.clean import clean
from opsconsole.cli.entry import tell
from opsconsole.cli.result import aligned
from opsconsole.cli.story import HEAD, Story, Teller, csv_head, csv_row, table_row
from opsconsole.errors import UsageError
from opsconsole.moment import moment

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records are asked for."""

    kinds: tuple[str, ...]
    targets: tuple[str, ...]
    """Patterns."""
    since: float
    """Unix time."""

    @classmethod
    def asked(cls, kinds: tuple[str, ...], targets: tuple[str, ...], since: str) -> "Wanted":
        """From what was typed; raises `UsageError`."""
        return cls(kinds, targets, moment(since) if since else 0.0)

    def has(self, story: Story) -> bool:
        """Whether that record is among them."""
        record = story.record
        if self.kinds and record.kind not in self.kinds:
            return False
        if self.targets and not any(
            fnmatchcase(target, pattern) for target in story.targets for pattern in self.targets
        ):
            return False
        return not self.since or _time(record) >= self.since


def _time(record: Record) -> float:
    try:
        return record.time
    except (ValueError, OverflowError, OSError):
        return float("inf")  # what has no time that makes sense is not hidden by asking for one


class Reading:
    """The records of a log, oldest first, and how many of its lines are none."""

    def __init__(self, log: Snapshot) -> None:
        self._log = log
        self.bad = 0

    def stories(self, wanted: Wanted) -> Iterator[tuple[bytes, Story]]:
        """Line and record of all that is wanted."""
        teller = Teller()
        for line in self._lines():
            record = read(line.text) if line.whole else None
            if record is None:
                self.bad += 1
            elif wanted.has(story := teller.tell(record)):
                yield line.text, story

    def _lines(self) -> Iterator[Line]:
        try:
            yield from self._log.lines()
        except OSError as error:
            raise _unreadable(self._log.folder, error) from error

    def exit_code(self) -> int:
        """Say on stderr that lines were passed over; 1 if so."""
        if self.bad:
            folder = self._log.folder
            tell(f"lines that are no records: {self.bad}; `opsconsole audit verify --log {folder}`")
        return 1 if self.bad else 0


def run_show(folder: Path | None, wanted: Wanted, count: int, output: str) -> int:
    """Print the newest records that are wanted."""
    with _opened(folder) as log:
        reading = Reading(log)
        stories = deque((story for _, story in reading.stories(wanted)), maxlen=count)
    if output == "json":
        sys.stdout.write(_ascii([story.record for story in stories]))
    else:
        lines = [HEAD, *(table_row(story) for story in stories)]
        sys.stdout.write(aligned(lines, [False] * len(HEAD)))
    return reading.exit_code()


def run_export(folder: Path | None, wanted: Wanted, output: str) -> int:
    """Print all records that are wanted, one at a time."""
    with _opened(folder) as log:
        reading = Reading(log)
        writer = csv.writer(sys.stdout, lineterminator="\n")
        if output == "csv":
            writer.writerow(csv_head())
        for line, story in reading.stories(wanted):
            if output == "csv":
                writer.writerow(csv_row(story))
            else:
                text = line.decode("ascii", "backslashreplace").replace("\x7f", "\\u007f")
                sys.stdout.write(text + "\n")
    return reading.exit_code()


def run_verify(folder: Path | None, head: str, output: str) -> int:
    """Print what does not hold together; 0 when everything does."""
    if head and not _HASH.fullmatch(head):
        raise UsageError(f"{head!r} is no head: one has 64 digits of 0-9 and a-f")
    with _opened(folder) as log:
        path = log.folder
    try:
        verdict = verify(path, head or None)
    except OSError as error:
        raise _unreadable(path, error) from error
    sys.stdout.write(_as_json(verdict) if output == "json" else _as_text(verdict))
    return 0 if verdict.intact else 1


def _opened(folder: Path | None) -> Snapshot:
    path = folder or default_folder()
    try:
        log = Snapshot(path)
    except FileNotFoundError:
        log = None
    except OSError as error:
        raise _unreadable(path, error) from error
    if log is None or (not log.files and log.anchor is None):
        raise UsageError(
            f"there is no audit log in {path}: nothing was done from here, or it stands elsewhere"
            " (--log, OPSCONSOLE_AUDIT)"
        )
    return log


def _unreadable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"the audit log {path} cannot be read: {error.strerror or error}")


def _as_text(verdict: Verdict) -> str:
    lines = [str(clean(str(finding), 500)) for finding in verdict.findings]
    if verdict.more:
        lines.append(f"and {verdict.more} more")
    counted = f"{verdict.records:,}".replace(",", " ")
    chain = "chain intact" if verdict.intact else "the chain is broken"
    files = "1 file" if verdict.files == 1 else f"{verdict.files} files"
    lines.append(f"{counted} records in {files}, {chain}, head {verdict.head.hash}")
    return "".join(f"{line}\n" for line in lines)


def _as_json(verdict: Verdict) -> str:
    said = {
        "records": verdict.records,
        "files": verdict.files,
        "intact": verdict.intact,
        "head": verdict.head,
        "findings": verdict.findings,
        "more": verdict.more,
    }
    return _ascii(said)


def _ascii(value: object) -> str:
    """JSON that is harmless on a terminal, whatever text is in it."""
    text = json.dumps(msgspec.to_builtins(value), indent=2, ensure_ascii=True)
    return text.replace("\x7f", "\\u007f") + "\n"
