"""Lines: accounts that register with a server, ports that telephones are plugged into."""

from collections.abc import Iterator
from dataclasses import dataclass

from opsconsole.clean import Clean, clean
from opsconsole.domains.desktop.agent import Answer, number
from opsconsole.domains.desktop.endpoint import mib, state
from opsconsole.domains.desktop.endpoint.state import JUDGED, State
from opsconsole.domains.desktop.naming import told_apart
from opsconsole.model import Column, Level, Quantity, Row
from opsconsole.reading import NOTHING
from opsconsole.varbind import Value


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an endpoint."""

    name: str
    at: str
    """What tells it from others of the same name."""
    kind: str
    number: Clean = NOTHING
    registration: State | None = None
    hook: State | None = None
    registrar: Clean = NOTHING
    label: Clean = NOTHING
    """As its owner calls it."""

    @property
    def level(self) -> Level:
        """How bad its registration is."""
        return Level.OK if self.registration is None else self.registration.level

    @property
    def registered(self) -> bool:
        """Whether it can be called."""
        return self.registration is not None and self.registration.word in {"registered", "up"}

    @property
    def wanted(self) -> bool:
        """Whether it should be registered, as far as it says."""
        return self.registered or self.level is Level.CRIT

    @property
    def busy(self) -> bool:
        """Whether somebody holds its receiver."""
        return self.hook is not None and self.hook.word == "off hook"


def lines(one: Answer) -> list[Line]:
    """All lines that an endpoint tells of."""
    return [*_poly(one), *_grandstream(one), *_helios(one), *_analog(one), *_innovaphone(one)]


def _poly(one: Answer) -> Iterator[Line]:
    names = mib.below(one, mib.POLY)
    for at, oid in names.items():
        if at.startswith("2.8.3.1.2."):
            index = at.removeprefix("2.8.3.1.2.")
            found = state.state(one, oid, state.REGISTERED)
            yield Line(f"SIP line {index}", index, "SIP", registration=found)
    spoken = names.get("2.7.2")
    if spoken and (found := state.state(one, spoken, state.REGISTERED)):
        yield Line("H.323", "1", "H.323", registration=found)


def _grandstream(one: Answer) -> Iterator[Line]:
    names = mib.below(one, mib.GRANDSTREAM)
    ports = sorted(
        {at.split(".")[2] for at in names if at.startswith(("2.1.", "2.2.")) and at.count(".") == 2}
    )
    for port in ports:
        hook, kept = names.get(f"2.1.{port}"), names.get(f"2.2.{port}")
        yield Line(
            *(f"Port {port}", port, "FXS"),
            registration=state.state(one, kept, state.GRANDSTREAM) if kept else None,
            hook=state.state(one, hook, state.GRANDSTREAM) if hook else None,
        )


_HELIOS = f"{mib.HELIOS}.6.1"


def _helios(one: Answer) -> Iterator[Line]:
    names = {oid.removeprefix(f"{_HELIOS}."): oid for oid in one.scalars if oid.startswith(_HELIOS)}
    for at in names:
        column, _, index = at.partition(".")
        if column != "3":
            continue
        dialled = one.text(one.scalars.get(f"{_HELIOS}.2.{index}"), 60)
        registrar = one.text(one.scalars.get(f"{_HELIOS}.4.{index}"), 80)
        found = state.state(one, names[at], state.HELIOS)
        if not dialled and not registrar and found is not None and found.level is Level.CRIT:
            found = State(found.oid, Clean("not set up"), Level.OK)
        yield Line(f"Account {index}", index, "SIP", dialled, found, None, registrar)


_ANALOG = {0: "FXO", 1: "FXS", 2: "E&M"}
"""`acAnalogFxsFxoType`"""


def _analog(one: Answer) -> Iterator[Line]:
    boards = one.table(mib.ANALOG)
    hooks = {f"{mib.HOOK}.18.{at}": (at, row.get(18)) for at, row in one.table(mib.HOOK).items()}
    if not hooks:
        hooks = {f"{mib.ANALOG}.4.{at}": (at, row.get(4)) for at, row in boards.items()}
    for oid, (at, value) in hooks.items():
        told = number(boards.get(at, {}).get(2))
        kind = "analog" if told is None else _ANALOG.get(told, "analog")
        dialled = one.text(one.table(mib.PHONE_NUMBER).get(at, {}).get(8), 60)
        label = one.text(one.table(mib.CALLER).get(at, {}).get(5), 60)
        yield Line(
            *(f"{kind} {at}", at, kind, dialled, None, _hook(one, oid, value)),
            label=label,
        )


def _hook(one: Answer, oid: str, value: Value) -> State | None:
    return None if value is None else state.state(one, oid, state.HOOK, value)


def _innovaphone(one: Answer) -> Iterator[Line]:
    for at, row in one.table(mib.INNOVAPHONE).items():
        dialled, label = one.text(row.get(5), 60), one.text(row.get(6), 60)
        value = row.get(4)
        if value is None:
            continue
        found = state.state(one, f"{mib.INNOVAPHONE}.4.{at}", state.INNOVAPHONE, value)
        if not dialled and not label and found is not None and found.level is Level.CRIT:
            found = State(found.oid, found.word, Level.OK)
        name = str(one.text(row.get(1), 60) or label or f"interface {at}")
        yield Line(name, at, "voice", dialled, found, label=label)


COLUMNS: tuple[Column, ...] = (
    Column("line", "LINE", Quantity.TEXT, "as its maker counts lines, accounts and ports"),
    Column("number", "NUMBER", Quantity.TEXT, "number or account of it"),
    Column("label", "LABEL", Quantity.TEXT, "as its owner calls it"),
    Column("registration", "REGISTRATION", Quantity.TEXT, "state of its registration"),
    Column("judged", "STATE", Quantity.STATE, "critical when it should be registered and is not"),
    Column("hook", "RECEIVER", Quantity.TEXT, "on hook or off hook", tallied=True),
    Column("type", "TYPE", Quantity.TEXT, "SIP, H.323; FXS, FXO, E&M of a port"),
    Column("registrar", "REGISTRAR", Quantity.TEXT, "server that it registers with"),
    Column("index", "INDEX", Quantity.TEXT, "what tells it from others of its name"),
)


def rows(one: Answer, _before: Answer | None) -> list[Row]:
    """One row per line."""
    found = lines(one)
    names = told_apart([(each.name, each.at) for each in found])
    return [
        (
            *(name, each.number, each.label, _word(each.registration)),
            JUDGED[each.level],
            *(_word(each.hook), clean(each.kind), each.registrar, clean(each.at, 40)),
        )
        for name, each in zip(names, found, strict=True)
    ]


def _word(found: State | None) -> Clean:
    return Clean("") if found is None else found.word
