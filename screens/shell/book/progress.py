"""How far an operator is in a runbook, kept on disk so that it can be gone on with."""

import contextlib
import enum
import hashlib
import os
import re
import time
from pathlib import Path

import msgspec

from opsconsole.runbook import Runbook
from screens.shell.state import folder

_PLAIN = re.compile(r"[^A-Za-z0-9_.-]")


class StepState(enum.StrEnum):
    """How one step stands."""

    OPEN = "open"
    UNDER_WAY = "under way"
    DONE = "done"
    SKIPPED = "skipped"


class Stand(msgspec.Struct):
    """One step, and what is to be said of it."""

    state: StepState = StepState.OPEN
    words: str = ""
    at: float = 0.0
    """Unix time of the last change, seconds."""


class _Kept(msgspec.Struct):
    """As it stands on disk."""

    book: str
    """Hash of the steps: a runbook that was rewritten is begun anew."""
    steps: list[Stand]


class Progress:
    """One runbook on one target."""

    def __init__(self, book: Runbook, target: str, path: Path | None = None) -> None:
        """Go on where it was left; `path` is the file, the state folder's own unless given."""
        self.book = book
        self.target = target
        name = _PLAIN.sub("_", f"{book.id}@{target}")
        self._path = path or folder() / "runbooks" / f"{name}.json"
        self._hash = hashlib.sha256(repr(book.steps).encode()).hexdigest()
        self.steps = self._load()

    @property
    def current(self) -> int | None:
        """Place of the step that is next; None when all is done."""
        over = (StepState.DONE, StepState.SKIPPED)
        return next((at for at, step in enumerate(self.steps) if step.state not in over), None)

    @property
    def begun(self) -> bool:
        """Whether anything was done of it."""
        return any(step.state is not StepState.OPEN for step in self.steps)

    def mark(self, at: int, state: StepState, words: str = "") -> None:
        """Note how a step stands; on disk when this returns, unless the disk is full."""
        self.steps[at] = Stand(state, words, time.time())
        self._save()

    def restart(self) -> None:
        """Forget all of it."""
        self.steps = self._fresh()
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _fresh(self) -> list[Stand]:
        return [Stand() for _ in self.book.steps]

    def _load(self) -> list[Stand]:
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except (OSError, msgspec.DecodeError):
            return self._fresh()
        if kept.book != self._hash or len(kept.steps) != len(self.book.steps):
            return self._fresh()
        for step in kept.steps:
            if step.state is StepState.UNDER_WAY:
                step.state = StepState.OPEN
                step.words = "was under way when the console ended: opsconsole audit show"
        return kept.steps

    def _save(self) -> None:
        fresh = self._path.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh.write_bytes(msgspec.json.encode(_Kept(self._hash, self.steps)))
            fresh.chmod(0o600)
            fresh.replace(self._path)
