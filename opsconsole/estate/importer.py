"""`[[import]]`: hosts other programs know, without retyping them."""

import fnmatch
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from opsconsole.clean import clean
from opsconsole.errors import Problem
from opsconsole.estate.finding import Finding, Findings
from opsconsole.estate.layer import Layer, Rules, check_id, read_layer
from opsconsole.estate.table import Table, items_of, nearest, shown

SOURCES = ("ssh_config", "ansible")
"""Programs whose files can be read."""

_ADDED = ("groups", "labels")
_KEYS = (*SOURCES, "hosts", *_ADDED)
_GLOB = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Import:
    """One `[[import]]` and what it found."""

    table: Table
    findings: Findings

    def layers(self, rules: Rules) -> "Iterable[tuple[Finding, Layer]]":
        """Give each host that is wanted, with what is said of it; rules know all groups by now."""
        added = {key: self.table.items[key] for key in _ADDED if key in self.table.items}
        where, base, problems = self.table.where, self.table.base, self.table.problems
        shared = read_layer(Table(where, added, base, problems), rules)
        closed = Layer(closed=self.findings.closed)
        for finding in self._wanted():
            if check_id(finding.where, finding.id, problems):
                table = Table(finding.where, finding.items, base, problems)
                yield finding, shared.over(read_layer(table, rules).over(closed))

    def _wanted(self) -> list[Finding]:
        patterns = self.table.texts("hosts")
        ids = [finding.id for finding in self.findings.hosts]
        for pattern in patterns:
            name = pattern.removeprefix("!")
            if not _GLOB & set(name) and name not in ids:
                allowed = "a host of the import, or a glob"
                self.table.wrong("hosts", shown(pattern), allowed, nearest(name, ids))
        wanted = chosen(ids, patterns)
        return [finding for finding in self.findings.hosts if finding.id in wanted]


def chosen(ids: Collection[str], patterns: Collection[str]) -> set[str]:
    """Return the ids some pattern matches and no `!pattern` excludes; all, when none says which."""
    some = [pattern for pattern in patterns if not pattern.startswith("!")] or ["*"]
    none = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    taken = {name for pattern in some for name in fnmatch.filter(ids, pattern)}
    return taken.difference(*(fnmatch.filter(ids, pattern) for pattern in none))


def read_imports(root: Table) -> list[Import]:
    """Read all `[[import]]` tables of a file."""
    value = root.items.get("import")
    if value is None:
        return []
    written = cast("list[object]", value) if isinstance(value, list) else [value]
    listed = isinstance(value, list)
    found: list[Import] = []
    for number, item in enumerate(written, 1):
        items = items_of(item) if listed else None
        if items is None:
            root.wrong("import", shown(item), "[[import]], in double brackets")
            continue
        table = Table(f"{root.where}import[{number}]", items, root.base, root.problems)
        table.only(_KEYS)
        found.append(Import(table, _findings(table)))
    return found


def _findings(table: Table) -> Findings:
    said = [source for source in SOURCES if source in table.items]
    if len(said) != 1:
        found = " and ".join(said) or "no source"
        allowed = f"one of {', '.join(SOURCES)}, and the path of its file"
        table.problems.append(Problem(table.where, found, allowed))
        return Findings(())
    path = table.path(said[0])
    if path is None:
        return Findings(())
    if not Path(path).exists():
        table.wrong(said[0], f"no such file: {clean(path)}", "a file or folder that is there")
        return Findings(())
    if said[0] == "ssh_config":
        from opsconsole.estate.ssh_config import find_hosts
    else:
        from opsconsole.estate.ansible import find_hosts
    return find_hosts(Path(path), table.problems)
