"""One exchange on one target: its last answers, and the probes that read them."""

import zlib
from collections.abc import Collection, Generator, Mapping
from time import perf_counter
from types import MappingProxyType
from typing import Any

from opsconsole.clean import Clean, clean
from opsconsole.collector.meter import Meter
from opsconsole.errors import TargetError
from opsconsole.model import Fault, Row, Sample, Target
from opsconsole.ports import Answer
from opsconsole.spec import Exchange, Integration, Probe

MESSAGE = 500
"""Characters of an error's text."""

RARE = 300.0
"""Seconds between answers from which on they are rare and large."""

REREAD = 4
"""Of rare answers that say the same, byte for byte, one in so many is read while nobody looks:
rules want to hear of a probe within five of its periods, and a recording must not forget it."""

DEFECT = Clean("report it: the integration does not understand this target's answer")


def fault_of(error: TargetError) -> Fault:
    """Say an error as a fault."""
    return Fault(error.kind, clean(str(error), MESSAGE), clean(error.remedy, MESSAGE))


def defect_of(target: str, probe: str, error: Exception) -> Fault:
    """Say as a fault that a probe did not understand an answer."""
    what = f"{target}: {probe}: {type(error).__name__}: {error}"
    return Fault("malformed", clean(what, MESSAGE), DEFECT)


class _Reader:
    """A probe that is read at present, and its last reading."""

    __slots__ = ("before", "probe", "repeats", "said")

    def __init__(self, probe: Probe[Any]) -> None:
        self.probe = probe
        self.before: Any = None
        self.said: int | None = None
        """Hash of the last answer that it read, where that may come again and again."""
        self.repeats = 0

    def repeated(self, payload: bytes) -> bool:
        """Whether it need not read this, because it has just read the same."""
        said = hash(payload)
        if said == self.said and self.repeats < REREAD - 1:
            self.repeats += 1
            return True
        self.said, self.repeats = said, 0
        return False


class _Paced:
    """A probe that is read for the sake of rules, at a pace of their own."""

    __slots__ = ("due", "every", "reader")

    def __init__(self, probe: Probe[Any], every: float) -> None:
        self.reader = _Reader(probe)
        self.every = every
        self.due = 0.0

    def next(self, at: float, target: str) -> None:
        """Be due again; the first time after a part of the pace, so that targets spread out."""
        first = not self.due
        part = zlib.crc32(target.encode()) % 1000 / 1000
        self.due = at + self.every * (0.2 + 0.8 * part if first else 1.0)

    def is_due(self, at: float) -> bool:
        """Whether it is to be read; also when the clock was set back."""
        return at >= self.due or self.due - at > self.every


Questions = tuple[tuple[Exchange, Mapping[str, Probe[Any]]], ...]
"""Exchanges of an integration, each with its probes by id."""


def by_exchange(integration: Integration) -> Questions:
    """Sort an integration's probes, once for all its targets."""
    # Probes that share a `read` stand together, so that it runs once for them.
    probes = sorted(integration.probes, key=lambda probe: id(probe.read))
    return tuple(
        (exchange, {probe.id: probe for probe in probes if probe.exchange == exchange.name})
        for exchange in integration.exchanges
    )


_NOBODY: frozenset[str] = frozenset()
"""Probes that nobody looks at: an empty set is 216 bytes, for each of thousands."""


