"""What a report is built from: live samples, recorded courses, alerts, deeds; read beforehand."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from opsconsole.alert import Alert, Occurrence, Silence
from opsconsole.battery import Supply
from opsconsole.check import Check, Mute, find
from opsconsole.document import Course, Finding
from opsconsole.model import Column, Level, Quantity, Row, Sample, Target
from opsconsole.ports import Point

STEPS = 28
"""Steps of a trend: six hours each over a week."""

_DAY = 86400.0

Place = tuple[str, str, Row, str]
"""Probe, target, values of the row's key columns, column."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One action from the audit log: asked for, done or not, and how it ended."""

    at: float
    """Unix time of its first record, seconds."""
    ended: float | None
    """Unix time of its last record; None while it has no end."""
    who: str
    action: str
    targets: tuple[str, ...]
    objects: tuple[str, ...]
    state: str
    """How it ended: `verified`, `no effect`, `failed`, `refused`, `unknown`, …; `unfinished`."""
    note: str
    """The operator's reason."""
    message: str
    """What was said of its end; what to look at where the end is not known."""
    ref: str = ""
    """Hash of its last audit record."""
    begun: str = ""
    """Hash of the record with which it began."""

    @property
    def done(self) -> bool:
        """Whether something was run."""
        return self.state not in ("refused", "planned")


@dataclass(frozen=True, slots=True)
class Metric:
    """The course of what an alert was about."""

    title: str
    target: str
    object: str
    quantity: Quantity
    limit: float | None
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a builder may look at."""

    now: float
    since: float
    until: float
    """Unix times, seconds."""
    targets: tuple[Target, ...]
    columns: Mapping[str, tuple[Column, ...]]
    """By probe."""
    keys: Mapping[str, tuple[str, ...]]
    """Key columns, by probe."""
    samples: Mapping[tuple[str, str], Sample]
    """Newest by (probe, target); a target that did not answer has none."""
    courses: Mapping[Place, tuple[Point, ...]] = field(
        default_factory=dict[Place, tuple[Point, ...]]
    )
    recorded: tuple[float, float] | None = None
    """Span of the recording; None without one."""
    alerts: tuple[Alert, ...] | None = None
    """Those that are open; None when nobody knows."""
    alerts_at: float | None = None
    """Unix time at which they were last written down."""
    stood: tuple[Alert, ...] | None = None
    """All that stood within the period, those that were over at its end too; None when that is not
    recorded. `alerts` are then those that were open at its end."""
    silences: tuple[Silence, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    """Within the period, in order of time."""
    deeds: tuple[Deed, ...] | None = None
    """Begun within the period or never ended, in order of time; None when there is no log."""
    armed: tuple[tuple[str, str, float], ...] = ()
    """Who, for which targets, until when (Unix time): what is armed at the end of the period."""
    runbooks: tuple[tuple[str, str, str, float], ...] = ()
    """Runbook, target, who, when it was last touched (Unix time): those without an end."""
    first: str = ""
    """What probably began it, in a line; empty where nothing was proposed."""
    metrics: tuple[Metric, ...] = ()
    """Of the alerts within the period."""
    checks: tuple[Check, ...] = ()
    """Those of the report, then those of the estate."""
    notices: tuple[str, ...] = ()
    """What could not be read, and why."""
    mutes: tuple[Mute, ...] = ()
    """Checks that somebody answers for, with targets by id."""
    supplies: Mapping[str, Supply] = field(default_factory=dict[str, Supply])
    """Where batteries are told of, by kind of target."""
    estate: tuple[Target, ...] = ()
    """All that the estate names: what stands on a target may be of another role."""

    def rows(self, probe: str, target: str) -> list[Row]:
        """Rows of the newest sample; none where there is a fault or nothing."""
        sample = self.samples.get((probe, target))
        return [] if sample is None or sample.rows is None else sample.rows

    def index(self, probe: str, key: str) -> int:
        """Position of a column."""
        return next(i for i, one in enumerate(self.columns[probe]) if one.key == key)

    def key_of(self, probe: str, row: Row) -> Row:
        """Values of the row's key columns."""
        return tuple(row[self.index(probe, name)] for name in self.keys[probe])

    def points(self, probe: str, target: str, row: Row, column: str) -> tuple[Point, ...]:
        """The recorded course of a column of a row; empty where nothing is recorded."""
        return self.courses.get((probe, target, self.key_of(probe, row), column), ())

    def course(self, probe: str, target: str, row: Row, column: str, days: float = 7.0) -> Course:
        """Its means over the last days in even steps; NaN where nothing is recorded."""
        points = self.points(probe, target, row, column)
        step = days * _DAY / STEPS
        bins: list[list[float]] = [[] for _ in range(STEPS)]
        for point in points:
            # A stretch begins at its time: one that ends with the period is the last step.
            back = max(int((self.until - point.at - 1) // step), 0)
            place = STEPS - 1 - back
            if place >= 0 and math.isfinite(point.mean):
                bins[place].append(point.mean)
        if not any(bins):
            return ()
        return tuple(math.fsum(part) / len(part) if part else math.nan for part in bins)

    def why(self, target: str) -> str:
        """Why a target has no data; empty when it has some."""
        mine = [sample for (_, name), sample in self.samples.items() if name == target]
        if any(sample.rows is not None for sample in mine):
            return ""
        fault = next((sample.fault for sample in mine if sample.fault is not None), None)
        if fault is None:
            return "no answer in time"
        return f"{fault.kind}: {fault.message}" + (f" ({fault.remedy})" if fault.remedy else "")

    def mute_of(self, finding: Finding) -> Mute | None:
        """Who answers for a finding at the time of the document; None where it counts."""
        return next((one for one in self.mutes if one.covers(finding, self.now)), None)

    def counting(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Those that nobody muted."""
        return tuple(one for one in findings if self.mute_of(one) is None)

    def found(self, target: str) -> tuple[Finding, ...]:
        """Every check that is for this target, over each of its rows, also muted; worst first."""
        findings: list[Finding] = []
        kind = next((one.kind for one in self.targets if one.id == target), "")
        for check in self.checks:
            if check.probe not in self.columns or check.probe.partition(".")[0] != kind:
                continue
            if check.targets and target not in check.targets:
                continue
            findings += self._checked(check, target)
        return tuple(sorted(findings, key=lambda one: -one.level))

    def _checked(self, check: Check, target: str) -> list[Finding]:
        columns, key = self.columns[check.probe], self.keys[check.probe]
        sample = self.samples.get((check.probe, target))
        if sample is None or sample.rows is None:
            why = f"{check.probe}: {self._silence(sample)}"
            return [
                Finding(
                    *(check.id, check.title, target, "", Level.UNKNOWN, None, Quantity.TEXT),
                    *("", why, check.todo),
                )
            ]
        seen = (
            find(
                *(check, target, columns, key, row),
                self.course(check.probe, target, row, check.shown),
            )
            for row in sample.rows
        )
        return [finding for finding in seen if finding is not None]

    def _silence(self, sample: Sample | None) -> str:
        if sample is None or sample.fault is None:
            return "no answer in time"
        return str(sample.fault.message)
