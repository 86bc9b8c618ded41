"""`[rule.NAME]`, `[[override]]`, `[[silence]]`: the team's own rules, numbers and quiet times."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from opsconsole.clean import clean
from opsconsole.errors import Problem
from opsconsole.estate.bound import bound, conditions, number
from opsconsole.estate.custom import LINE, NAME
from opsconsole.estate.policy import between
from opsconsole.estate.table import Table, nearest, shown
from opsconsole.match import FORM, read
from opsconsole.model import Level, Target
from opsconsole.rule import Bound, Measure, Rule
from opsconsole.rulebook import (
    ACTION,
    Extra,
    NewBound,
    Override,
    Quiet,
    Rulebook,
    effective,
    silent,
    wrong,
)
from opsconsole.spec import Integration

LEVELS = {"warn": Level.WARN, "crit": Level.CRIT}

_TIMES = ("for_s", "clear_for_s", "window_s", "every_s")
_CHANGES = ("warn", "crit", "words", "guard", *_TIMES, "toward", "depends_on", "remedies")
RULE_KEYS = (
    *("title", "about", "probe", "column", "targets", "measure", "source", "after"),
    *_CHANGES,
)
OVERRIDE_KEYS = ("rule", "targets", "enabled", "severity", *_CHANGES)
SILENCE_KEYS = ("match", "from", "to", "reason")

LONGEST = 7 * 86400.0
"""Seconds of anything that a rule waits or looks back."""


Select = Callable[[str], Collection[str] | None]
"""Ids that a pattern names; None when there are none."""


@dataclass(slots=True)
class AlertReader:
    """Gathers what all files say; targets are selected by pattern at the end."""

    integrations: Mapping[str, Integration]
    extras: list[tuple[Table, Extra]] = field(default_factory=list[tuple[Table, Extra]])
    overrides: list[tuple[Table, Override]] = field(default_factory=list[tuple[Table, Override]])
    quiets: list[Quiet] = field(default_factory=list[Quiet])

    def read(self, root: Table) -> None:
        """Read one file's tables; problems go to its list."""
        tables = root.table("rule")
        for name in tables.items if tables else ():
            assert tables is not None
            if (table := tables.table(name)) is not None:
                self._rule(name, table)
        for table in root.each("override"):
            self._override(table)
        for table in root.each("silence"):
            self._silence(table)

    def book(self, targets: Sequence[Target], select: Select) -> Rulebook:
        """The rulebook; what cannot be judged in the end is a problem where it is written."""
        for table, one in self.extras:
            self._refer(table, one.rule, one.kind)
        extras = tuple(replace(one, targets=_selected(table, select)) for table, one in self.extras)
        overrides = tuple(
            replace(one, targets=_selected(table, select)) for table, one in self.overrides
        )
        book = Rulebook(extras, overrides, tuple(self.quiets))
        for table, override in self.overrides:
            self._match(table, override.match)
        self._judge(targets, book)
        return book

    # -- [rule.NAME] -----------------------------------------------------------------------------

    def _rule(self, name: str, table: Table) -> None:
        before = len(table.problems)
        table.only(RULE_KEYS)
        if not NAME.pattern.fullmatch(name):
            table.problems.append(Problem(table.where, shown(name), NAME.allowed))
        if any(one.rule.id == f"estate.{name}" for _, one in self.extras):
            table.problems.append(Problem(table.where, "a second rule of that name", "one"))
        probes = {p.id: p for known in self.integrations.values() for p in known.probes}
        probe = table.choice("probe", probes)
        columns = [one.key for one in probes[probe].columns] if probe else []
        column = table.choice("column", columns) if probe else None
        for key in ("title", "probe", "column", "remedies"):
            if key not in table.items:
                table.wrong(key, "nothing", _WANTED[key])
        change = _change(table, probe or "", columns)
        measure = table.choice("measure", [str(one) for one in Measure])
        title, about = table.text("title", LINE), table.text("about", LINE)
        source, after = table.text("source", LINE), table.texts("after")
        if len(table.problems) > before or probe is None or column is None:
            return
        fields: dict[str, Any] = {**change, "measure": Measure(measure or "newest")}
        for key in ("warn", "crit"):
            if isinstance(new := fields.get(key), NewBound):
                fields[key] = Bound(new.raised, new.cleared, new.guards or ())
        made = Rule(
            id=f"estate.{name}",
            title=clean(title or name, 40),
            about=clean(about or ""),
            probe=probe,
            column=column,
            source=clean(source or f"the estate, {table.where}"),
            after=after,
            **fields,
        )
        kind = probe.partition(".")[0]
        self.extras.append((table, Extra(kind, made, table.where)))

    def _refer(self, table: Table, rule: Rule, kind: str) -> None:
        """What a rule names that must stand elsewhere."""
        ids = set(self._ids())
        for name in rule.depends_on:
            if name not in ids:
                table.wrong("depends_on", shown(name), "a rule's id", nearest(name, ids))
        known = self.integrations[kind]
        actions = {action.id for action in known.actions}
        for name in rule.remedies:
            if ACTION.fullmatch(name) and name not in actions and not name.startswith("estate."):
                allowed = "a sentence, or an action's id"
                table.wrong("remedies", shown(name), allowed, nearest(name, actions))

    def _ids(self) -> Iterator[str]:
        for known in self.integrations.values():
            yield silent(known).id
            yield from (rule.id for rule in known.rules)
        yield from (one.rule.id for _, one in self.extras)

    # -- [[override]] ----------------------------------------------------------------------------

    def _override(self, table: Table) -> None:
        before = len(table.problems)
        table.only(OVERRIDE_KEYS)
        match = table.text("rule", LINE)
        if "rule" not in table.items:
            table.wrong("rule", "nothing", 'which rules: "host.disk-*"')
        change = _change(table, "", ())
        severity, enabled = table.choice("severity", LEVELS), table.flag("enabled")
        if enabled is None and severity is None and not change and len(table.problems) == before:
            allowed = "enabled, severity, or new values of the rule"
            table.problems.append(Problem(table.where, "no change", allowed))
        if match is not None and len(table.problems) == before:
            level = LEVELS[severity] if severity else None
            self.overrides.append(
                (table, Override(table.where, match, None, change, enabled, level))
            )

    def _match(self, table: Table, match: str) -> None:
        ids = list(self._ids())
        if self.integrations and not any(fnmatchcase(one, match) for one in ids):
            table.wrong("rule", shown(match), "rules by id or pattern", nearest(match, ids))

    def _judge(self, targets: Sequence[Target], book: Rulebook) -> None:
        """Look at the rules as they come out, once per combination."""
        seen: set[object] = set()
        for target in targets:
            known = self.integrations.get(target.kind)
            probes = {probe.id: probe for probe in known.probes} if known else {}
            for one in effective(target, known, book) if known else ():
                same = (target.kind, one.rule.id, tuple(sorted(one.said.items())))
                if not one.said or not one.enabled or same in seen or not one.rule.column:
                    continue
                seen.add(same)
                self._complain(one.rule.id, wrong(one.rule, probes[one.rule.probe]), one.said)

    def _complain(self, rule: str, found: Sequence[str], said: Mapping[str, str]) -> None:
        where = list(said.values())[-1]
        tables = [table for table, _ in (*self.extras, *self.overrides) if table.where == where]
        for text in found:
            tables[0].problems.append(
                Problem(where, f"{rule}: {text}", "a rule that can be judged")
            )

    # -- [[silence]] -----------------------------------------------------------------------------

    def _silence(self, table: Table) -> None:
        before = len(table.problems)
        table.only(SILENCE_KEYS)
        match, reason = table.text("match", LINE), table.text("reason", LINE)
        for key in ("match", "reason"):
            if key not in table.items:
                table.wrong(key, "nothing", _WANTED[key])
        if match is not None and isinstance(read(match), str):
            table.wrong("match", shown(match), FORM)
        said = {"from", "to"} & table.items.keys()
        when = between(table, reason or "") if said else None
        if len(table.problems) == before and match is not None and reason is not None:
            name = f"estate-{len(self.quiets) + 1}"
            self.quiets.append(Quiet(name, match, reason, when))


