"""From a recording to a store as it was at a moment: what panes then drew, and its recent past."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from opsconsole.alert import Alerts
from opsconsole.model import Sample
from opsconsole.recorder import Archive
from opsconsole.spec import Probe
from opsconsole.store import Pair, Store
from screens.shell.alarm.known import Alarms

LOOKED_S = 1600.0
"""Seconds of history for what is looked at: the widest plot shows as many points at two seconds."""

TABLE_S = 240.0
"""The same for probes with many rows."""

FLEET_S = 90.0
"""The same for lists of targets: their courses have forty points."""


SILENT = 3.0
"""Periods after which a probe that says nothing is stale."""


class Moment:
    """A clock that stands where it was put."""

    __slots__ = ("at",)

    def __init__(self, at: float) -> None:
        self.at = at

    def __call__(self) -> float:
        """Unix time."""
        return self.at


class Frame(NamedTuple):
    """What is read of a moment."""

    samples: list[Sample]
    alerts: Alerts | None
    """None where nobody told of any."""


def alarms_at(clock: Moment, frame: Frame) -> Alarms:
    """The alerts of a moment; they are stale where all is that is known of it."""
    alarms = Alarms(clock)
    if frame.alerts is not None:
        alarms.hear(frame.alerts)
    alarms.stale = all(one.at + SILENT * one.period < clock() for one in frame.samples)
    return alarms


def store_at(clock: Moment, catalog: Mapping[str, Probe[Any]]) -> Store:
    """An empty store for which it is that moment; ages are told by it."""
    return Store(catalog.values(), clock=clock, wall=clock)


def newest(
    past: Archive,
    at: float,
    catalog: Mapping[str, Probe[Any]],
    pairs: Sequence[Pair] | None = None,
) -> list[Sample]:
    """What was known at a moment, of all or some; before a fault the rows that it left standing."""
    found = [sample for sample in past.at(at, pairs) if sample.probe in catalog]
    silent = [(sample.probe, sample.target) for sample in found if sample.rows is None]
    before = past.rows_before(at, silent) if silent else []
    return [*before, *found]


def history(
    past: Archive,
    at: float,
    catalog: Mapping[str, Probe[Any]],
    looked: Collection[Pair],
    listed: Collection[str],
) -> list[Sample]:
    """Samples before a moment, in order of time: of pairs looked at, and of probes that are listed
    with their course.
    """
    deep = [pair for pair in looked if pair[0] in catalog and not catalog[pair[0]].key]
    wide = [pair for pair in looked if pair[0] in catalog and catalog[pair[0]].key]
    rest = [p for p in past.pairs() if p[0] in listed and p[0] in catalog and p not in looked]
    found: list[Sample] = []
    for pairs, seconds in ((deep, LOOKED_S), (wide, TABLE_S), (rest, FLEET_S)):
        if pairs:
            found += past.between(at - seconds, at, pairs)
    return found


def fill(store: Store, samples: Iterable[Sample]) -> set[Pair]:
    """Put samples in order of time; returns the pairs that have something to show."""
    return store.put(sorted(samples, key=lambda sample: sample.at))
