"""How good the line to the operator's terminal is, and what follows from it."""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace

THIN, WAN, LAN = "thin", "wan", "lan"
_ORDER = (THIN, WAN, LAN)

_STEP_DOWN = 3
"""Flushes in a row that found the line busy."""
_STEP_UP_S = 60.0


@dataclass(frozen=True, slots=True)
class Link:
    """What one may send over a line."""

    name: str
    """`lan`, `wan` or `thin`."""
    flush_s: float
    """Seconds between two data frames."""
    plots: bool
    """Whether plots and sparklines move; on a thin line only cells do."""
    colors: str
    """What `TEXTUAL_COLOR_SYSTEM` is set to when the terminal would allow more."""
    note: str = ""
    """Why it is so, for the status line."""


LINKS: Mapping[str, Link] = {
    LAN: Link(LAN, 0.5, plots=True, colors="truecolor"),
    WAN: Link(WAN, 1.0, plots=True, colors="256"),
    THIN: Link(THIN, 2.0, plots=False, colors="standard"),
}


def remote(environ: Mapping[str, str]) -> bool:
    """Whether the operator sits at the other end of an SSH connection."""
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


def first_guess(environ: Mapping[str, str]) -> Link:
    """The link before anything was measured; `OPSCONSOLE_LINK` decides when set."""
    asked = environ.get("OPSCONSOLE_LINK", "")
    if asked in LINKS:
        return replace(LINKS[asked], note="as asked")
    return replace(LINKS[WAN], note="over SSH") if remote(environ) else LINKS[LAN]


def wants_mouse(environ: Mapping[str, str]) -> bool:
    """Mouse reports cost upstream bytes for every move: off over SSH unless asked for."""
    asked = environ.get("OPSCONSOLE_MOUSE", "")
    return asked == "1" if asked else not remote(environ)


def color_system(environ: Mapping[str, str], link: Link) -> str:
    """The least of what terminal and line allow: `truecolor`, `256` or `standard` (16 colours)."""
    term = environ.get("TERM", "")
    if environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        able = "truecolor"
    elif "256" in term or "kitty" in term or "direct" in term:
        able = "256"
    else:
        able = "standard"
    order = ("standard", "256", "truecolor")
    return min(able, link.colors, key=order.index)


def prepare(environ: MutableMapping[str, str] = os.environ) -> Link:
    """Tell Textual, before it is imported, what the line allows; what the operator set stays."""
    link = first_guess(environ)
    environ.setdefault("TEXTUAL_COLOR_SYSTEM", color_system(environ, link))
    environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
    return link


class Gauge:
    """Judges the line by whether the terminal took in one frame before the next was due."""

    def __init__(self, link: Link, fixed: bool = False) -> None:
        """A `fixed` link stays what it is; so does one the operator asked for by name."""
        self.link = link
        self._fixed = fixed
        self._busy = 0
        self._calm_since: float | None = None
        self._best = link.name
        self.skipped = 0
        """Flushes left out because the line was busy, since the start."""

    def choose(self, name: str) -> Link:
        """Keep to the named link from now on; `auto` measures again."""
        self._fixed = name != "auto"
        if name in LINKS:
            self.link = replace(LINKS[name], note="as asked")
        self._busy, self._calm_since = 0, None
        return self.link

    def may_flush(self, busy: bool, now: float) -> bool:
        """Whether to send a data frame; `busy` is the output gate, `now` a monotonic clock."""
        if busy:
            self.skipped += 1
            self._busy += 1
            self._calm_since = None
            if self._busy >= _STEP_DOWN:
                self._busy = 0
                self._step(-1, "the line is slow")
            return False
        self._busy = 0
        if self._calm_since is None:
            self._calm_since = now
        elif now - self._calm_since >= _STEP_UP_S:
            self._calm_since = now
            self._step(+1, "the line got better")
        return True

    def _step(self, by: int, note: str) -> None:
        place = _ORDER.index(self.link.name) + by
        if self._fixed or not 0 <= place <= _ORDER.index(self._best):
            return
        self.link = replace(LINKS[_ORDER[place]], note=note)
