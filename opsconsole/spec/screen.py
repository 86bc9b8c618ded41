"""What a tab shows, and where: data, drawn by the screens."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from opsconsole.model import Value


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
    titles: str = ""
    """Of a list whose columns are known only when it comes: id of a probe whose only row has titles
    under the keys of columns, in `subject` of which list they are, and in `wide` the keys, by
    blanks, of those that are not shown at first. Neither is a column without a title."""

    @property
    def asked(self) -> tuple[str, ...]:
        """Ids of all probes it draws from."""
        return (*self.probes, self.titles) if self.titles else self.probes


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
class Drill:
    """Where a row leads: to another pane of its target, narrowed to what belongs to it."""

    probe: str
    """Of the row."""
    pane: str
    """A pane's name after its domain."""
    narrow: Callable[[Mapping[str, Value]], str]
    """The filter for that pane, from the row's values by column; empty leads nowhere."""
    up: bool = False
    """To what the row belongs to (`O`), and not to what belongs to it (Enter)."""
    subject: Callable[[Mapping[str, Value]], str] = lambda _: ""
    """Of a pane that is about one of many: about which; it leads there without a filter, too."""


@dataclass(frozen=True, slots=True)
class Face:
    """What a tab shows of one kind of target."""

    kind: str
    overview: Pane
    """Its line in the list of targets. A column key that several kinds of a tab have means the
    same to all of them, in the same quantity: they stand in one column."""
    detail: tuple[Pane, ...]
    """Panes of one target, in reading order; the title of the first names the target."""
    headline: tuple[tuple[str, str], ...]
    """What stands beside the target's name: (always-on probe, key) of its only row."""
    boards: tuple[Board, ...]
    """Layouts of `detail`, smallest first; the last that fits is used."""
    drills: tuple[Drill, ...] = ()
    """Where Enter and `O` on rows lead; the first of a probe that leads somewhere."""


@dataclass(frozen=True, slots=True)
class Domain:
    """One role's tab. A module in `screens/` binds one to `DOMAIN`; it is data, not code."""

    id: str
    title: str
    key: str
    """Letter after `g`."""
    order: int
    noun: str
    """What its targets are, for the title of their list: `Hosts`."""
    faces: tuple[Face, ...]
    """One for each kind of target that it shows; the tab stands only when the estate has one."""
    across: tuple[Pane, ...] = ()
    """Lists of the rows of all its targets in one: pods of every cluster, instances of every
    account. `probes` names one probe for each kind that has such rows, and those have the same
    columns; the id of the target is put before them."""

    places: str = ""
    """How probes of sensors end, `.reading`: all their rows, of targets on other tabs too, are
    listed one by one and by site, room and rack. Empty for a tab without."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of targets it shows."""
        return tuple(face.kind for face in self.faces)

    @property
    def panes(self) -> tuple[Pane, ...]:
        """All it can show: the line of each kind, then the panes of each."""
        return (*(face.overview for face in self.faces), *self.across, *self.detail)

    @property
    def detail(self) -> tuple[Pane, ...]:
        """The panes of single targets, of each kind in turn."""
        return tuple(pane for face in self.faces for pane in face.detail)

    def face(self, kind: str) -> Face:
        """Raises `KeyError` when it does not show that kind."""
        for face in self.faces:
            if face.kind == kind:
                return face
        raise KeyError(kind)
