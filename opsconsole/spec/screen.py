"""What a tab shows, and where: data, drawn by the screens."""

import enum
from dataclasses import dataclass


class View(enum.StrEnum):
    """How a pane draws its rows."""

    FLEET = "fleet"
    """One line per target, worst first, joined from several probes."""
    TABLE = "table"
    """One line per row of one probe."""
    FACTS = "facts"
    """Name and value of each column of the only row."""
    PLOTS = "plots"
    """History of columns, one plot per series group."""
    GAUGES = "gauges"
    """One bar per series, of the only row."""
    METERS = "meters"
    """One bar per row."""


@dataclass(frozen=True, slots=True)
class Series:
    """One plot, or one gauge: columns of one probe that share an axis."""

    title: str
    probe: str
    columns: tuple[str, ...]
    """Keys; curves of a plot, or the parts of a gauge from the left."""
    top: float | None = None
    """Fixed upper end of the axis (100 for percent), or None to scale."""
    total: str = ""
    """Of a gauge: the key whose value stands beside it and is judged; empty takes the only part."""


@dataclass(frozen=True, slots=True)
class Pane:
    """A probe on screen; `opsconsole get` takes its id."""

    id: str
    title: str
    probes: tuple[str, ...]
    view: View = View.TABLE
    columns: tuple[str, ...] = ()
    """Keys shown at first, in order; empty shows all. `c` in the console offers the rest."""
    sort: str = ""
    """Key to sort by, a leading `-` for largest first; empty keeps the probe's order."""
    trends: tuple[str, ...] = ()
    """In a list of targets: keys of columns whose recent course is shown too, after `why`."""
    series: tuple[Series, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """Where the panes of one target stand on a screen of at least this size."""

    width: int
    """Columns of the room it needs."""
    height: int
    """Lines of the room it needs."""
    rows: tuple[tuple[str, str], ...]
    """Height and areas of each row, top down: `("9", "cpu cpu net")`, `("1fr", "process *")`.

    An area is a pane's name after its domain (`cpu` for `system.cpu`); the same name side by side
    or in rows below one another spans them. `*` holds the chosen one of the panes without an area.
    """


@dataclass(frozen=True, slots=True)
class Domain:
    """One role's tab. A module in `screens/` binds one to `DOMAIN`; it is data, not code."""

    id: str
    title: str
    key: str
    """Letter after `g`."""
    order: int
    kinds: tuple[str, ...]
    """Kinds of targets it shows; the tab stands only when the estate has one."""
    overview: Pane
    """The list of its targets."""
    detail: tuple[Pane, ...]
    """Panes of one target, in reading order; the title of the first names the target."""
    headline: tuple[tuple[str, str], ...]
    """What stands beside the target's name: (always-on probe, key) of its only row."""
    boards: tuple[Board, ...]
    """Layouts of `detail`, smallest first; the last that fits is used."""
