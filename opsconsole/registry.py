"""Finds the integrations and transports that stand in their folders, and entry points.

An integration is a module or package in `opsconsole/domains/<role>/` that binds `INTEGRATION`; a
report a module in `opsconsole/domains/<role>/report/` that binds `REPORT`; a transport one in
`opsconsole/transports/` that binds `TRANSPORT`, a callable without arguments that makes it, and is
named as the module is; what a target has to say for it is its `SETTINGS`. Entry points of the
groups `opsconsole.integrations`, `opsconsole.reports`, `opsconsole.transports` and
`opsconsole.settings` (named as the transport is) name the same objects. What cannot be used is told
by `broken`, and harms nothing else; the source says what binds a name, so that a client library is
imported only when a target needs it.
"""

import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType
from typing import cast

from opsconsole import rulebook
from opsconsole.clean import Clean, clean
from opsconsole.errors import Unsupported
from opsconsole.ports import Transport
from opsconsole.question import Watched
from opsconsole.spec import Action, Inquiry, Integration, Probe, Report, Setting, Visit

DOMAINS = "opsconsole.domains"
TRANSPORTS = "opsconsole.transports"
INTEGRATION_POINTS = "opsconsole.integrations"
REPORT_POINTS = "opsconsole.reports"
TRANSPORT_POINTS = "opsconsole.transports"
SETTING_POINTS = "opsconsole.settings"

_REPORT_ID = re.compile(r"[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*")

Load = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Broken:
    """A plug-in that cannot be used, and why."""

    name: str
    reason: Clean


@dataclass(slots=True)
class Catalogue:
    """What was found: integrations, reports, how to make transports; and what is broken."""

    integrations: dict[str, Integration] = field(default_factory=dict[str, Integration])
    reports: dict[str, Report] = field(default_factory=dict[str, Report])
    transports: dict[str, Load] = field(default_factory=dict[str, Load])
    settings: dict[str, tuple[Setting, ...]] = field(default_factory=dict[str, tuple[Setting, ...]])
    """What a target may say, by the name of its transport."""
    broken: list[Broken] = field(default_factory=list[Broken])

    def add_integration(self, name: str, load: Load) -> None:
        """Load one and keep it, or why it cannot be used."""
        try:
            found = load()
        except Exception as error:  # noqa: BLE001 - a stranger's module may raise anything
            self.broken.append(Broken(name, _told(error)))
            return
        wrong = list(defects(found)) or list(self._clashes(found))
        if wrong or not isinstance(found, Integration):
            self.broken.append(Broken(name, clean("; ".join(wrong), 1000)))
        else:
            self.integrations[found.kind] = found

    def add_report(self, name: str, load: Load) -> None:
        """Load one and keep it, or why it cannot be used; after all integrations."""
        try:
            found = load()
        except Exception as error:  # noqa: BLE001 - a stranger's module may raise anything
            self.broken.append(Broken(name, _told(error)))
            return
        if isinstance(found, Report):
            kinds = self.integrations.values()
            found = found.widened(probe.id for kind in kinds for probe in kind.probes)
        wrong = list(report_defects(found, self))
        if wrong or not isinstance(found, Report):
            self.broken.append(Broken(name, clean("; ".join(wrong), 1000)))
        else:
            self.reports[found.id] = found

    def add_settings(self, name: str, load: Load) -> None:
        """Load what a transport wants to know of a target, or note why it cannot be used."""
        try:
            found = cast("tuple[Setting, ...]", load())
            known = {one.key: one for others in self.settings.values() for one in others}
            wrong = [one.key for one in found if not one.agrees(known.get(one.key, one))]
        except Exception as error:  # noqa: BLE001 - a stranger's module may raise anything
            self.broken.append(Broken(name, _told(error)))
            return
        if wrong:
            said = f"settings that mean something else to another transport: {', '.join(wrong)}"
            self.broken.append(Broken(name, clean(said)))
        else:
            self.settings[name] = found

    def _clashes(self, found: object) -> Iterator[str]:
        """Ids that another integration has already."""
        if not isinstance(found, Integration):
            return
        if found.kind in self.integrations:
            yield f"kind {found.kind!r} is taken by another integration"
        taken = {probe.id for known in self.integrations.values() for probe in known.probes}
        for probe in found.probes:
            if probe.id in taken:
                yield f"probe {probe.id!r} is taken by another integration"
        known = {action.id for other in self.integrations.values() for action in other.actions}
        for action in found.actions:
            if action.id in known:
                yield f"action {action.id!r} is taken by another integration"


