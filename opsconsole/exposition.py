"""Samples and alerts as OpenMetrics text; pure."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from opsconsole.alert import Alert, Phase
from opsconsole.model import Column, Quantity, Sample, Value
from opsconsole.spec import Probe

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"

PREFIX = "opsconsole"

OLD = 5
"""Periods after which a sample is not told any more: a stale number must not look live."""

_UNITS: Mapping[Quantity, tuple[str, tuple[str, ...], float]] = {
    Quantity.PERCENT: ("percent", ("_percent",), 1.0),
    Quantity.BYTES: ("bytes", ("_bytes",), 1.0),
    Quantity.BYTES_PER_S: ("bytes_per_second", ("_bytes_per_s",), 1.0),
    Quantity.BITS_PER_S: ("bits_per_second", ("_bits_per_s",), 1.0),
    Quantity.PER_S: ("per_second", ("_per_s",), 1.0),
    Quantity.SECONDS: ("seconds", ("_s", "_seconds"), 1.0),
    Quantity.MILLISECONDS: ("seconds", ("_ms", "_milliseconds"), 0.001),
    Quantity.TIME: ("timestamp_seconds", ("_time", "_at"), 1.0),
    Quantity.SINCE: ("timestamp_seconds", ("_since", "_at"), 1.0),
    Quantity.COUNT: ("", (), 1.0),
    Quantity.NUMBER: ("", (), 1.0),
    Quantity.FLAG: ("", (), 1.0),
}
"""Unit in a metric's name, how a column's key says it, and what turns one into the other."""


@dataclass(slots=True)
class Family:
    """One metric with its samples; a set of labels counts once."""

    name: str
    kind: str
    unit: str
    help: str
    lines: dict[tuple[tuple[str, str], ...], float] = field(
        default_factory=dict[tuple[tuple[str, str], ...], float]
    )

    def add(self, labels: Iterable[tuple[str, str]], value: float) -> None:
        """Note one sample; the first of equal labels stays."""
        self.lines.setdefault(tuple(labels), value)

    def text(self) -> Iterator[str]:
        """Its lines."""
        yield f"# TYPE {self.name} {self.kind}\n"
        if self.unit:
            yield f"# UNIT {self.name} {self.unit}\n"
        yield f"# HELP {self.name} {_escaped(self.help)}\n"
        suffix = "_info" if self.kind == "info" else ""
        for labels, value in self.lines.items():
            said = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
            yield f"{self.name}{suffix}{{{said}}} {_number(value)}\n"


def exposition(
    samples: Iterable[Sample],
    probes: Mapping[str, Probe[Any]],
    alerts: Iterable[Alert],
    now: float,
) -> str:
    """All of it, as one document; `samples` are the newest of each probe and target."""
    families: dict[str, Family] = {}
    up = Family(f"{PREFIX}_up", "gauge", "", "whether the newest answer of a probe is data")
    age = Family(
        f"{PREFIX}_sample_age_seconds", "gauge", "seconds", "age of the newest answer of a probe"
    )
    for sample in samples:
        labels = (("target", sample.target), ("probe", sample.probe))
        fresh = now - sample.at <= OLD * sample.period
        up.add(labels, float(sample.rows is not None and fresh))
        age.add(labels, max(0.0, now - sample.at))
        probe = probes.get(sample.probe)
        if probe is not None and sample.rows is not None and fresh:
            _add(families, probe, sample)
    whole = [up, age, *(families[name] for name in sorted(families)), _alerts(alerts)]
    lines = (line for family in whole if family.lines for line in family.text())
    return "".join(lines) + "# EOF\n"


def metric(probe: str, column: Column) -> tuple[str, str, float] | None:
    """Name, unit and factor of a column's metric; None for text."""
    if column.quantity is Quantity.STATE:
        return _name(f"{probe}_{column.key}"), "", 1.0
    if column.quantity not in _UNITS:
        return None
    unit, tails, factor = _UNITS[column.quantity]
    key = f"_{column.key}"
    for tail in tails:
        if key.endswith(tail):
            key = key.removesuffix(tail)
            break
    if unit and not key.endswith(f"_{unit}"):
        key = f"{key}_{unit}"
    return _name(f"{probe}{key}"), unit, factor


def _add(families: dict[str, Family], probe: Probe[Any], sample: Sample) -> None:
    keys = [(_label(key), probe.index(key)) for key in probe.key]
    for place, column in enumerate(probe.columns):
        found = metric(probe.id, column)
        if found is None or column.key in probe.key:
            continue
        name, unit, factor = found
        state = column.quantity is Quantity.STATE
        kind = "info" if state else "gauge"
        about = f"{probe.title}, {column.title}: {column.source}"
        family = families.setdefault(name, Family(name, kind, unit, about))
        if family.help != about:
            continue  # another column has that name: the first stays
        for row in sample.rows or ():
            labels = [("target", sample.target), *((key, _text(row[at])) for key, at in keys)]
            value = row[place]
            if state and isinstance(value, str):
                family.add([*labels, ("state", value)], 1.0)
            elif not state and isinstance(value, int | float):
                family.add(labels, factor * value)


def _alerts(alerts: Iterable[Alert]) -> Family:
    about = "open alerts: 2 is critical, 1 a warning"
    family = Family(f"{PREFIX}_alert", "gauge", "", about)
    for alert in alerts:
        if alert.phase is Phase.RESOLVED:
            continue
        labels = (
            ("target", alert.target),
            ("rule", alert.rule),
            ("object", alert.object),
            ("level", alert.level.name.lower()),
            ("status", alert.phase.value),
            ("acknowledged", str(alert.acknowledged is not None).lower()),
            ("silenced", str(bool(alert.silenced)).lower()),
            ("explained", str(bool(alert.cause)).lower()),
            ("origin", alert.origin),
            ("id", alert.id),
        )
        family.add(labels, float(alert.level - 1))
    return family


def _name(text: str) -> str:
    return f"{PREFIX}_{re.sub(r'[^a-zA-Z0-9_]', '_', text)}"


def _label(key: str) -> str:
    name = re.sub(r"[^a-zA-Z0-9_]", "_", key)
    return f"key_{name}" if name in {"target", "state", "probe"} or not name[0].isalpha() else name


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(value)


Newest = dict[tuple[str, str], Sample]
"""By probe and target."""


def keep(newest: Newest, samples: Sequence[Sample]) -> None:
    """Note samples, each in the place of the one before."""
    for sample in samples:
        newest[sample.probe, sample.target] = sample
