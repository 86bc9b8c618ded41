"""From files to the estate: gather what every place says of every target, check all, join."""

import fnmatch
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType

from opsconsole.channel import Channel
from opsconsole.clean import clean
from opsconsole.errors import EstateError, Problem, UsageError
from opsconsole.estate import source
from opsconsole.estate.alerting import AlertReader
from opsconsole.estate.check import read_checks
from opsconsole.estate.custom import Custom, Probes, read_action
from opsconsole.estate.estate import Estate, built_in
from opsconsole.estate.importer import SOURCES, Import, read_imports
from opsconsole.estate.layer import (
    GROUP,
    KEYS,
    Layer,
    Rules,
    assemble,
    check_id,
    check_local,
    read_layer,
)
from opsconsole.estate.mute import read_mutes
from opsconsole.estate.notify import read_channels
from opsconsole.estate.policy import PolicyReader
from opsconsole.estate.recording import KeepingReader
from opsconsole.estate.runbook import read_runbook
from opsconsole.estate.standing import STANDING, Standing
from opsconsole.estate.table import Table, nearest, shown
from opsconsole.estate.way import Ways
from opsconsole.model import Target
from opsconsole.runbook import Runbook
from opsconsole.spec import Action, Integration, Setting

_SECTIONS = (
    *("defaults", "target", "group", "import", "policy", "freeze", "action", "runbook"),
    *("rule", "override", "silence", "recording", "notify", "check", "mute"),
)
_GLOB = frozenset("*?[")


@dataclass(slots=True)
class _Group:
    """What all files say of one group."""

    labels: dict[str, str] = field(default_factory=dict[str, str])
    members: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """(where it is written, id or glob)."""


def load(
    path: Path | None = None,
    env: Mapping[str, str] = os.environ,
    *,
    kinds: Collection[str] = frozenset({"host"}),
    transports: Collection[str] = frozenset({"local", "ssh"}),
    exchanges: Collection[str] = frozenset(),
    probes: Probes = MappingProxyType({}),
    integrations: Mapping[str, Integration] = MappingProxyType({}),
    settings: Mapping[str, tuple[Setting, ...]] = MappingProxyType({}),
) -> Estate:
    """Read the estate named by `path`, else by `env`, else found in the usual places.

    `kinds` and `transports` are the names that exist; `exchanges` those that may have an interval
    (empty: any), `probes` what an action of the team's own may be about, with key columns,
    `integrations` those whose rules may be changed and whose probes a rule may be about, and
    `settings` what each transport reads of a target.
    Raises `EstateError` with every problem there is.
    """
    files = source.find(path, env)
    if not files:
        return built_in()
    ways = Ways({name: known.transports for name, known in integrations.items()}, settings)
    loader = _Loader(kinds, transports, exchanges, probes, integrations, ways)
    loader.read(files)
    _take_profiles(files[0].absolute().parent / "profiles")
    return loader.estate(files)


def _take_profiles(folder: Path) -> None:
    """Know devices by the operator's own profiles, too; what is wrong with them `check` tells."""
    if folder.is_dir():
        from opsconsole.gear import LIBRARY  # costs what an estate without devices need not pay

        LIBRARY.add(folder)


def imported(source_name: str, path: Path, hosts: Collection[str] = ()) -> Estate:
    """Read hosts another program knows (`ssh_config`, `ansible`), as `[[import]]` would.

    `hosts` are globs, those with a leading `!` exclude. Raises `EstateError`.
    """
    if source_name not in SOURCES:
        raise UsageError(f"nothing can be imported from {source_name!r}: {', '.join(SOURCES)}")
    loader = _Loader({"host"}, {"local", "ssh"}, ())
    return loader.imported({source_name: str(path.absolute()), "hosts": list(hosts)}, path)