def defects(found: object) -> Iterator[str]:
    """Say what is wrong with an integration; nothing when it can be used."""
    if not isinstance(found, Integration):
        yield f"its INTEGRATION is a {type(found).__name__}, not an Integration"
        return
    yield from _twice("exchange", [exchange.name for exchange in found.exchanges])
    yield from _twice("probe", [probe.id for probe in found.probes])
    if sum(exchange.pushed for exchange in found.exchanges) > 1:
        yield "more than one pushed exchange: a program has one $INTERVAL"
    names = {exchange.name for exchange in found.exchanges}
    for name in found.questions:
        if name not in names:
            yield f"questions for exchange {name!r}, which does not exist"
    for probe in found.probes:
        if not probe.id.startswith(f"{found.kind}."):
            yield f"probe {probe.id!r} is not named {found.kind}.<thing>"
        if probe.exchange not in names:
            yield f"probe {probe.id!r} reads exchange {probe.exchange!r}, which does not exist"
        columns = [column.key for column in probe.columns]
        yield from _twice(f"column of {probe.id}", columns)
        for key in (*probe.key, *probe.named):
            if key not in columns:
                yield f"the key of {probe.id!r} names {key!r}, which is no column"
    yield from _wrong_lists(found)
    yield from _wrong_deeds("action", found, found.actions)
    yield from _wrong_deeds("text", found, found.offers)
    yield from _wrong_rules(found)


def _wrong_lists(found: Integration) -> Iterator[str]:
    """What is wrong with its watched lists."""
    watched = {exchange.name for exchange in found.exchanges if exchange.watched}
    for exchange in found.exchanges:
        if exchange.watched and exchange.pushed:
            yield f"exchange {exchange.name!r} is both pushed and watched"
    for name in sorted(watched | found.questions.keys()):
        asked = found.questions.get(name, ())
        lists = sum(isinstance(one, Watched) for one in asked)
        if lists != (name in watched) or (lists and len(asked) > 1):
            yield f"exchange {name!r}: a watched one has one question, a Watched, others have none"
    exchanges = {probe.id: probe.exchange for probe in found.probes}
    for probe in found.probes:
        if probe.over:
            if probe.exchange not in watched or exchanges.get(probe.over) != probe.exchange:
                yield f"probe {probe.id!r} sums up {probe.over!r}, which is not of the same list"
        elif probe.exchange in watched and len(probe.key) <= probe.parts:
            yield f"probe {probe.id!r} of a watched list has no key of its objects"
        if probe.beside and probe.beside[0] not in exchanges:
            yield f"probe {probe.id!r} stands beside {probe.beside[0]!r}, which does not exist"


def _wrong_deeds(
    what: str, found: Integration, deeds: Sequence[Action] | Sequence[Inquiry | Visit]
) -> Iterator[str]:
    """What is wrong with its actions, or with its inquiries, which are about objects as those."""
    yield from _twice(what, [one.id for one in deeds])
    there = {probe.id for probe in found.probes}
    letters: dict[str, list[str]] = {}
    for one in deeds:
        if not one.id.startswith(f"{found.kind}."):
            yield f"{what} {one.id!r} is not named {found.kind}.<word>"
        for probe in one.probes or ("",):
            letters.setdefault(probe, []).append(one.letter)
            if probe and probe not in there:
                yield f"{what} {one.id!r} is about {probe!r}, which does not exist"
    for probe, taken in letters.items():
        yield from _twice(f"letter of an {what} on {probe or 'the target'}", taken)


def _wrong_rules(found: Integration) -> Iterator[str]:
    yield from _twice("rule", [rule.id for rule in found.rules])
    yield from rulebook.problems(found.rules, {probe.id: probe for probe in found.probes})
    known = {action.id for action in found.actions}
    for rule in found.rules:
        if not rule.id.startswith(f"{found.kind}."):
            yield f"rule {rule.id!r} is not named {found.kind}.<finding>"
        for remedy in rule.remedies:
            if rulebook.ACTION.fullmatch(remedy) and remedy not in known:
                yield f"rule {rule.id!r} names the remedy {remedy!r}, which is no action"


def report_defects(found: object, known: Catalogue) -> Iterator[str]:
    """Say what is wrong with a report; nothing when it can be built."""
    if not isinstance(found, Report):
        yield f"its REPORT is a {type(found).__name__}, not a Report"
        return
    if found.id in known.reports:
        yield f"report {found.id!r} is taken by another"
    if not _REPORT_ID.fullmatch(found.id):
        yield f"report {found.id!r} is not named <role>.<document>"
    role = found.id.partition(".")[0]
    if found.default and any(
        one.default and one.id.partition(".")[0] == role for one in known.reports.values()
    ):
        yield f"role {role!r} has a default report already"
    for kind in found.kinds:
        if kind not in known.integrations:
            yield f"it is about kind {kind!r}, which does not exist"
    yield from _unreadable(found, known)


def _unreadable(found: Report, known: Catalogue) -> Iterator[str]:
    """Probes and columns of which it speaks, and that are not there."""
    probes = {probe.id: probe for kind in known.integrations.values() for probe in kind.probes}
    yield from _twice("check", [check.id for check in found.checks])
    asked = {(past.probe, past.column) for past in found.past}
    asked |= {(check.probe, name) for check in found.checks for name in check.names()}
    for name in sorted({*found.probes, *(probe for probe, _ in asked)} - probes.keys()):
        yield f"it reads probe {name!r}, which does not exist"
    for name, column in sorted(asked):
        if name in probes and column not in {one.key for one in probes[name].columns}:
            yield f"it reads {name}.{column}, which does not exist"
    for name in sorted({probe for probe, _ in asked} & probes.keys() - set(found.probes)):
        yield f"it does not read probe {name!r}, of which it speaks"


