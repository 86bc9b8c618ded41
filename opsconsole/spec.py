"""What an integration and a domain declare: exchanges, probes, actions, panes."""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from opsconsole.alert import Occurrence
from opsconsole.model import Column, Row, Value
from opsconsole.plan import Step, Thing, Undo
from opsconsole.relation import Footing
from opsconsole.rule import Rule

Reading = TypeVar("Reading")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer with a target; several probes may read the same answer."""

    name: str
    every: float
    """Seconds between answers, unless the estate says otherwise."""
    pushed: bool = False
    """The target sends by itself, at `every`; otherwise the collector asks."""
    on_demand: bool = False
    """Asked only while somebody looks at a probe of it."""
    timeout: float = 10.0
    """Seconds before an asked answer counts as a fault."""
    compared: bool = True
    """Some probe has rates of it: the answer before the last is kept too, for who looks later."""


@dataclass(frozen=True, slots=True)
class Program:
    """A script that answers exchanges over a pipe: started once per target under `/bin/sh`.

    Wire: it writes answers, each a payload followed by a line `--opsconsole <exchange>--`. Pushed
    exchanges come on stdout; asked ones on stderr, after their name was written to its stdin as a
    line. It ends on end of stdin and on the first failed write.
    """

    script: str
    """POSIX shell text; the pushed exchange's interval in seconds stands in `$INTERVAL`."""


@dataclass(frozen=True, slots=True)
class Probe(Generic[Reading]):
    """One question in the operator's words. `read` and `rows` are pure: an answer in, rows out."""

    id: str
    """`host.cpu`: integration and thing."""
    title: str
    exchange: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """Columns that identify a row across samples; empty when there is at most one row."""
    read: Callable[[bytes], Reading]
    """Parse one answer; raises `Malformed` when it cannot be one."""
    rows: Callable[[Reading, Reading | None], list[Row]]
    """Rows of a reading, with rates against the one before (None at the first: rates are None)."""
    on_demand: bool = True
    """Parsed only while somebody looks; False for what every list and rule needs."""
    quiet: bool = False
    """Of a probe that is always parsed: a console is sent it only while it looks."""

    def index(self, key: str) -> int:
        """Position of the column with that key."""
        return next(i for i, column in enumerate(self.columns) if column.key == key)


class Weight(enum.Enum):
    """What an action may do to those who use the object; its tier is computed from it."""

    REVERSIBLE = "reversible"
    """Can be taken back, and only this object feels it."""
    NOTICED = "others notice"
    """Interrupts those who use it."""
    LOSING = "cannot be taken back"
    """Loses data, power, or the way in."""


Facts = Mapping[str, str]
"""What an object looks like now, by name; what pins it stands among them."""

Arguments = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Argument:
    """What an action wants to know besides its object."""

    name: str
    title: str
    choices: tuple[str, ...] = ()
    """Allowed values; empty takes what `check` allows."""
    default: str = ""
    check: Callable[[str], str] = lambda _: ""
    """Says what is wrong with a value; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class Look:
    """How an object is looked at without touching it: before a plan, before a run, afterwards."""

    argv: Callable[[Thing], tuple[str, ...]]
    """A program that only reads."""
    read: Callable[[Thing, int, bytes], Facts]
    """Parse its exit status and output; raises `Gone` when there is no such object."""
    where: str = "target"
    """As of a step: `target`, or `console`."""


@dataclass(frozen=True, slots=True)
class Verify:
    """When it worked, in terms of the same look."""

    says: str
    """The condition in words: `active with a new main process for 10 s`."""
    held: Callable[[Facts, Facts | None, Arguments], bool]
    """Judges facts before and now; None is "the object is gone"."""
    within_s: float
    """Seconds until it must hold."""
    hold_s: float = 0.0
    """Seconds it must then go on holding: a service that crashes again is no success."""
    steady: tuple[str, ...] = ()
    """Facts that must not change while it holds: another invocation is a service that crashed."""
    away: bool = False
    """The target itself goes and returns: not reaching it is no failure until time is up."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A word of a call that is known only when the call is made."""

    name: str
    """What stands there: `service`, `pid`."""
    glob: str = "*"
    """What sudo has to permit there when nobody names the values, as sudoers writes it."""


