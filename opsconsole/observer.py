"""Sees in what targets answer that something happened: lost, returned, rebooted, changed."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.model import Level, Row, Sample, Target
from opsconsole.shelf import Parcel, Shelf
from opsconsole.spec import Integration, News


class Observer:
    """Hears all samples; remembers of each target how it was. Bounded by what targets answer."""

    def __init__(self, targets: Iterable[Target], integrations: Mapping[str, Integration]) -> None:
        """`integrations` by kind."""
        self._pulses = {known.kind: _pulse(known) for known in integrations.values()}
        self._kinds = {target.id: target.kind for target in targets}
        self._news: dict[str, list[News]] = {}
        for known in integrations.values():
            for news in known.news:
                self._news.setdefault(news.probe, []).append(news)
        self._lost: dict[str, float] = {}
        self._by_kind = {known.kind: known.news for known in integrations.values()}
        self._shelf = Shelf()
        self._before: dict[tuple[str, str], tuple[Parcel, float]] = {}

    def remember(self, samples: Iterable[Sample]) -> list[Occurrence]:
        """Take these as what was before: the end of a recording.

        Returns what happened since, on targets that have answered already.
        """
        found: list[Occurrence] = []
        for sample in samples:
            pair = (sample.probe, sample.target)
            if sample.rows is None or sample.probe not in self._news:
                continue
            if pair not in self._before:
                self._before[pair] = (self._shelf.pack(sample.rows), sample.at)
            elif self._before[pair][1] > sample.at:
                now, at = self._before[pair]
                found += self._tell(pair, at, sample.rows, self._shelf.unpack(now))
        return found

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """(probe, target) of all that is compared with what was before."""
        return [
            (news.probe, target)
            for target, kind in self._kinds.items()
            for news in self._by_kind.get(kind, ())
        ]

    def hear(self, samples: Sequence[Sample]) -> list[Occurrence]:
        """What happened, by these samples, in their order."""
        found: list[Occurrence] = []
        for sample in samples:
            if sample.probe == self._pulses.get(self._kinds.get(sample.target, ""), ""):
                found += self._pulse(sample)
            if sample.rows is not None and sample.probe in self._news:
                found += self._compare(sample, sample.rows)
        return found

    def _pulse(self, sample: Sample) -> list[Occurrence]:
        """Lost when it does not answer, whatever the reason, and back when it does."""
        since = self._lost.get(sample.target)
        if sample.fault is None:
            self._lost.pop(sample.target, None)
            if since is None:
                return []
            text = clean(f"answers again, after {_long(sample.at - since)}")
            return [Occurrence(sample.at, "watch", sample.target, Clean(""), Level.OK, text)]
        if since is not None:
            return []
        self._lost[sample.target] = sample.at
        said = sample.fault.message.removeprefix(f"{sample.target}: ")
        text = clean(f"no answer: {sample.fault.kind}: {said}")
        return [Occurrence(sample.at, "watch", sample.target, Clean(""), Level.CRIT, text)]

    def _compare(self, sample: Sample, rows: Sequence[Row]) -> list[Occurrence]:
        pair = (sample.probe, sample.target)
        now, before = self._shelf.pack(rows), self._before.get(pair)
        self._before[pair] = (now, sample.at)
        if before is None or before[0] == now:
            return []
        return self._tell(pair, sample.at, self._shelf.unpack(before[0]), rows)

    def _tell(
        self, pair: tuple[str, str], at: float, before: Sequence[Row], now: Sequence[Row]
    ) -> list[Occurrence]:
        probe, target = pair
        return [
            one if one.ref else msgspec.structs.replace(one, ref=probe)
            for news in self._news[probe]
            for one in news.tell(target, at, before, now)
        ]


def _pulse(known: Integration) -> str:
    """The probe whose fault means that the target is lost: of what it pushes, if it does."""
    pushed = {exchange.name for exchange in known.exchanges if exchange.pushed}
    always = [probe for probe in known.probes if not probe.on_demand]
    first = [probe for probe in always if probe.exchange in pushed] or always
    return first[0].id if first else ""


def _long(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