def _twice(what: str, names: list[str]) -> Iterator[str]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{what} {name!r} stands there twice"


def discover() -> Catalogue:
    """Look through the folders and the entry points; imports integrations, but no transport."""
    found = Catalogue()
    for role in _modules(DOMAINS):
        for name in _modules(f"{DOMAINS}.{role}"):
            path = f"{DOMAINS}.{role}.{name}"
            if _binds(path, "INTEGRATION"):
                found.add_integration(path, partial(_bound, path, "INTEGRATION"))
    for point in _points(INTEGRATION_POINTS):
        found.add_integration(point.value, point.load)
    _discover_reports(found)
    _find_transports(found)
    return found


def _find_transports(found: Catalogue) -> None:
    for name in _modules(TRANSPORTS):
        path = f"{TRANSPORTS}.{name}"
        if _binds(path, "TRANSPORT"):
            found.transports[name] = partial(_bound, path, "TRANSPORT")
            if _binds(path, "SETTINGS"):
                found.add_settings(name, partial(_bound, path, "SETTINGS"))
    for point in _points(TRANSPORT_POINTS):
        if point.name in found.transports:
            reason = clean(f"transport {point.name!r} is taken by another")
            found.broken.append(Broken(point.value, reason))
        else:
            found.transports[point.name] = point.load
    for point in _points(SETTING_POINTS):
        found.add_settings(point.name, point.load)


def _discover_reports(found: Catalogue) -> None:
    for role in _modules(DOMAINS):
        folder = f"{DOMAINS}.{role}.report"
        for name in _modules(folder):
            if _binds(f"{folder}.{name}", "REPORT"):
                found.add_report(f"{folder}.{name}", partial(_bound, f"{folder}.{name}", "REPORT"))
    for point in _points(REPORT_POINTS):
        found.add_report(point.value, point.load)


@cache
def catalogue() -> Catalogue:
    """What `discover` finds, looked up once."""
    return discover()


def integrations() -> Mapping[str, Integration]:
    """Every integration that can be used, by kind."""
    return MappingProxyType(catalogue().integrations)


def probes() -> dict[str, Probe[object]]:
    """Every probe of every integration, by id."""
    return {probe.id: probe for known in integrations().values() for probe in known.probes}


def reports() -> Mapping[str, Report]:
    """Every report that can be built, by id."""
    return MappingProxyType(catalogue().reports)


def transport_names() -> tuple[str, ...]:
    """Names a target may give as its transport; none is imported for it."""
    return tuple(sorted(catalogue().transports))


def settings() -> Mapping[str, tuple[Setting, ...]]:
    """What a target may say in the estate, by the name of its transport."""
    return MappingProxyType(catalogue().settings)


def broken() -> tuple[Broken, ...]:
    """Plug-ins that cannot be used, and why."""
    return tuple(catalogue().broken)


class Transports:
    """Transports by name, each made when the first target needs it."""

    def __init__(self, makers: Mapping[str, Load] | None = None) -> None:
        self._makers = catalogue().transports if makers is None else makers
        self._made: dict[str, Transport] = {}

    def get(self, name: str) -> Transport:
        """Return the transport of that name; raises `Unsupported`, saying what is missing."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> Transport:
        if name not in self._makers:
            there = ", ".join(sorted(self._makers)) or "none"
            raise Unsupported(f"there is no transport {name!r}", f"there are: {there}")
        try:
            factory = cast(Callable[[], Transport], self._makers[name]())
            return factory()
        except Exception as error:
            missing = error.name if isinstance(error, ImportError) else None
            remedy = f"install {missing.partition('.')[0]}" if missing else ""
            raise Unsupported(f"transport {name!r}: {_told(error)}", remedy) from error

    async def close(self) -> None:
        """Close every transport that was made."""
        while self._made:
            _, transport = self._made.popitem()
            await transport.close()


def _modules(package: str) -> list[str]:
    spec = importlib.util.find_spec(package)
    places = spec.submodule_search_locations if spec else None
    return sorted(module.name for module in pkgutil.iter_modules(places or []))


def _binds(path: str, name: str) -> bool:
    """Whether the source of a module binds the name; reading it is far cheaper than importing."""
    spec = importlib.util.find_spec(path)
    if spec is None or spec.origin is None:
        return False
    source = Path(spec.origin)
    if source.suffix != ".py":  # compiled: only an import can tell
        return True
    binding = rf"^\s*(?:from .* import .*)?\b{name}\b"
    return re.search(binding, source.read_text("utf-8"), re.MULTILINE) is not None


def _bound(path: str, name: str) -> object:
    return getattr(importlib.import_module(path), name)


def _points(group: str) -> list[EntryPoint]:
    return sorted(entry_points(group=group), key=lambda point: point.name)


def _told(error: Exception) -> Clean:
    return clean(f"{type(error).__name__}: {error}")