class Lane:
    """Turns answers of one exchange into samples of the probes that are wanted."""

    __slots__ = (
        "_due_at",
        "_keeps",
        "_looked",
        "_meter",
        "_paced",
        "_probes",
        "_readers",
        "_slowest",
        "_target",
        "exchange",
        "last",
        "period",
        "previous",
    )

    def __init__(
        self,
        target: Target,
        exchange: Exchange,
        probes: Mapping[str, Probe[Any]],
        meter: Meter,
        paces: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        """`probes` is what `by_exchange` says of the exchange, shared by all targets of a kind.

        `paces` are seconds by probe: on-demand ones that rules need while nobody looks.
        """
        self.exchange = exchange
        self.period = target.intervals.get(exchange.name, exchange.every)
        """Seconds between answers at present; what staleness is measured by."""
        self._target = target.id
        self._meter = meter
        self._probes = probes
        self._readers = [_Reader(p) for p in self._probes.values() if not p.on_demand]
        # Who begins to look has not been sent what is quiet; what is rare is asked for anew then.
        hushed = exchange.every < RARE and any(p.quiet for p in self._probes.values())
        asked = any(p.on_demand for p in self._probes.values())
        self._keeps = exchange.cut is None and (hushed or asked)
        self._paced = tuple(
            _Paced(p, paces[p.id]) for p in probes.values() if p.on_demand and p.id in paces
        )
        self._due_at = 0.0
        """When the next of them is due."""
        self._slowest = max((paced.every for paced in self._paced), default=0.0)
        self._looked = _NOBODY
        self.last: Answer | None = None
        self.previous: Answer | None = None

    @property
    def probes(self) -> Collection[str]:
        """Ids of all probes of the exchange."""
        return self._probes.keys()

    @property
    def active(self) -> list[str]:
        """Ids of the probes that are read at present."""
        return [reader.probe.id for reader in self._readers]

    @property
    def idle(self) -> bool:
        """Whether nobody looks, and nobody has to."""
        return not self._readers

    @property
    def seen(self) -> bool:
        """Whether somebody looks at a probe of it."""
        return not self._looked.isdisjoint(self._probes)

    @property
    def pace(self) -> float | None:
        """Seconds between answers that rules need while nobody looks; None when they need none."""
        return min((paced.every for paced in self._paced), default=None)

    def want(self, probes: frozenset[str]) -> list[Sample]:
        """Read these on-demand probes besides the always-on ones from now on.

        Returns what the kept answers have for those that were not read before.
        """
        kept = {reader.probe.id: reader for reader in self._readers}
        self._readers = [
            kept.get(probe.id) or _Reader(probe)
            for probe in self._probes.values()
            if not probe.on_demand or probe.id in probes
        ]
        # A quiet one was read all the time, and who begins to look has seen nothing of it.
        unseen = probes - self._looked
        self._looked = probes
        fresh = [
            reader
            for reader in self._readers
            if reader.probe.id not in kept or (reader.probe.quiet and reader.probe.id in unseen)
        ]
        if self.last is None:
            return []
        if self.previous is not None:
            self._read(fresh, self.previous)
        return self._read(fresh, self.last)

    def take(self, answer: Answer) -> list[Sample]:
        """Keep an answer and return what it says."""
        if self._keeps:
            if self.idle and self.exchange.on_demand:  # asked for rules alone
                return []
            if self.exchange.compared:
                self.previous = self.last
            self.last = answer
        readers = self._readers
        if self.exchange.every >= RARE and not self.exchange.compared:
            readers = [one for one in readers if not self._repeated(one, answer.payload)]
        return self._read(readers, answer)

    def pieces(self, answer: Answer) -> Generator[None, None, list[Sample]]:
        """As `take`, of an exchange whose answers are cut, stopping after each piece."""
        rows: dict[str, list[Row]] = {reader.probe.id: [] for reader in self._readers}
        cut = self.exchange.cut
        for payload in cut(answer.payload) if rows and cut is not None else ():
            readers = [one for one in self._readers if one.probe.id in rows]
            for sample in self._read(readers, Answer(answer.exchange, payload, answer.at)):
                if sample.rows is None:  # cut in the wrong place, or none that can be read
                    return self._read(self._readers, answer)
                rows[sample.probe] += sample.rows
            yield
        active, at = self.active, answer.at
        return [
            Sample(probe, self._target, at, found, None, self.period)
            for probe, found in rows.items()
            if probe in active
        ]

    def _repeated(self, reader: _Reader, payload: bytes) -> bool:
        probe = reader.probe
        return probe.quiet and probe.id not in self._looked and reader.repeated(payload)

    def aside(self, answer: Answer) -> list[Sample]:
        """Read what rules are due to see of an answer and nobody looks at."""
        # More than the longest pace ahead: the clock was set back.
        if not self._paced or 0.0 < self._due_at - answer.at <= self._slowest:
            return []
        samples: list[Sample] = []
        due = [paced for paced in self._paced if paced.is_due(answer.at)]
        active = self.active if due else []
        for paced in due:
            paced.next(answer.at, self._target)
            if paced.reader.probe.id in active:
                paced.reader.before = None
                continue
            samples += self._read([paced.reader], answer, paced.every)
            if not self.exchange.compared:
                paced.reader.before = None
        self._due_at = min(paced.due for paced in self._paced)
        return samples

    def aside_faults(self, fault: Fault, at: float) -> list[Sample]:
        """Say of what only rules see that there is no answer."""
        active = self.active if self._paced else []
        return [
            Sample(paced.reader.probe.id, self._target, at, None, fault, paced.every)
            for paced in self._paced
            if paced.reader.probe.id not in active
        ]

    @property
    def first(self) -> bool:
        """Whether the next answer is the first one that counts for rates."""
        return self._keeps and self.last is None

    def forget_if_idle(self) -> None:
        """Let go of answers that nobody looks at any more."""
        if self.idle:
            self.last = self.previous = None

    def restart(self) -> None:
        """Forget answers: what comes next is of another session, perhaps of another boot."""
        self.last = self.previous = None
        for reader in (*self._readers, *(paced.reader for paced in self._paced)):
            reader.before = None

    def faults(self, fault: Fault, at: float) -> list[Sample]:
        """Say of all probes that are read that there is no answer."""
        for reader in self._readers:
            reader.said = None  # what comes after it is news, whatever it says
        return [Sample(id_, self._target, at, None, fault, self.period) for id_ in self.active]

    def _read(self, readers: list[_Reader], answer: Answer, pace: float = 0.0) -> list[Sample]:
        samples: list[Sample] = []
        payload, at, target = answer.payload, answer.at, self._target
        period = max(self.period, pace)
        read: Any = None  # Any: each probe has a reading type of its own
        reading: Any = None
        for reader in readers:
            probe = reader.probe
            started = perf_counter()
            rows: list[Row] | None = None
            fault: Fault | None = None
            try:
                if probe.read is not read:
                    read = None
                    reading = probe.read(payload)
                    read = probe.read
                rows = probe.rows(reading, reader.before)
                # What nobody compares is not kept: an inventory is a thousand objects a host.
                reader.before = reading if self.exchange.compared else None
            except TargetError as error:
                fault = fault_of(error)
            except Exception as error:  # noqa: BLE001 - a stranger's parser may raise anything
                fault = defect_of(self._target, probe.id, error)
            if fault is not None:
                reader.said = None
            self._meter.parsed(probe.id, perf_counter() - started, pushed=self.exchange.pushed)
            samples.append(Sample(probe.id, target, at, rows, fault, period))
        return samples
