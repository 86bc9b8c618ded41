"""Looks out for other users of this machine whose plans wait for a second person."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path

from opsconsole.approval import Asked, Shut, approve, deny, others, pending
from opsconsole.clean import Clean, clean
from opsconsole.errors import Refused

EVERY_S = 3.0
"""Seconds between two looks at the folder where all meet."""

AGAIN_S = 15.0
"""Seconds until one who gave no plan is asked again."""

SHARE = 20
"""A look may take this part of the time: in a folder that somebody filled they get rarer."""

LISTED_S = 30.0
"""Seconds after which the folder is listed in any case."""

CALM_S = 30.0
"""Seconds for which one person rings but once, however much they ask."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The way to those who ask."""

    others: Callable[[], frozenset[Path]] = others
    """Their sockets; called in a thread."""
    pending: Callable[[], Coroutine[None, None, Sequence[Asked | Shut]]] = pending
    approve: Callable[[Asked, str], Coroutine[None, None, None]] = approve
    deny: Callable[[Asked, str], Coroutine[None, None, None]] = deny
    every_s: float = EVERY_S
    stamp: Callable[[], object] = lambda: None
    """What is the same for as long as nobody comes or goes; None says nothing. Never blocks."""


class Lookout:
    """Knows who asks; connects to them only when somebody came or went."""

    def __init__(self, desk: Desk, ring: Callable[[Sequence[Asked]], None]) -> None:
        """`ring` is called once for what is new, with all of it that came at a time."""
        self.desk = desk
        self.trouble = Clean("")
        """Why nobody can be seen to ask."""
        self.shut: Sequence[Shut] = ()
        """Those whose plans we may not approve."""
        self._ring = ring
        self._doors: frozenset[Path] = frozenset()
        self._asked: dict[Path, Asked] = {}
        self._answered: set[Path] = set()
        self._told: set[Path] = set()
        self._rang: dict[int, float] = {}
        self._connected_at = 0.0
        self._stamp: object = None
        self._listed_at = 0.0
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Look for as long as the console is there."""
        while True:
            began = time.monotonic()
            await self.look()
            took = time.monotonic() - began
            await asyncio.sleep(max(self.desk.every_s, SHARE * took))

    async def look(self, *, thoroughly: bool = False) -> None:
        """Look at the folder, and at who is new there; `thoroughly` at all who are there."""
        async with self._turn:
            try:
                doors = self._doors if self._unchanged() else await self._list()
                if self._must_connect(doors) or (thoroughly and doors):
                    await self._connect()
            except (Refused, OSError) as error:  # out of descriptors, say
                doors, self.trouble = frozenset[Path](), clean(str(error), 500)
            else:
                self.trouble = Clean("")
            self._keep(doors)
        self._tell()

    def _unchanged(self) -> bool:
        """Whether nobody came or went since the folder was listed, as its own times tell."""
        recent = time.monotonic() - self._listed_at < LISTED_S
        return recent and self._stamp is not None and self.desk.stamp() == self._stamp

    async def _list(self) -> frozenset[Path]:
        """List the folder, in a thread: somebody may have filled it."""
        stamp, self._stamp = self.desk.stamp(), None
        doors = await asyncio.to_thread(self.desk.others)
        self._stamp, self._listed_at = stamp, time.monotonic()
        return doors

    def _must_connect(self, doors: frozenset[Path]) -> bool:
        if doors != self._doors:
            return bool(doors)
        silent = doors - self._asked.keys() - self._answered
        return bool(silent) and time.monotonic() - self._connected_at >= AGAIN_S

    async def _connect(self) -> None:
        found = await self.desk.pending()
        self._connected_at = time.monotonic()
        self.shut = [one for one in found if isinstance(one, Shut)]
        # One that was too busy to say it again still waits: its door is there.
        self._asked.update({one.path: one for one in found if isinstance(one, Asked)})

    def _keep(self, doors: frozenset[Path]) -> None:
        """Forget those whose door is gone."""
        self._doors = doors
        self._asked = {path: one for path, one in self._asked.items() if path in doors}
        self._answered &= doors
        self._told &= doors
        if not doors:
            self.shut = ()

    def _tell(self) -> None:
        now = time.monotonic()
        self._rang = {uid: at for uid, at in self._rang.items() if now - at < CALM_S}
        new = [one for one in self.waiting if one.path not in self._told]
        self._told.update(one.path for one in new)
        loud = [one for one in new if one.person.uid not in self._rang]
        self._rang.update({one.person.uid: now for one in loud})
        if loud:
            self._ring(loud)

    @property
    def waiting(self) -> list[Asked]:
        """Those who wait, in the order in which they were seen."""
        now = time.time()
        over = {path for path, one in self._asked.items() if one.until <= now}
        gone = over | self._answered
        return [one for path, one in self._asked.items() if path not in gone]

    def waits(self, asked: Asked) -> bool:
        """Whether that one still waits, as far as is known."""
        return asked in self.waiting

    def find(self, name: str) -> Asked | None:
        """The one whose socket has that name."""
        return next((one for one in self.waiting if one.path.name == name), None)

    def settle(self, asked: Asked) -> None:
        """It was answered from here."""
        self._answered.add(asked.path)
