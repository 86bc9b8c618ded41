"""What was approved from this console, and how it stands; a screen may look at it or not."""

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from opsconsole.clean import Clean
from opsconsole.plan import Approval, Ended, Outcome, Plan, Progress, Request, Standing, Undo

KEPT = 50
"""Runs that are remembered; those under way are never forgotten."""

LINES = 2000
"""Lines of output kept of one run."""

UNDO_S = 600.0
"""Seconds for which a key takes back what was done."""

_WORDS = {f"{ended}: ": ended for ended in Ended}


@dataclass(slots=True)
class Run:
    """One approved plan."""

    plan: Plan
    request: Request
    approval: Approval
    began: float = field(default_factory=time.monotonic)
    """On the monotonic clock, as `over_at`."""
    over_at: float = 0.0
    lines: deque[tuple[int, Clean]] = field(default_factory=lambda: deque(maxlen=LINES))
    """Item and text of what programs wrote."""
    word: str = ""
    """What was last said about all of it, or why it was refused, or what to check."""
    rule: str = ""
    """The rule that refused it."""
    outcome: Outcome | None = None
    ended: Ended | None = None
    left_undo: list[Undo] = field(default_factory=list[Undo])
    """What would take it back, not proposed yet."""
    _words: dict[int, tuple[Ended | None, str]] = field(
        default_factory=dict[int, tuple[Ended | None, str]]
    )

    @property
    def name(self) -> str:
        """The plan's hash."""
        return self.approval.plan

    @property
    def state(self) -> str:
        """One word: `under way`, or how it ended."""
        return "under way" if self.ended is None else str(self.ended)

    @property
    def targets(self) -> list[str]:
        """Ids of the targets it touches."""
        return sorted({item.thing.target for item in self.plan.items})

    @property
    def current(self) -> int:
        """Place of the object that is worked on; -1 when it is over."""
        if self.ended is not None:
            return -1
        over = [number for number, (ended, _) in self._words.items() if ended]
        return max(over, default=-1) + 1

    def item(self, number: int) -> tuple[Ended | None, str]:
        """How one object ended (None: not yet), and the words for it."""
        if self.outcome is not None:
            result = self.outcome.results[number]
            return result.ended, result.message
        if self.ended is not None and number not in self._words:
            return self.ended, ""
        return self._words.get(number, (None, ""))

    def hear(self, progress: Progress) -> None:
        """Take what the executor said."""
        if progress.output:
            self.lines.append((progress.item, progress.text))
        elif progress.item < 0:
            self.word = progress.text
        else:
            start = next((word for word in _WORDS if progress.text.startswith(word)), "")
            ended = _WORDS.get(start)
            self._words[progress.item] = ended, progress.text.removeprefix(start)

    def end(self, outcome: Outcome) -> None:
        """It is over, and this is how."""
        self.outcome, self.word = outcome, ""
        self.left_undo = list(outcome.undo)
        self._over(outcome.ended)

    def refuse(self, rule: str, why: str) -> None:
        """Nothing was done."""
        self.rule, self.word = rule, why
        self._over(Ended.REFUSED)

    def lose(self, why: str) -> None:
        """The collector is gone: nobody here knows what was done."""
        objects = ", ".join(f"{item.thing.name} on {item.thing.target}" for item in self.plan.items)
        self.word = (
            f"outcome unknown: {why}. Look at {objects}: {self.plan.title} may have been done there"
        )
        self._over(Ended.UNKNOWN)

    def _over(self, ended: Ended) -> None:
        self.ended, self.over_at = ended, time.monotonic()


class Runs:
    """All of them, newest last."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self.standing: Standing | None = None
        """What may be done at present; None until a collector said."""

    def begin(self, run: Run) -> None:
        """Remember a run that was just approved."""
        self._runs[run.name] = run
        over = [name for name, each in self._runs.items() if each.ended is not None]
        for name in over[: max(0, len(self._runs) - KEPT)]:
            del self._runs[name]

    def hear(self, progress: Progress) -> None:
        """Hand what was said to its run; what was approved elsewhere is not ours."""
        if (run := self._runs.get(progress.plan)) is not None:
            run.hear(progress)

    def get(self, name: str) -> Run | None:
        """The run of a plan."""
        return self._runs.get(name)

    def newest_first(self) -> Iterable[Run]:
        """All runs."""
        return reversed(self._runs.values())

    @property
    def under_way(self) -> int:
        """How many are not over, as far as anybody knows."""
        ours = sum(run.ended is None for run in self._runs.values())
        return max(ours, len(self.standing.running) if self.standing else 0)

    @property
    def newest_under_way(self) -> Run | None:
        """The newest run of this console that is not over."""
        return next((run for run in self.newest_first() if run.ended is None), None)

    def undoable(self, now: float) -> Run | None:
        """The newest run that can be taken back and is not too long ago; `now` is monotonic."""
        for run in self.newest_first():
            if run.left_undo and now - run.over_at <= UNDO_S:
                return run
        return None