_WANTED = {
    "title": "what is wrong, in three words",
    "probe": "the probe whose rows are judged",
    "column": "the column that is judged",
    "remedies": "ids of actions and sentences: what can be done",
    "match": FORM,
    "reason": "why, in a line",
}


def _change(table: Table, probe: str, columns: Collection[str]) -> dict[str, Any]:
    """Fields of a rule as far as a table says them; Any because they differ in type."""
    said: dict[str, Any] = {}
    for key in ("warn", "crit"):
        if key in table.items:
            said[key] = bound(table, key, probe, columns)
    for key in _TIMES:
        if (seconds := number(table, key, 0.0, LONGEST)) is not None:
            said[key] = seconds
    if (toward := number(table, "toward", -1e15, 1e15)) is not None:
        said["toward"] = toward
    if "words" in table.items:
        said["words"] = _words(table)
    if "guard" in table.items:
        said["guards"] = conditions(table, "guard", probe, columns)
    for key in ("depends_on", "remedies"):
        if key in table.items:
            said[key] = tuple(clean(one, 200) for one in table.texts(key))
    return said


def _words(table: Table) -> dict[str, Level]:
    part = table.table("words")
    words: dict[str, Level] = {}
    for word in part.items if part else ():
        assert part is not None
        if (level := part.choice(word, LEVELS)) is not None:
            words[word] = LEVELS[level]
    return words


def _selected(table: Table, select: Select) -> frozenset[str] | None:
    """Ids that its `targets` name; None when it has none, which is all."""
    patterns = table.texts("targets")
    ids: set[str] = set()
    for pattern in patterns:
        found = select(pattern)
        if found is None:
            allowed = "a target, a pattern, group:NAME or label:KEY=VALUE"
            table.wrong("targets", shown(pattern), allowed)
        ids |= set(found or ())
    return frozenset(ids) if patterns else None
