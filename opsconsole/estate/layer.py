"""What one place says of a target, and how several such layers become one `Target`."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from opsconsole.clean import clean
from opsconsole.errors import Problem
from opsconsole.estate.table import Form, Table, shown
from opsconsole.estate.way import CONNECTION, PATHS, Ways
from opsconsole.model import Target

KEYS = ("kind", "address", "transport", *CONNECTION, "labels", "groups", "intervals", "depends_on",
        "fed_by")  # fmt: skip
"""All keys of a target but those that only its transport knows."""

SHORTEST, LONGEST = 0.5, 3600.0
"""Seconds between answers."""

ID = Form(
    # An id is the address unless one is given, and must be told from `group:` and `host:port`.
    re.compile(r"(?!group:|label:)(?![^:]*:\d+$)[\w:][\w.:%-]{0,127}"),
    "a name of letters, digits and _ . - : %, at most 128, not beginning with . or -",
)
GROUP = Form(
    re.compile(r"(?![-!])[^\s*?\[\]\"'\\]{1,128}"),
    "a name without spaces, quotes and * ? [ ], at most 128 characters",
)
_ADDRESS = Form(
    re.compile(r"(?!-)(?![^:]*:\d+$)[^\s/@]{1,255}"),
    "a host name, an address or a name in ssh_config; port and user have keys of their own",
)
_USER = Form(re.compile(r"(?!-)[^\s:/]{1,255}"), "a user name")
_JUMP = Form(
    re.compile(r"(?!-)[^\s,]{1,255}(,(?!-)[^\s,]{1,255}){0,15}"),
    '"[user@]host[:port]", several with commas between, or "none"',
)


Stands = tuple[tuple[str, ...], tuple[str, ...]]
"""What a target stands on, and what gives it power."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is allowed in this run."""

    kinds: Collection[str]
    transports: Collection[str]
    exchanges: Collection[str]
    """Names that may have an interval; empty allows any."""
    groups: Collection[str]
    """Names of all groups."""
    ways: Ways = field(default_factory=Ways)


@dataclass(frozen=True, slots=True)
class Layer:
    """Some of a target's fields; None and empty mean "not said here"."""

    kind: str | None = None
    address: str | None = None
    transport: str | None = None
    port: int | None = None
    user: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    groups: tuple[str, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict[str, object])
    intervals: Mapping[str, float] = field(default_factory=dict[str, float])
    closed: bool = False
    """Defaults do not reach its connection: another program's configuration says all of it."""

    def over(self, below: "Layer") -> "Layer":
        """Lay this one over another: what is said here wins, labels and groups add up."""
        return Layer(
            kind=self.kind or below.kind,
            address=self.address or below.address,
            transport=self.transport or below.transport,
            port=self.port or below.port,
            user=self.user or below.user,
            labels={**below.labels, **self.labels},
            groups=tuple(dict.fromkeys((*below.groups, *self.groups))),
            settings={**below.settings, **self.settings},
            intervals={**below.intervals, **self.intervals},
            closed=self.closed or below.closed,
        )

    def fitting(self, ways: Ways, transport: str) -> "Layer":
        """Keep what a target reached by that transport can make use of."""
        takes = ways.takes(transport)
        if takes is None:
            return self
        return replace(
            self,
            address=self.address if "address" in takes else None,
            port=self.port if "port" in takes else None,
            user=self.user if "user" in takes else None,
            settings={key: value for key, value in self.settings.items() if key in takes},
        )

    def without_connection(self) -> "Layer":
        """Keep what a target without a network, or with its own configuration, takes."""
        return Layer(
            kind=self.kind,
            transport=self.transport,
            labels=self.labels,
            groups=self.groups,
            intervals=self.intervals,
        )


def read_layer(table: Table, rules: Rules, keys: Collection[str] = KEYS) -> Layer:
    """Read what a table says of a target; problems go to the table's list."""
    table.only((*keys, *rules.ways.keys))
    settings: dict[str, object] = {}
    for key in PATHS:
        if (path := table.path(key)) is not None:
            settings[key] = path
    if (jump := table.text("jump", _JUMP)) is not None:
        settings["jump"] = jump
    if (password := table.secret("password")) is not None:
        settings["password"] = password
    settings |= rules.ways.read(table)
    return Layer(
        kind=table.choice("kind", rules.kinds),
        address=table.text("address", _ADDRESS),
        transport=table.choice("transport", rules.transports),
        port=table.whole("port", 1, 65535),
        user=table.text("user", _USER),
        labels=table.labels(),
        groups=table.names("groups", rules.groups, _groups_allowed(rules.groups)),
        settings=settings,
        intervals=table.numbers("intervals", SHORTEST, LONGEST, rules.exchanges),
    )


def check_id(place: str, name: str, problems: list[Problem]) -> bool:
    """Note a target id that could not be typed, shown or told from a pattern."""
    if ID.pattern.fullmatch(name) and clean(name) == name:
        return True
    found = shown(name) if name else "an empty id"
    problems.append(Problem(place, found, ID.allowed))
    return False


def is_local(layer: Layer) -> bool:
    """Tell whether a target is this machine: only when somebody said so."""
    if layer.transport is None:
        return layer.address == "local"
    return layer.transport == "local"


def check_local(table: Table, layer: Layer) -> None:
    """Note what a target on this machine says of a way it does not need."""
    if not is_local(layer):
        return
    for key in CONNECTION:
        if key in table.items:
            table.wrong(key, f"a {key} for the local machine", "none: it is not connected to")
    if layer.address not in {None, "local"}:
        table.wrong("address", shown(layer.address), 'none, or "local": its transport is local')


def assemble(
    name: str,
    said: Layer,
    defaults: Mapping[str, Layer],
    group_labels: Mapping[str, Mapping[str, str]],
    ways: Ways,
    stands: Stands = ((), ()),
) -> Target:
    """Make the target from what was said of it, of its groups and of all (`""`) or its kind.

    Labels of a group written later win over those of an earlier one.
    """
    common = defaults.get("", Layer())
    kind = said.kind or common.kind or "host"
    below = defaults[kind].over(common) if kind in defaults else common
    layer = said.over(below)
    local = is_local(layer)
    transport = "local" if local else layer.transport or ways.usual(kind)
    if local or said.closed:
        below = below.without_connection()
    layer = said.over(below.fitting(ways, transport))
    labels = dict(below.labels)
    for group, shared in group_labels.items():
        if group in layer.groups:
            labels.update(shared)
    labels.update(said.labels)
    return Target(
        id=name,
        kind=kind,
        transport=transport,
        address="" if local else layer.address or name,
        port=layer.port,
        user=layer.user,
        labels=MappingProxyType(labels),
        groups=layer.groups,
        settings=MappingProxyType(dict(layer.settings)),
        intervals=MappingProxyType(dict(layer.intervals)),
        depends_on=stands[0],
        fed_by=stands[1],
    )


def _groups_allowed(groups: Iterable[str]) -> str:
    return f"a group with its own [group.NAME] table: {', '.join(sorted(groups)) or 'none yet'}"
