"""One watched list of one target: its rows by key, and what each turn changes among them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from time import perf_counter
from types import MappingProxyType
from typing import Any

from opsconsole.collector.held import Held
from opsconsole.collector.lane import defect_of, fault_of
from opsconsole.collector.meter import Meter
from opsconsole.errors import TargetError
from opsconsole.garbage import Aside
from opsconsole.model import Fault, Row, Sample, Target
from opsconsole.ports import Answer, Patch
from opsconsole.spec import Exchange, Probe
from opsconsole.turn import BEAT, Phase, keyed, phase_of

GRACE = 30.0
"""Seconds that a list is watched on when nobody looks any more: turning panes costs nothing."""


SLICE = 500
"""Rows of another probe that are laid beside ours at once."""


class _Sum:
    """A probe over the rows of another one."""

    def __init__(self, probe: Probe[Any]) -> None:
        self.probe = probe
        self.due = 0.0


_NOBODY: frozenset[str] = frozenset()


class WatchedLane:
    """Holds the rows of the probes that are wanted, and says what changed among them."""

    def __init__(
        self,
        target: Target,
        exchange: Exchange,
        probes: Mapping[str, Probe[Any]],
        meter: Meter,
        paces: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        """`probes` and `paces` as for `Lane`: what rules need is watched always."""
        self.exchange = exchange
        self.period = target.intervals.get(exchange.name, exchange.every)
        """Seconds between whole samples while somebody looks."""
        self.heard: float | None = None
        """Unix time of the last turn; None before the first."""
        self.fault: Fault | None = None
        """Why there is nothing new, since when the list is watched no more."""
        self._target = target.id
        self._meter = meter
        self._probes = probes
        self._paces = {probe: pace for probe, pace in paces.items() if probe in probes}
        always = {p.id for p in probes.values() if not p.on_demand} | self._paces.keys()
        self._told = frozenset(always)
        """What rules and recorders hear whoever looks."""
        self._always = self._based(always)
        """What is held for that."""
        self._shown = frozenset(p.id for p in probes.values() if not p.on_demand and not p.quiet)
        self._looked = _NOBODY
        self._aside = Aside()
        self._sums = {name: _Sum(probe) for name, probe in probes.items() if probe.over}
        self._held = {name: Held(probes[name]) for name in probes if name in self._always}

    @property
    def probes(self) -> Collection[str]:
        """Ids of all probes of the list."""
        return self._probes.keys()

    @property
    def idle(self) -> bool:
        """Whether nobody looks, looked a moment ago, or has to."""
        return not self._held

    @property
    def loading(self) -> bool:
        """Whether some probe has not seen all of the list."""
        return not all(held.complete for held in self._held.values())

    def _based(self, probes: Collection[str]) -> set[str]:
        """What has to be held for these: those that sum up lean on another one's rows."""
        return {self._probes[name].over or name for name in probes}

    @property
    def beside(self) -> frozenset[str]:
        """Probes of other exchanges that stand beside those that are held for somebody."""
        held = self._based(self._looked) | self._always
        pairs = (self._probes[name].beside for name in held)
        return frozenset(pair[0] for pair in pairs if pair is not None)

    def use(self, probe: Probe[Any], rows: Sequence[Row], now: float) -> Iterator[list[Patch]]:
        """Take rows of a probe beside some of ours, some at a time; what each of these changed."""
        key_of = keyed(tuple(probe.index(key) for key in probe.key))
        keys: set[Row] = set()
        for start in range(0, len(rows), SLICE):
            some = {key_of(row): row for row in rows[start : start + SLICE]}
            keys |= some.keys()
            yield [one for held in self._beside(probe) for one in self._used(held, some, now)]
        for held in self._beside(probe):
            yield self._used(held, dict.fromkeys(held.used.keys() - keys), now)

    def _beside(self, probe: Probe[Any]) -> list[Held]:
        """What has rows of that probe beside its own."""
        held = self._held.values()
        return [one for one in held if one.probe.beside and one.probe.beside[0] == probe.id]

    def _used(self, held: Held, others: Mapping[Row, Row | None], now: float) -> list[Patch]:
        held.use(others)
        return self._patch(held, now) if held.sure and self.is_sent(held.probe.id) else []

    def turns(self, probes: frozenset[str]) -> bool:
        """Whether what is looked at of it is another than before."""
        return probes & self._probes.keys() != self._looked

    def want(self, probes: frozenset[str], now: float) -> tuple[list[Patch], bool]:
        """Hold rows of these besides those that are always held, others for a while.

        Returns what who begins to look is told, and whether the list has to begin anew: a probe
        that has not been read has seen nothing of it.
        """
        mine = probes & self._probes.keys()
        fresh, left = mine - self._looked, self._based(self._looked) - self._based(mine)
        self._looked = mine
        for name in fresh & self._sums.keys():
            self._sums[name].due = 0.0
        for name in left - self._always:
            self._held[name].until = now + GRACE
        needed = self._based(fresh)
        lacking = [name for name in needed if name not in self._held]
        for name in self._probes:  # those that share a `read` stand together
            if held := self._held.pop(name, None):
                self._held[name] = held
            elif name in lacking:
                self._held[name] = Held(self._probes[name])
        patches: list[Patch] = []
        for name in needed:
            self._held[name].until = None
        for name in fresh - self._sums.keys():
            held = self._held[name]
            held.worded = float("-inf")
            if name not in lacking and self.heard is not None and (held.complete or held.rows):
                patches += self._patch(held, now)
        return patches, bool(lacking)

    def forget(self, at: float) -> list[Patch]:
        """Hold nothing of this list: what comes next is another one. Returns what consoles are told
        of it: they may still have rows that were let go of here long ago.
        """
        self._held = {name: Held(self._probes[name]) for name in self._always}
        self._looked, self.heard, self.fault = _NOBODY, None, None
        patches: list[Patch] = []
        for name, probe in self._probes.items():
            places = tuple(probe.index(key) for key in probe.key)
            whole = Patch(name, self._target, at, BEAT, places, [], [], whole=True, loading=True)
            patches += [] if probe.over else [whole]
        return patches

    def let_go(self, now: float) -> None:
        """Forget what nobody has looked at for a while."""
        for name, held in list(self._held.items()):
            if held.until is not None and held.until <= now:
                del self._held[name]
            elif name not in self._looked | self._shown:
                held.lose()

    def take(self, answer: Answer, now: float) -> tuple[list[Patch], list[Sample]]:
        """Read a turn: what changed for the console, and the faults of probes that could not.

        Raises `Malformed` when it is no turn.
        """
        phase = phase_of(answer.payload)
        self.heard, self.fault = answer.at, None
        if phase is Phase.FIRST:
            for held in self._held.values():
                held.begin()
        faults = self._merge(answer) if phase not in (Phase.LISTED, Phase.BEAT) else []
        patches: list[Patch] = []
        for name, held in self._held.items():
            if phase is Phase.LISTED:
                held.listed()
            if held.sure and self.is_sent(name):
                patches += self._patch(held, now)
        if phase is Phase.LISTED:
            self._aside.note(max((len(held.rows) for held in self._held.values()), default=0))
        return patches, faults

    def is_sent(self, probe: str) -> bool:
        """Whether a console is sent it, and not only rules have it read."""
        return probe in self._looked or probe in self._shown

    def _merge(self, answer: Answer) -> list[Sample]:
        """Let every probe read a turn; returns why some could not."""
        faults: list[Sample] = []
        read: Any = None  # Any: each probe has a reading type of its own
        turn: Any = None
        for held in self._held.values():
            if not held.sure:
                continue
            probe, started = held.probe, perf_counter()
            fault: Fault | None = None
            try:
                if probe.read is not read:
                    read = None
                    turn = probe.read(answer.payload)
                    read = probe.read
                held.merge(turn)
            except TargetError as error:
                fault = fault_of(error)
            except Exception as error:  # noqa: BLE001 - a stranger's parser may raise anything
                fault = defect_of(self._target, probe.id, error)
            self._meter.parsed(probe.id, perf_counter() - started, pushed=False)
            if fault is not None:
                held.break_off()
                faults.append(self._faulty(held, fault, answer.at))
        return faults

    def _patch(self, held: Held, now: float) -> list[Patch]:
        found = held.patch(self._target, self.heard or 0.0, now)
        return [] if found is None else [found]

    def break_off(self) -> None:
        """What comes next is a list that begins anew; the rows are kept to be compared with."""
        for held in self._held.values():
            held.break_off()

    def whole(self, now: float) -> Sample | None:
        """All rows of a probe that is due to be told to rules and recorders; of the others when it
        is called again, since each takes a while. None before any is complete.

        `now` is of a monotonic clock.
        """
        for name, one in self._telling():
            held = self._held.get(one.probe.over or name)
            if held is None or not held.complete or self.heard is None or now < one.due:
                continue
            looked = name in self._looked or name not in self._paces
            pace = self.period if looked else max(self.period, self._paces[name])
            one.due = now + pace
            rows = list(held.rows.values())
            if one.probe.over:
                rows = one.probe.rows(rows, None)
            return Sample(name, self._target, self.heard, rows, None, pace)
        return None

    def _telling(self) -> Iterator[tuple[str, "Held | _Sum"]]:
        """Probes whose rows are told as a whole: not those that only others lean on."""
        for name in self._looked | self._told:
            if name in self._sums:
                yield name, self._sums[name]
            elif name in self._held:
                yield name, self._held[name]

    def is_sum(self, probe: str) -> bool:
        """Whether its rows come as a whole to consoles, too."""
        return probe in self._sums

    @property
    def due(self) -> float:
        """When the next of them is due, by that clock; infinite when none is."""
        complete = {name for name, held in self._held.items() if held.complete}
        dues = (one.due for name, one in self._telling() if (one.probe.over or name) in complete)
        return min(dues, default=float("inf"))

    def faults(self, fault: Fault, at: float) -> list[Sample]:
        """Say of all probes that are read that there is nothing new."""
        told = [one for _, one in self._telling()]
        return [self._faulty(one, fault, at) for one in told]

    def _faulty(self, held: "Held | _Sum", fault: Fault, at: float) -> Sample:
        return Sample(held.probe.id, self._target, at, None, fault, self.period)
