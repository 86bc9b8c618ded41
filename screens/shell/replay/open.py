"""Opens the console on a recording alone: no collector, nothing live, nothing to be done."""

import asyncio
from collections.abc import Sequence

from opsconsole.clean import Clean
from opsconsole.errors import BusClosed, Unrecorded
from opsconsole.estate import Estate
from opsconsole.ports import Downward, Upward
from opsconsole.recorder import Archive
from opsconsole.spec import Domain
from screens.shell.app import OpsConsole
from screens.shell.console import Start
from screens.shell.link import Link
from screens.shell.replay.scrub import Reel, spelt
from screens.shell.start import keymap_of, scene_of


class Silence:
    """A `ConsoleEnd` with nobody at the other end."""

    def __init__(self) -> None:
        self._over = asyncio.Event()

    def send(self, message: Downward) -> None:
        """Say something to nobody."""

    async def receive(self) -> Upward:
        """Wait until `close`; raises `BusClosed` then."""
        await self._over.wait()
        raise BusClosed("closed on this side")

    def close(self) -> None:
        """Let go."""
        self._over.set()


def replay_start(archive: Archive, domains: Sequence[Domain], theme: str = "") -> Start:
    """What the console shows of a recording; raises `Unrecorded` when that is nothing."""
    span, targets = archive.span, archive.targets()
    if span is None or not targets:
        raise Unrecorded(f"{archive.where}: it holds nothing to show")
    estate = Estate(tuple(targets))
    keymap = keymap_of()
    words = f"{archive.where.name}: {spelt(span[0])} to {spelt(span[1])}"
    return Start(
        scene=scene_of(estate, domains),
        select=estate.select,
        bus=Silence(),
        theme=theme,
        keys=keymap.keys,
        notices=(Clean(words),),
        reel=Reel(lambda: archive, alone=True, span=span),
    )


def open_replay(archive: Archive, domains: Sequence[Domain], link: Link, theme: str = "") -> int:
    """Show a recording until the operator or the terminal leaves; returns the exit code."""
    return OpsConsole(replay_start(archive, domains, theme), link).run_console()
