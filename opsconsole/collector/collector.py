"""The collector: a watch per target, what the console looks at, and the ledger."""

import asyncio
import os
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from opsconsole import __version__
from opsconsole.clean import clean
from opsconsole.collector.hands import Hands, Ways
from opsconsole.collector.lane import by_exchange
from opsconsole.collector.meter import Usage
from opsconsole.collector.placing import placed
from opsconsole.collector.watch import Watch
from opsconsole.collector.wheel import Wheel
from opsconsole.errors import BusClosed, UsageError
from opsconsole.model import Fault, Sample, Target
from opsconsole.ports import (
    Call,
    CollectorEnd,
    Hello,
    Interest,
    Ledger,
    Patch,
    Patches,
    Refresh,
    Samples,
)
from opsconsole.spec import Integration

LEDGER = 5.0
"""Seconds between ledgers."""

SPREAD = 0.004
"""Seconds of jitter per target over which the first sessions are opened: a thousand hosts neither
shake hands nor push in step, and a few wait for nothing."""

LONGEST_SPREAD = 10.0

RARE_SPREAD, LONGEST_RARE_SPREAD = 0.3, 300.0
"""The same for the first rare answers, which are large: many at once are felt, and leave the
memory of the process in pieces."""

NO_PACES: Mapping[str, float] = MappingProxyType({})


class Collector:
    """Asks all targets and publishes what they say. Made and run on one event loop."""

    def __init__(
        self,
        targets: Iterable[Target],
        integrations: Mapping[str, Integration],
        transports: Ways,
        bus: CollectorEnd,
        *,
        call: Callable[[Call], None] | None = None,
        hear: Sequence[Callable[[list[Sample]], None]] = (),
        paces: Mapping[str, Mapping[str, float]] = MappingProxyType({}),
        rng: random.Random | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`call` takes what the console calls for; without it calls are left unanswered. Each of
        `hear` gets all samples on their way to the bus, and those that only they need: `paces` has
        the seconds of on-demand probes by target and probe. It must not block.

        Raises `UsageError` for a target of a kind that no integration knows.
        """
        self._bus = bus
        self._call = call
        self._hear = tuple(hear)
        self._wall = wall
        self._wheel = Wheel()
        self._usage = Usage()
        self._rng = rng or random.Random()  # noqa: S311 - jitter is no secret
        self._watches: dict[str, Watch] = {}
        self._watch(list(targets), integrations, transports, paces)
        self._wanted: dict[str, frozenset[str]] = {}
        self._chosen: dict[str, dict[str, str]] = {}
        self._quiet = frozenset(
            probe.id for known in integrations.values() for probe in known.probes if probe.quiet
        )

    def _watch(
        self,
        targets: Sequence[Target],
        integrations: Mapping[str, Integration],
        transports: Ways,
        paces: Mapping[str, Mapping[str, float]],
    ) -> None:
        spread = min(LONGEST_RARE_SPREAD, RARE_SPREAD * (len(targets) - 1))
        told = self._publish, self._patch, self._rng.uniform, self._wall, self._tell
        hands = Hands(self._wheel, transports, *told, spread)
        questions = {
            kind: by_exchange(placed(known, targets)) for kind, known in integrations.items()
        }
        for target in targets:
            if target.kind not in integrations:
                raise UsageError(f"{target.id}: no integration knows a {target.kind!r}")
            script = integrations[target.kind].script
            self._watches[target.id] = Watch(
                target, script, questions[target.kind], hands, paces.get(target.id, NO_PACES)
            )

    async def run(self) -> str:
        """Watch until the console is gone; returns how that was said. Then comes `close`."""
        self._bus.publish(Hello(os.getpid(), __version__, list(self._watches)))
        spread = min(LONGEST_SPREAD, SPREAD * (len(self._watches) - 1))
        for watch in self._watches.values():
            watch.start(self._rng.uniform(0.0, spread))
        self._wheel.after(LEDGER, self._report)
        try:
            while True:
                self._obey(await self._bus.receive())
        except BusClosed as error:
            return str(error)

    async def close(self) -> None:
        """End every session, all at once."""
        self._wheel.close()
        await asyncio.gather(*(watch.close() for watch in self._watches.values()))

    def _obey(self, message: Interest | Refresh | Call) -> None:
        match message:
            case Interest(pairs, subjects):
                self._look_at(pairs, subjects)
            case Refresh(targets):
                for target in targets:
                    if target in self._watches:
                        self._watches[target].refresh()
            case Call():
                if self._call is not None:
                    self._call(message)

    def _look_at(
        self, pairs: Iterable[tuple[str, str]], subjects: Iterable[tuple[str, str, str]]
    ) -> None:
        looked: dict[str, set[str]] = {}
        for probe, target in pairs:
            if target in self._watches:
                looked.setdefault(target, set()).add(probe)
            else:
                self._disown(probe, target)
        wanted = {target: frozenset(probes) for target, probes in looked.items()}
        chosen: dict[str, dict[str, str]] = {}
        for probe, target, subject in subjects:
            chosen.setdefault(target, {})[probe] = subject
        before, self._wanted = self._wanted, wanted
        of, self._chosen = self._chosen, chosen
        for target in before.keys() | wanted.keys():
            probes, now = wanted.get(target, frozenset()), chosen.get(target, {})
            if probes != before.get(target, frozenset()) or now != of.get(target, {}):
                self._watches[target].want(probes, now)

    def _disown(self, probe: str, target: str) -> None:
        fault = Fault("unsupported", clean(f"{target}: no such target here"), clean(""))
        self._publish([Sample(probe, target, self._wall(), None, fault, 60.0)])

    def _tell(self, samples: list[Sample]) -> None:
        for heard in self._hear:
            heard(samples)

    def _publish(self, samples: list[Sample]) -> None:
        self._tell(samples)
        if self._quiet:
            samples = [s for s in samples if s.probe not in self._quiet or self._is_wanted(s)]
        if samples:
            self._bus.publish(Samples(samples))

    def _patch(self, patches: list[Patch]) -> None:
        self._bus.publish(Patches(patches))

    def _is_wanted(self, sample: Sample) -> bool:
        return sample.probe in self._wanted.get(sample.target, ())

    def _report(self) -> None:
        self._wheel.after(LEDGER, self._report)
        self._bus.publish(
            Ledger(
                cpu_percent=self._usage.cpu_percent(),
                rss_bytes=self._usage.rss_bytes(),
                dropped=self._bus.dropped,
                costs=[watch.cost() for watch in self._watches.values()],
            )
        )
