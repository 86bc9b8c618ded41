"""The file of alerts: written when something changed, read when another collector wrote it."""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from opsconsole.alert import Alert, Phase
from opsconsole.clean import Clean, clean
from opsconsole.model import Level
from opsconsole.rules import Engine, memory, shared
from opsconsole.rules.others import Others

_log = logging.getLogger(__name__)

RETRY = 10.0
"""Seconds for which a file that could not be written is left alone."""

LOST, UNKEPT = "opsconsole.alerts-lost", "opsconsole.alerts-unkept"
"""Alerts on our own keeping: open until the collector ends, and until the file is written."""

_OWN = {
    LOST: (
        "Alerts of before are lost",
        "Take on anew what somebody has, and silence what was silenced; then acknowledge this.",
    ),
    UNKEPT: (
        "Alerts are not kept",
        "Make room in the state folder and let us write there, or name another file in"
        " OPSCONSOLE_ALERTS.",
    ),
}
"""Title and remedy of each."""

Say = Callable[[list[Alert], Level, Clean], None]
"""Tells alerts, and a line for the timeline; no line where it has no words."""


class Keeping:
    """Keeps what an engine and `Others` know in a file that all collectors of the estate share."""

    def __init__(
        self,
        engine: Engine,
        others: Others,
        path: Path,
        say: Say,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._engine, self._others = engine, others
        self._path = path
        self._say = say
        self._wall = wall
        self._task: asyncio.Task[None] | None = None
        self._seen: shared.Look | None = None
        self._again = 0.0
        """Loop time before which a disk that refused is left alone."""
        self.trouble = Clean("")
        """What is wrong with the file; empty when nothing is."""

    def load(self) -> None:
        """Take in what was kept before; what is broken is set aside and said."""
        self._seen = shared.look(self._path)
        kept, trouble = memory.load(self._path)
        if kept is not None:
            memory.recall(self._engine, kept)
            self._others.recall(kept.others, self._engine.targets)
        if trouble:
            self._complain(LOST, trouble)

    @property
    def due(self) -> bool:
        """Whether there is something to be written."""
        return self._engine.dirty or self._others.dirty

    def turn(self) -> None:
        """Write what is due, or see what others wrote; about once a second, on a running loop."""
        loop = asyncio.get_running_loop()
        if self._task is None:
            due = self.due and loop.time() >= self._again
            self._task = loop.create_task(self._write() if due else self._read())

    async def _read(self) -> None:
        """In a thread, as all that touches a disk: one that is slow holds up no alert."""
        try:
            kept, self._seen = await asyncio.to_thread(shared.news, self._path, self._seen)
            self._heed(kept)
        finally:
            self._task = None

    async def _write(self) -> None:
        ours = shared.mine(self._engine, self._others)
        self._engine.dirty = self._others.dirty = False
        try:
            kept, self._seen = await asyncio.to_thread(
                shared.exchange, self._path, ours, self._seen
            )
        except OSError as error:
            self._engine.dirty = True
            self._again = asyncio.get_running_loop().time() + RETRY
            told = f"alerts are not kept over a restart: {self._path}: {error.strerror}"
            self._complain(UNKEPT, clean(told, 300))
        else:
            self._heed(kept)
            self._mended()
        finally:
            self._task = None

    def _heed(self, kept: memory.Kept | None) -> None:
        if kept is None:
            return
        if changed := shared.heed(self._engine, self._others, kept):
            self._say(changed, Level.OK, Clean(""))

    def _complain(self, name: str, trouble: Clean) -> None:
        """Say what is wrong with our own keeping: as an alert, in the log and in the timeline."""
        known = self._others.open.get(name)
        if known is not None and known.why == trouble:
            return
        self.trouble = trouble
        _log.warning("%s", trouble)
        since = self._wall() if known is None else known.since
        alert = _own(name, clean(self._path.name), trouble, since, self._wall())
        self._say(self._others.hear([alert]), Level.WARN, trouble)

    def _mended(self) -> None:
        """What could not be written is."""
        known = self._others.open.get(UNKEPT)
        if known is not None:
            self.trouble = Clean("")
            over = msgspec.structs.replace(known, phase=Phase.RESOLVED, changed=self._wall())
            words = Clean("alerts are kept over a restart again")
            self._say(self._others.hear([over]), Level.OK, words)

    async def close(self) -> None:
        """Keep what is not kept yet."""
        if self._task is not None:
            await self._task
        if self.due:
            await self._write()


def _own(name: str, file: Clean, why: Clean, since: float, changed: float) -> Alert:
    """An alert on what we keep ourselves."""
    title, remedy = _OWN[name]
    return Alert(
        id=name,
        rule=name,
        target="",
        object=file,
        key=(),
        probe="",
        column="",
        level=Level.WARN,
        phase=Phase.OPEN,
        since=since,
        changed=changed,
        title=Clean(title),
        why=why,
        value=None,
        limit=None,
        remedies=(remedy,),
        source=Clean("the file in which this collector keeps alerts"),
    )
