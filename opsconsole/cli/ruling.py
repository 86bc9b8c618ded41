"""`opsconsole rules`: what holds for which target, and where each value comes from."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from opsconsole import registry
from opsconsole.cli.asking import load_estate, select
from opsconsole.cli.result import aligned
from opsconsole.model import Target
from opsconsole.rule import Bound, Condition, Measure, Rule
from opsconsole.rulebook import Ruled, effective

_FEW = 3
"""Targets named in a line."""

_Found = Sequence[tuple[Target, Sequence[Ruled]]]


def run_rules(path: Path | None, patterns: tuple[str, ...], output: str) -> int:
    """Print the rules of these targets; returns 0."""
    estate = load_estate(path)
    known = registry.integrations()
    found = [
        (target, effective(target, known[target.kind], estate.rulebook))
        for target in select(estate, patterns)
    ]
    sys.stdout.write(_as_json(found) if output == "json" else _as_table(found))
    return 0


def _as_json(found: _Found) -> str:
    whole = {
        "targets": [
            {
                "target": target.id,
                "kind": target.kind,
                "rules": [_described(one) for one in ruled],
            }
            for target, ruled in found
        ]
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n"


def _described(ruled: Ruled) -> dict[str, object]:
    rule = ruled.rule
    return {
        "rule": rule.id,
        "title": rule.title,
        "about": rule.about,
        "enabled": ruled.enabled,
        "probe": rule.probe,
        "column": rule.column,
        "measure": str(rule.measure),
        "window_s": rule.window_s,
        "toward": rule.toward if rule.measure is Measure.HOURS else None,
        "warn": rule.warn and _bound(rule.warn),
        "crit": rule.crit and _bound(rule.crit),
        "words": {word: level.name.lower() for word, level in rule.words.items()},
        "after": rule.after,
        "guards": [_condition(one) for one in rule.guards],
        "for_s": rule.for_s,
        "clear_for_s": rule.clear_for_s,
        "every_s": rule.every_s,
        "depends_on": rule.depends_on,
        "remedies": rule.remedies,
        "source": rule.source,
        "said_by": dict(ruled.said),
    }


def _bound(bound: Bound) -> dict[str, object]:
    return {
        "raise": bound.raised,
        "clear": bound.cleared,
        "guards": [_condition(one) for one in bound.guards],
    }


def _condition(one: Condition) -> str:
    value = one.value
    if not isinstance(value, str):
        value = f"{value:.0f}" if value == int(value) else f"{value:g}"
    return f"{one.column} {one.operator} {value}"


def _as_table(found: _Found) -> str:
    """One line per rule and setting of it, with the targets it holds for."""
    lines: dict[tuple[str, ...], list[str]] = {}
    kinds: dict[str, int] = {}
    for target, ruled in found:
        kinds[target.kind] = kinds.get(target.kind, 0) + 1
        for one in ruled:
            lines.setdefault((target.kind, *_line(one)), []).append(target.id)
    rows = [["RULE", "TARGETS", "WATCHES", "WARN", "CRIT", "FOR", "AND ONLY", "FROM"]]
    for (kind, rule, *rest), targets in lines.items():
        rows.append([rule, _who(targets, kinds[kind]), *rest])
    return aligned(rows, [False] * len(rows[0]))


def _line(ruled: Ruled) -> tuple[str, ...]:
    rule = ruled.rule
    return (
        rule.id,
        _watched(rule),
        *(_numbers(rule, level) if ruled.enabled else "off" for level in ("warn", "crit")),
        f"{rule.for_s:g} s" if rule.for_s else "-",
        " and ".join(_condition(one) for one in rule.guards) or "-",
        _origin(ruled),
    )


def _watched(rule: Rule) -> str:
    if not rule.column:
        return "periods without an answer"
    over = f", {rule.measure} of {rule.window_s:g} s"
    return f"{rule.probe}.{rule.column}{'' if rule.measure is Measure.NEWEST else over}"


def _numbers(rule: Rule, level: str) -> str:
    bound = rule.warn if level == "warn" else rule.crit
    words = [word for word, found in rule.words.items() if found.name.lower() == level]
    if bound is None:
        return ", ".join(words) or "-"
    guards = "".join(f" and {_condition(one)}" for one in bound.guards)
    return f"{bound.raised:g} (over at {bound.cleared:g}){guards}"


def _origin(ruled: Ruled) -> str:
    """The source of the numbers, then each key of the estate that has a say."""
    said = [ruled.said.get("", ruled.rule.source)]
    by: dict[str, list[str]] = {}
    for field, where in ruled.said.items():
        if field:
            by.setdefault(where, []).append(field)
    return "; ".join([*said, *(f"{', '.join(fields)}: {where}" for where, fields in by.items())])


def _who(targets: Sequence[str], of: int) -> str:
    if len(targets) == of and of > 1:
        return f"all {of}"
    return _few(targets)


def _few(names: Iterable[str]) -> str:
    listed = list(names)
    more = len(listed) - _FEW
    return ", ".join(listed[:_FEW]) + (f" and {more} more" if more > 0 else "")
