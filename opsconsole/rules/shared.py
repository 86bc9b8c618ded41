"""One file of several collectors: what each knows is laid together, and the newest word counts.

What people say (taken on, given back, silenced, spoken of again) has its time, and the later one
wins. What is open each collector sees for itself: it takes out of the file only what it saw end.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from opsconsole.alert import Alert
from opsconsole.rules import memory
from opsconsole.rules.engine import Engine, Taken, Word
from opsconsole.rules.memory import Kept, KeptAlert, KeptPast
from opsconsole.rules.others import KeptCare, Others, supersedes
from opsconsole.rules.state import spoken

PATIENCE = 5.0
"""Seconds to wait for another collector that writes."""

KEPT = 7 * 86400.0
"""Seconds after which an alert that no collector wrote as its own any more is let go."""

NEVER = float("-inf")

Look = tuple[int, int]
"""Inode and time of change of a file."""


@dataclass(frozen=True, slots=True)
class Mine:
    """What this collector has to say."""

    kept: Kept
    over: Mapping[Taken, float]
    """When alerts were over that it saw end."""
    others_over: Mapping[str, float]
    """The same of those that others found, by id."""
    settled: Collection[str] = ()
    """Who of these told this collector all they have."""


def mine(engine: Engine, others: Others) -> Mine:
    """What is to be written: a copy, so that a thread can write it."""
    kept = memory.gathered(engine, others.kept, others.found)
    return Mine(kept, dict(engine.over), dict(others.over), others.settled)


def heed(engine: Engine, others: Others, kept: Kept) -> list[Alert]:
    """Take over what another collector wrote; returns alerts of others that changed by that."""
    words = {
        memory.name(one): Word(one.since, memory.said(one), memory.taken(one))
        for one in kept.alerts
    }
    engine.heed(words, kept.silences, kept.ended)
    return others.heed(kept.others, engine.targets)


def merged(ours: Mine, theirs: Kept) -> Kept:
    """Both, as they are to stand in the file."""
    kept = ours.kept
    ended = {**theirs.ended, **kept.ended}
    silences = {one.id: one for one in (*theirs.silences, *kept.silences)}
    held = [one for one in silences.values() if one.id not in ended and kept.at < one.until]
    return Kept(
        form=kept.form,
        at=kept.at,
        alerts=_alerts(ours, theirs.alerts),
        past=_past(kept.past, theirs.past),
        silences=held,
        others=_others(ours, theirs.others),
        ended={id_: until for id_, until in ended.items() if kept.at < until},
        found=_found(ours, theirs.found),
    )


def _alerts(ours: Mine, theirs: Sequence[KeptAlert]) -> list[KeptAlert]:
    found = {memory.name(one): one for one in ours.kept.alerts}
    for one in theirs:
        name = memory.name(one)
        known, over = found.get(name), ours.over.get(name, NEVER)
        if known is not None:
            found[name] = _agreed(known, one, over)
        elif one.since > over and ours.kept.at - max(one.seen, one.changed) < KEPT:
            found[name] = one
    return list(found.values())


def _agreed(known: KeptAlert, theirs: KeptAlert, over: float) -> KeptAlert:
    """One that both have open: since the earlier of both, in the care of who spoke last."""
    since = theirs.since if over < theirs.since < known.since else known.since
    said, acknowledged = memory.said(known), known.acknowledged
    word = memory.said(theirs), theirs.acknowledged
    if word[0] > over and spoken(*word) > spoken(said, acknowledged):
        said, acknowledged = word
    return msgspec.structs.replace(known, since=since, said=said, acknowledged=acknowledged)


def _past(ours: Sequence[KeptPast], theirs: Sequence[KeptPast]) -> list[KeptPast]:
    return list({(one.rule, one.target, one.key): one for one in (*theirs, *ours)}.values())


def _others(ours: Mine, theirs: Sequence[KeptCare]) -> list[KeptCare]:
    found = {one.alert: one for one in ours.kept.others}
    for one in theirs:
        known = found.get(one.alert)
        over = max(ours.others_over.get(one.alert, NEVER), ours.kept.at - memory.LONGEST)
        if supersedes(one, known, over):
            found[one.alert] = one
    return list(found.values())


def _found(ours: Mine, theirs: Sequence[Alert]) -> list[Alert]:
    """What others found: as they told this collector, or else the one that wrote before."""
    heard = {one.id: one for one in theirs if one.origin not in ours.settled}
    still = {id_: one for id_, one in heard.items() if id_ not in ours.others_over}
    return list({**still, **{one.id: one for one in ours.kept.found}}.values())


def look(path: Path) -> Look | None:
    """What tells one content of a file from the next; None while there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def news(path: Path, seen: Look | None) -> tuple[Kept | None, Look | None]:
    """What the file says, when it is another one than was seen; a broken one is let be."""
    now = look(path)
    if now is None or now == seen:
        return None, seen
    with contextlib.suppress(ValueError):
        return memory.read(path), now
    return None, now


def exchange(path: Path, ours: Mine, seen: Look | None) -> tuple[Kept | None, Look | None]:
    """Write what is ours beside what others wrote; returns that, when it was not seen yet.

    Raises `OSError`. Whoever is killed meanwhile leaves the file as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(path) as alone:
        if alone:
            _tidy(path)
        now = look(path)
        theirs, _ = memory.load(path)
        kept = ours.kept if theirs is None else merged(ours, theirs)
        memory.save(path, msgspec.json.encode(kept))
        return (theirs if now != seen else None), look(path)


@contextlib.contextmanager
def _alone(path: Path) -> Generator[bool]:
    """Keep other collectors off the file; False where the file system knows no locks."""
    lock = path.with_name(f".{path.name}.lock")
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(lock, flags, 0o600)
    try:
        yield _locked(descriptor, lock)
    finally:
        os.close(descriptor)


def _locked(descriptor: int, lock: Path) -> bool:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise TimeoutError(
                    error.errno, f"another process holds {lock}: see which with `fuser {lock}`"
                ) from error
            time.sleep(0.005)
        except OSError:
            return False
        else:
            return True


def _tidy(path: Path) -> None:
    """Remove what a writer left that was killed; nobody else writes now."""
    for left in path.parent.glob(f".{path.name}.[0-9]*"):
        left.unlink(missing_ok=True)