Words = tuple[str | Hole, ...]
"""A call with holes."""


@dataclass(frozen=True, slots=True)
class Action:
    """A remediation as data and pure functions: the executor makes every call."""

    id: str
    """`host.restart-service`: integration and verb."""
    title: str
    letter: str
    """Its key inside the action menu."""
    about: str
    """What it does, one sentence."""
    probes: tuple[str, ...]
    """Whose rows it acts on; empty acts on the target itself. All of them have the columns that
    `pins` names, in the same sense."""
    pins: tuple[str, ...]
    """Columns of those probes and names of facts that pin an object; the first is what
    `opsconsole act --object` takes. Without probes: facts that pin the target itself."""
    weight: Weight
    look: Look
    steps: Callable[[Thing, Facts, Arguments], tuple[Step, ...]]
    """The calls, without sudo: the executor adds that where the account is not root."""
    effect: Callable[[Thing, Facts, Arguments], str]
    """What is expected to happen, one sentence."""
    verify: Verify
    timeout: float
    """Seconds all steps on one object may take."""
    expected_s: float
    """Seconds one object usually takes, verification included."""
    fits: Callable[[Mapping[str, Value]], bool] = lambda _: True
    """Whether it can make sense for a row, judged from its columns alone: the menu's choice."""
    bars: Callable[[Thing, Facts, Arguments], str] = lambda _thing, _facts, _arguments: ""
    """Why it must not be done to this object now; empty when it may."""
    undo: Callable[[Thing, Facts, Arguments], Undo | None] = lambda _thing, _facts, _arguments: None
    """What takes it back, from the facts before it."""
    preview: Callable[[Thing, Arguments], tuple[str, ...]] | None = None
    """A program that only reads and tells what would be hit; its output is shown."""
    arguments: tuple[Argument, ...] = ()
    cancellable: bool = False
    """Whether ending its program half way leaves nothing half done."""
    rights: tuple[Words, ...] = ()
    """Every call of its steps that needs root, as sudo has to permit it."""


@dataclass(frozen=True, slots=True)
class News:
    """What two answers of a probe in a row say happened between them."""

    probe: str
    tell: Callable[[str, float, Sequence[Row], Sequence[Row]], list[Occurrence]]
    """Pure: target, Unix time of the later answer, rows before, rows now."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an answer of a probe says its target stands on."""

    probe: str
    footings: Callable[[str, Sequence[Row]], list[Footing]]
    """Pure: target, rows."""


@dataclass(frozen=True, slots=True)
class Integration:
    """All we know of one kind of target; a module in a domain folder binds one to `INTEGRATION`."""

    kind: str
    title: str
    exchanges: tuple[Exchange, ...]
    probes: tuple[Probe[Any], ...]  # Any: each probe has a reading type of its own
    program: Program | None = None
    """For shell transports: the composite sampler that answers all exchanges."""
    local_settings: Callable[[str, float], Mapping[str, object]] | None = None
    """Settings a target on this machine needs, by `sys.platform` and the seconds between pushes."""
    setup: str = ""
    """How to add such a target to the estate, a few lines of TOML."""
    actions: tuple[Action, ...] = ()
    rules: tuple[Rule, ...] = ()
    """When its rows are wrong, unless the estate says otherwise."""
    news: tuple[News, ...] = ()
    """What goes to the timeline, of probes that are always parsed."""
    grounds: tuple[Ground, ...] = ()
    """What is known of relations besides what the estate says."""
    inventories: tuple[str, ...] = ()
    """Probes of what changes rarely: rows of kind, name and value, always parsed and quiet."""


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