class _Loader:
    """The state of one load."""

    def __init__(
        self,
        kinds: Collection[str],
        transports: Collection[str],
        exchanges: Collection[str],
        probes: Probes = MappingProxyType({}),
        integrations: Mapping[str, Integration] = MappingProxyType({}),
        ways: Ways | None = None,
    ) -> None:
        self.problems: list[Problem] = []
        self.skipped: list[str] = []
        self._groups: dict[str, _Group] = {}
        self._defaults: dict[str, Layer] = {}
        self._said: dict[str, Layer] = {}
        self._policy = PolicyReader()
        self._keeping = KeepingReader()
        self._standing = Standing()
        self._alerts = AlertReader(integrations)
        self._channels: dict[str, Channel] = {}
        self._probes = probes
        self._roots: list[Table] = []
        self._custom: dict[str, Custom] = {}
        self._tables: dict[str, Table] = {}
        self._rules = Rules(kinds, transports, exchanges, self._groups, ways or Ways())

    def read(self, files: tuple[Path, ...]) -> None:
        """Read all files: groups first, because everything else may name them."""
        if len(files) > 1:
            for folder in dict.fromkeys(file.parent for file in files):
                source.check_folder(folder, self.problems)
        read = [source.read(file, self.problems) for file in files]
        roots = [self._root(one) for one in read if one is not None]
        self._take(roots)

    def _take(self, roots: list[Table]) -> None:
        for root in roots:
            root.only(_SECTIONS)
            self._read_groups(root)
            self._policy.read(root)
            self._alerts.read(root)
            self._keeping.read(root)
            self._read_channels(root)
            self._read_actions(root)
            self._roots.append(root)
        imports = [one for root in roots for one in read_imports(root)]
        for one in imports:
            for name in one.findings.groups:
                self._groups.setdefault(name, _Group())
        for root in roots:
            self._read_defaults(root)
        self._read_targets(roots)
        self._take_imports(imports)

    def imported(self, said: Mapping[str, object], path: Path) -> Estate:
        """Read one import that stands in no file."""
        self._take([Table("", {"import": [said]}, Path.cwd(), self.problems)])
        return self.estate((path,))

    def estate(self, files: tuple[Path, ...]) -> Estate:
        """Join what was read. Raises `EstateError` with all problems."""
        if not self._said and not self.problems:
            allowed = "at least one [target.NAME] or [[import]]"
            where = source.shown_path(files[0] if len(files) == 1 else files[0].parent)
            self.problems.append(Problem(where, "no target", allowed))
        self._join_groups()
        labels = {name: group.labels for name, group in self._groups.items() if group.labels}
        stands = self._standing.join(self._members())
        targets = tuple(
            assemble(name, said, self._defaults, labels, self._rules.ways, stands[name])
            for name, said in self._said.items()
        )
        for target in targets:
            if target.id in self._tables:
                self._rules.ways.check(self._tables[target.id], target)
        select = partial(_named, Estate(targets))
        policy = self._policy.policy(select)
        book = self._alerts.book(targets, select)
        actions = self._actions({target.id: target for target in targets})
        runbooks = tuple(self._read_runbooks())
        checks = tuple(one for root in self._roots for one in read_checks(root, self._probes))
        mutes = tuple(one for root in self._roots for one in read_mutes(root))
        if self.problems:
            raise EstateError(tuple(self.problems))
        kept, channels = self._keeping.keeping(), tuple(self._channels.values())
        return Estate(
            targets,
            files,
            tuple(self.skipped),
            policy,
            actions,
            runbooks,
            book,
            kept,
            channels,
            checks,
            mutes,
        )

    def _root(self, one: source.Source) -> Table:
        return Table(f"{one.name}: ", one.items, one.path.absolute().parent, self.problems)

    def _read_groups(self, root: Table) -> None:
        groups = root.table("group")
        for name in groups.items if groups else ():
            assert groups is not None
            if not GROUP.pattern.fullmatch(name) or clean(name) != name:
                self.problems.append(Problem(groups.place(name), shown(name), GROUP.allowed))
            table = groups.table(name)
            if table is None:
                continue
            table.only(("labels", "members", *STANDING))
            self._standing.group(name, table)
            group = self._groups.setdefault(name, _Group())
            group.labels.update(table.labels())
            where = table.place("members")
            group.members.extend((where, member) for member in table.texts("members"))

    def _members(self) -> dict[str, tuple[str, ...]]:
        """Groups by target, as they stand once defaults are counted in."""
        common = self._defaults.get("", Layer()).groups
        return {
            name: (*said.groups, *common, *self._defaults.get(said.kind or "host", Layer()).groups)
            for name, said in self._said.items()
        }

    def _read_actions(self, root: Table) -> None:
        tables = root.table("action")
        for name in tables.items if tables else ():
            assert tables is not None
            table = tables.table(name)
            if table is None:
                continue
            if name in self._custom:
                first = self._custom[name].table.where
                self.problems.append(Problem(table.where, f"a second one, as {first}", "one"))
            elif (one := read_action(name, table, self._rules.kinds, self._probes)) is not None:
                self._custom[name] = one

    def _read_channels(self, root: Table) -> None:
        for channel in read_channels(root):
            if channel.name in self._channels:
                found = f"a second channel {shown(channel.name)}"
                self.problems.append(Problem(f"{root.where}notify", found, "each name once"))
            self._channels[channel.name] = channel

    def _actions(self, targets: Mapping[str, Target]) -> dict[str, dict[str, Action]]:
        made: dict[str, dict[str, Action]] = {}
        ids = {f"estate.{name}" for name in self._custom}
        for one in self._custom.values():
            action = one.make(targets)
            made.setdefault(one.kind, {})[action.id] = action
            if one.undo.startswith("estate.") and one.undo not in ids:
                near = nearest(one.undo, ids)
                one.table.wrong("undo", shown(one.undo), "an action's id", near)
        return made

    def _read_runbooks(self) -> Iterator[Runbook]:
        """Last of all: steps name targets."""
        for root in self._roots:
            tables = root.table("runbook")
            for name in tables.items if tables else ():
                assert tables is not None
                table = tables.table(name)
                one = read_runbook(name, table, self._said) if table is not None else None
                if one is not None:
                    yield one

    def _read_defaults(self, root: Table) -> None:
        table = root.table("defaults")
        if table is None:
            return
        general = [key for key in KEYS if key not in {"address", *STANDING}]
        own = {key: value for key, value in table.items.items() if key not in self._rules.kinds}
        self._add_defaults("", Table(table.where, own, table.base, self.problems), general)
        special = [key for key in general if key != "kind"]
        for kind in [key for key in table.items if key in self._rules.kinds]:
            if (part := table.table(kind)) is not None:
                self._add_defaults(kind, part, special)

    def _add_defaults(self, kind: str, table: Table, keys: Collection[str]) -> None:
        layer = read_layer(table, self._rules, keys)
        self._defaults[kind] = layer.over(self._defaults.get(kind, Layer()))

    def _read_targets(self, roots: list[Table]) -> None:
        places: dict[str, str] = {}
        for root in roots:
            targets = root.table("target")
            for name in targets.items if targets else ():
                assert targets is not None
                place = targets.place(name)
                table = targets.table(name)
                if table is None or not check_id(place, name, self.problems):
                    continue
                if name in places:
                    found = f"a second target {shown(name)}, the first is {places[name]}"
                    self.problems.append(Problem(place, found, "each target once"))
                    continue
                places[name] = place
                self._said[name] = read_layer(table, self._rules)
                self._standing.target(name, table)
                check_local(table, self._said[name])
                self._tables[name] = table

    def _take_imports(self, imports: list[Import]) -> None:
        """Add imported hosts; what a `[target.NAME]` says of one of them wins."""
        first: dict[str, str] = {}
        for one in imports:
            self.skipped.extend(one.findings.skipped)
            for finding, layer in one.layers(self._rules):
                name, where = finding.id, finding.where
                if name in first:
                    found = f"a second host {shown(name)}, the first is {first[name]}"
                    allowed = f'each host once: leave one out with hosts = ["!{name}"]'
                    self.problems.append(Problem(where, found, allowed))
                    continue
                first[name] = where
                said = self._said.get(name)
                self._said[name] = said.over(layer) if said else layer

    def _join_groups(self) -> None:
        """Turn members, ids and globs, into the groups of each target."""
        for group, content in self._groups.items():
            for where, member in content.members:
                if not _GLOB & set(member):
                    names = [member] if member in self._said else []
                    if not names:
                        near = nearest(member, self._said)
                        self.problems.append(
                            Problem(where, shown(member), "a target or a glob", *near)
                        )
                else:
                    names = fnmatch.filter(self._said, member)
                for name in names:
                    said = self._said[name]
                    self._said[name] = Layer(groups=(group,)).over(said)


def _named(estate: Estate, pattern: str) -> Collection[str] | None:
    """Ids that a pattern names; None when there are none."""
    try:
        return [target.id for target in estate.select(pattern)]
    except UsageError:
        return None
