"""The file of `opsconsole rules test`: targets, samples over time, and alerts to expect."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from opsconsole.clean import clean
from opsconsole.errors import EstateError, Problem, UsageError
from opsconsole.estate.bound import number
from opsconsole.estate.table import Items, Table, items_of, shown
from opsconsole.model import Fault, Row, Target, Value
from opsconsole.spec import Integration, Probe

LARGEST = 64 * 1024 * 1024
"""Bytes of a file."""

LONGEST = 7 * 86400.0
"""Seconds that may be played."""

KEYS = ("rules", "period", "silent", "target", "sample", "expect")
TARGET_KEYS = ("id", "kind", "labels", "groups", "depends_on")
SAMPLE_KEYS = ("at", "until", "period", "probe", "target", "rows", "fault")
EXPECT_KEYS = ("at", "alerts")
ALERT_KEYS = ("id", "level", "phase", "cause", "object", "flapping", "silenced", "why")

ESTATE, DEFAULTS = "estate", "defaults"


@dataclass(frozen=True, slots=True)
class Saying:
    """One `[[sample]]`: what a probe answers, and for how long it goes on so."""

    at: float
    until: float
    period: float
    probe: str
    target: str
    rows: tuple[Row, ...]
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class Expectation:
    """One `[[expect]]`: all alerts that are not over at a moment, as far as they are described."""

    at: float
    alerts: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """The whole file."""

    defaults: bool
    """Without what the estate says."""
    silent: bool
    """Targets that do not answer are judged too."""
    targets: tuple[Target, ...]
    sayings: tuple[Saying, ...]
    expectations: tuple[Expectation, ...]


def read_trial(path: Path, integrations: Mapping[str, Integration]) -> Trial:
    """Read a file, TOML or JSONL. Raises `EstateError` with every problem, or `UsageError`."""
    problems: list[Problem] = []
    root = Table(f"{path.name}: ", _content(path), path.absolute().parent, problems)
    root.only(KEYS)
    rules = root.choice("rules", (ESTATE, DEFAULTS)) or ESTATE
    period = number(root, "period", 0.5, 3600.0) or 30.0
    targets = tuple(_targets(root, integrations))
    kinds = {target.id: target.kind for target in targets}
    probes = {p.id: p for known in integrations.values() for p in known.probes}
    sayings = tuple(_sayings(root, kinds, probes, period))
    expectations = tuple(_expectations(root))
    if not expectations and not problems:
        problems.append(Problem(path.name, "no [[expect]]", "at least one"))
    if problems:
        raise EstateError(tuple(problems))
    silent = bool(root.flag("silent"))
    return Trial(rules == DEFAULTS, silent, targets, sayings, expectations)


def _content(path: Path) -> Items:
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path} is larger than {LARGEST} bytes")
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".jsonl":
            return _joined(text)
        return tomllib.loads(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: {clean(str(error), 200)}") from error


def _joined(text: str) -> Items:
    """Lines of JSON as the tables that TOML would have; raises `ValueError`."""
    found: dict[str, object] = {}
    for count, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        items = items_of(json.loads(line))
        if items is None:
            raise ValueError(f"line {count} is no object")
        for key, value in items.items():
            if key in {"target", "sample", "expect"}:
                cast("list[object]", found.setdefault(key, [])).append(value)
            else:
                found[key] = value
    return found


def _each(root: Table, key: str) -> Iterator[Table]:
    value = root.items.get(key, [])
    entries = cast("list[object]", value) if isinstance(value, list) else [value]
    for count, entry in enumerate(entries, 1):
        items = items_of(entry)
        if items is None:
            root.wrong(key, shown(entry), f"[[{key}]] tables")
        else:
            yield Table(f"{root.where}{key}[{count}]", items, root.base, root.problems)


def _targets(root: Table, integrations: Mapping[str, Integration]) -> Iterator[Target]:
    for table in _each(root, "target"):
        table.only(TARGET_KEYS)
        name = table.items.get("id")
        if not isinstance(name, str) or not name or clean(name) != name:
            table.wrong("id", shown(name), "the name of a target")
            continue
        kind = table.choice("kind", integrations) or "host"
        yield Target(
            clean(name),
            kind,
            "none",
            labels=table.labels(),
            groups=table.texts("groups"),
            depends_on=table.texts("depends_on"),
        )


def _sayings(
    root: Table,
    kinds: Mapping[str, str],
    probes: Mapping[str, Probe[Any]],
    period: float,
) -> Iterator[Saying]:
    for table in _each(root, "sample"):
        table.only(SAMPLE_KEYS)
        at = number(table, "at", 0.0, LONGEST) or 0.0
        until = number(table, "until", 0.0, LONGEST)
        target, probe = table.choice("target", kinds), table.choice("probe", probes)
        for key in ("target", "probe"):
            if key not in table.items:
                table.wrong(key, "nothing", "whose answer it is")
        fault = table.items.get("fault")
        if isinstance(fault, str):
            rows, why = list[Row](), Fault("fault", clean(fault), clean(""))
        else:
            rows, why = list(_rows(table, probes.get(probe or ""))), None
        if target is not None and probe is not None:
            every = number(table, "period", 0.5, 3600.0) or period
            yield Saying(at, at if until is None else until, every, probe, target, tuple(rows), why)


def _rows(table: Table, probe: Probe[Any] | None) -> Iterator[Row]:
    value = table.items.get("rows")
    if not isinstance(value, list):
        table.wrong("rows", shown(value), "a list of tables, or `fault` with a text")
        return
    for count, entry in enumerate(cast("list[object]", value), 1):
        items = items_of(entry)
        if items is None:
            table.wrong("rows", shown(entry), "tables of values by column")
        elif probe is not None:
            row = Table(f"{table.where}.rows[{count}]", items, table.base, table.problems)
            row.only([column.key for column in probe.columns])
            yield tuple(_value(row, column.key) for column in probe.columns)


def _value(row: Table, key: str) -> Value:
    value = row.items.get(key)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return clean(value)
    row.wrong(key, shown(value), "text, a number, true or false")
    return None


def _expectations(root: Table) -> Iterator[Expectation]:
    for table in _each(root, "expect"):
        table.only(EXPECT_KEYS)
        at = number(table, "at", 0.0, LONGEST)
        if at is None and "at" not in table.items:
            table.wrong("at", "nothing", "seconds from the beginning")
        alerts: list[Mapping[str, object]] = []
        value = table.items.get("alerts")
        if not isinstance(value, list):
            table.wrong("alerts", shown(value), "a list, empty for none")
            continue
        for one in _each(
            Table(table.where + ".", table.items, table.base, table.problems), "alerts"
        ):
            one.only(ALERT_KEYS)
            if not isinstance(one.items.get("id"), str):
                one.wrong("id", shown(one.items.get("id")), "RULE:TARGET or RULE:TARGET:OBJECT")
            alerts.append(one.items)
        yield Expectation(at or 0.0, tuple(alerts))
