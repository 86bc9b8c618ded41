"""The bottom line: what happened at the left, what the console costs at the right."""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.events import Resize

from opsconsole.clean import Clean
from opsconsole.model import Column, Level, Quantity
from widgets.format import SIGN, spell
from widgets.oneline import OneLine, Part

_RSS = Column("rss_bytes", "RSS", Quantity.BYTES, "own memory")
_RATE = Column("tty_bytes_per_s", "TTY", Quantity.BYTES_PER_S, "own terminal output")
_TOOK = Column("slowest_seconds", "SLOWEST", Quantity.SECONDS, "collector ledger")


@dataclass(frozen=True, slots=True)
class Gauges:
    """What the console costs and how it is connected."""

    cpu_percent: float
    """Of one core, console and collector together."""
    rss_bytes: int
    bytes_per_s: float
    """To the terminal."""
    slowest: Clean
    """Probe and target that took longest, empty when nothing was asked yet."""
    slowest_s: float
    link: str = ""
    """Name of the link profile when it is not the best: `slow`."""
    note: str = ""
    """What is not as it should be; empty when all is."""


class StatusLine(OneLine):
    """One line that is drawn only when what it says has changed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"status--warn", "status--crit", "status--faint"}
    DEFAULT_CSS = """
    StatusLine {
        & > .status--warn { color: $warning; background: $panel; text-style: bold; }
        & > .status--crit { color: $error; background: $panel; text-style: bold reverse; }
        & > .status--faint { color: $text-muted; background: $panel; }
    }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._notice: tuple[Part, ...] = ()
        self.said = ""
        """What was said to have happened, without its sign."""
        self._fields: tuple[Part, ...] = ()

    def notice(self, text: str, level: Level = Level.OK) -> None:
        """Say what happened, until something else does; empty text says nothing."""
        self.said = text
        look = {Level.WARN: "status--warn", Level.CRIT: "status--crit"}.get(level, "")
        sign = f"{SIGN[level]} " if SIGN[level] else ""
        self._notice = (Part(f" {sign}{text} ", look),) if text else ()
        self._tell()

    def on_resize(self, event: Resize) -> None:
        """Another width has room for more or less of the costs."""
        del event
        self._tell()

    def _tell(self) -> None:
        """Costs give way to what happened, the last ones first."""
        room = self.size.width - sum(cell_len(part.text) for part in self._notice)
        fields = list(self._fields)
        while fields and self._notice and sum(cell_len(part.text) for part in fields) > room:
            fields.pop()
        self.show(self._notice, fields)

    def gauges(self, gauges: Gauges) -> None:
        """Show what the console costs."""
        parts = [
            *([Part(f" ! {gauges.note}", "status--warn")] if gauges.note else ()),
            *([Part(f" ! link {gauges.link}", "status--warn")] if gauges.link else ()),
            Part(f" cpu {gauges.cpu_percent:>3.0f}%", "status--faint"),
            Part(f" mem {spell(_RSS, gauges.rss_bytes):>8}", "status--faint"),
            Part(f" tty {spell(_RATE, gauges.bytes_per_s):>10}", "status--faint"),
        ]
        if gauges.slowest:
            took = spell(_TOOK, gauges.slowest_s)
            parts.append(Part(f" slowest {gauges.slowest} {took}", "status--faint"))
        self._fields = (*parts, Part(" "))
        self._tell()
