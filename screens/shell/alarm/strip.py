"""The line that says which alert one was taken to, and the keys that help there."""

from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from textual.events import Resize

from opsconsole.alert import Alert, Phase
from opsconsole.model import Level
from screens.shell.alarm.wording import duration, place, sign, state
from widgets.format import SIGN
from widgets.oneline import OneLine, Part


class AlertStrip(OneLine):
    """One line under the tabs; empty and out of the way unless one was taken somewhere."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "strip--warn",
        "strip--crit",
        "strip--unknown",
        "strip--key",
        "strip--faint",
    }
    DEFAULT_CSS = """
    AlertStrip {
        display: none;
        background: $boost;
        & > .strip--warn { color: $warning; background: $boost; text-style: bold reverse; }
        & > .strip--crit { color: $error; background: $boost; text-style: bold reverse; }
        & > .strip--unknown { color: $text-muted; background: $boost; text-style: bold; }
        & > .strip--key { color: $primary; background: $boost; text-style: bold; }
        & > .strip--faint { color: $text-muted; background: $boost; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="alert-strip")
        self._said: tuple[Part, ...] = ()
        self._keys: Mapping[str, str] = {}

    def tell(self, alert: Alert, note: str, keys: Mapping[str, str], now: float) -> None:
        """Say what it is, since when and why; `note` is what became of its row.

        `keys` are the keys that have a meaning at present, by what they do.
        """
        level = sign(alert)
        look = {Level.CRIT: "strip--crit", Level.WARN: "strip--warn"}.get(level, "strip--unknown")
        head = f" {SIGN[level] or '-'} {state(alert)} "
        parts = [Part(head, look), Part(f" {alert.title}: {place(alert)}  ")]
        if note:
            parts.append(Part(f"[{note}]  ", "strip--key"))
        since = alert.changed if alert.phase is Phase.RESOLVED else alert.since
        parts.append(Part(f"{duration(now - since)}  {alert.why} "))
        self._said, self._keys = tuple(parts), keys
        self._tell()

    def on_resize(self, event: Resize) -> None:
        """Another width has room for more or fewer keys."""
        del event
        self._tell()

    def _tell(self) -> None:
        """Keys stand whole or not at all; what it is comes first, but two keys always stay."""
        shown = [
            part
            for key, what in self._keys.items()
            for part in (Part(f" {key}", "strip--key"), Part(f" {what}", "strip--faint"))
        ]
        room = self.size.width - sum(cell_len(part.text) for part in self._said)
        while len(shown) > 4 and sum(cell_len(part.text) for part in shown) + 1 > room:
            del shown[-2:]
        self.show(self._said, [*shown, Part(" ")])
