"""What judging 10,000 rules x objects costs per tick, against the straightforward way.

Run: `python -m benchmarks.rules [--rounds 30]`; prints JSON, milliseconds of CPU per tick. 100
hosts answer once per tick: 20 rules on the one row of a probe (12 on the newest value, 6 on a mean
over 10 min, a count within 30 min, a value against its past) and 4 on each of 20 rows of another
(two bounds with a guard, words, hours to full). `engine` is `rules.Engine`: hearing all samples
and one tick. `plain` does the same sums as one would at first: rows become dicts, every rule is
looked up by name, every window is a list of moments and values. `quiet` has nothing wrong,
`alarmed` has values over limits on every tenth host, `burning` on all hosts and rows, another one
at each tick. The best round counts; they alternate within one run. `worst` is the dearest of all
ticks since the start: the one in which most alerts are raised at once, 2,000 of `burning`.
"""

import argparse
import json
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from opsconsole.clean import Clean, clean
from opsconsole.model import Column, Level, Quantity, Row, Sample, Target
from opsconsole.rule import Bound, Condition, Measure, Rule
from opsconsole.rules import Engine, Subject
from opsconsole.spec import Probe

HOSTS, ROWS = 100, 20
START = 1_000_000.0
PERIOD = 10.0
WARM = 100
"""Ticks before the first that counts: windows are full then, as in a collector that has run."""

VALUES = tuple(f"value{number}" for number in range(20))
OK = Clean("ok")


def _probe(name: str, columns: tuple[str, ...], key: tuple[str, ...]) -> Probe[Any]:
    made = tuple(Column(one, one.upper(), Quantity.NUMBER, "benchmark") for one in columns)
    return Probe(name, name, "fast", made, key, lambda _: None, lambda _now, _before: [])


ONE = _probe("box.one", VALUES, ())
MANY = _probe("box.many", ("name", "used", "free", "inodes", "state"), ("name",))


def _rule(name: str, probe: str, column: str, **more: Any) -> Rule:  # Any: fields of Rule
    return Rule(f"box.{name}", name, "", probe, column, "benchmark", ("look",), **more)


def rules() -> tuple[Rule, ...]:
    """24 of them."""
    high = {"warn": Bound(85, 75), "crit": Bound(95, 85)}
    found = [_rule(f"newest-{one}", ONE.id, VALUES[one], **high, for_s=60) for one in range(12)]
    mean: dict[str, Any] = {"measure": Measure.MEAN, "window_s": 600.0, **high}
    found += [_rule(f"mean-{one}", ONE.id, VALUES[one], **mean) for one in range(12, 18)]
    count = Bound(1e9, 1e9)
    found.append(
        _rule("sum", ONE.id, VALUES[18], measure=Measure.INCREASE, window_s=1800.0, warn=count)
    )
    past: dict[str, Any] = {"measure": Measure.RATIO, "window_s": 600.0, "warn": Bound(3, 2)}
    found.append(_rule("ratio", ONE.id, VALUES[19], **past))
    little = Bound(98, 96, (Condition("free", "<", 5.0),))
    found.append(_rule("full", MANY.id, "used", warn=Bound(90, 88), crit=little))
    found.append(_rule("inodes", MANY.id, "inodes", warn=Bound(90, 88), crit=Bound(98, 96)))
    found.append(_rule("state", MANY.id, "state", words={"hung": Level.CRIT}))
    hours: dict[str, Any] = {"measure": Measure.HOURS, "window_s": 3600.0, "warn": Bound(8, 48)}
    found.append(_rule("hours", MANY.id, "used", **hours))
    return tuple(found)


def samples(tick: int, shape: str) -> list[Sample]:
    """What all hosts answer at a tick."""
    most = 20 if shape == "burning" else 2
    at = START + PERIOD * tick
    more = tick % 5 / 10
    found: list[Sample] = []
    for host in range(HOSTS):
        bad = shape == "burning" or (shape == "alarmed" and host % 10 == 0)
        one: Row = tuple(
            [96.0 + more if bad and n < most else 20.0 + (host + tick + n) % 30 for n in range(20)]
        )
        many: list[Row] = [
            (NAMES[n], 97.0 + more if bad and n < most else 30.0 + n, 50.0, 10.0 + n, OK)
            for n in range(ROWS)
        ]
        found.append(Sample(ONE.id, f"h{host}", at, [one], None, PERIOD))
        found.append(Sample(MANY.id, f"h{host}", at, many, None, PERIOD))
    return found


NAMES = [clean(f"row{number}") for number in range(ROWS)]


def engine() -> Engine:
    """The engine, with nothing heard yet."""
    all_rules, probes = rules(), {ONE.id: ONE, MANY.id: MANY}
    hosts = (Target(f"h{host}", "box", "none") for host in range(HOSTS))
    return Engine([Subject(host, probes, all_rules, PERIOD) for host in hosts], START)


class Plain:
    """The reference: no shared work, no short cut, the same answers."""

    def __init__(self) -> None:
        self.by_probe = {
            probe.id: [one for one in rules() if one.probe == probe.id] for probe in (ONE, MANY)
        }
        self.probes = {ONE.id: ONE, MANY.id: MANY}
        self.windows: dict[tuple[object, ...], deque[tuple[float, float]]] = {}
        self.since: dict[tuple[object, ...], float] = {}
        self.levels: dict[tuple[object, ...], Level] = {}

    def hear(self, heard: list[Sample]) -> None:
        """Judge all samples."""
        for sample in heard:
            probe = self.probes[sample.probe]
            names = [column.key for column in probe.columns]
            for row in sample.rows or ():
                values = dict(zip(names, row, strict=True))
                key = tuple(values[name] for name in probe.key)
                for rule in self.by_probe[sample.probe]:
                    self._judge(rule, (rule.id, sample.target, key), values, sample.at)

    def _judge(
        self, rule: Rule, name: tuple[object, ...], values: dict[str, Any], at: float
    ) -> None:
        value = values[rule.column]
        if rule.words:
            level = rule.words.get(value, Level.OK)
        else:
            measured = self._measure(rule, name, value, at)
            level = Level.OK if measured is None else self._level(rule, name, values, measured)
        if level is Level.OK:
            self.since.pop(name, None)
        elif at - self.since.setdefault(name, at) < rule.for_s:
            level = Level.OK
        self.levels[name] = level

    def _level(
        self, rule: Rule, name: tuple[object, ...], values: dict[str, Any], value: float
    ) -> Level:
        for level, bound in ((Level.CRIT, rule.crit), (Level.WARN, rule.warn)):
            if bound is None:
                continue
            limit = bound.cleared if self.levels.get(name, Level.OK) >= level else bound.raised
            high = bound.cleared <= bound.raised
            if (value >= limit if high else value <= limit) and all(
                values[guard.column] < guard.value for guard in bound.guards
            ):
                return level
        return Level.OK

    def _measure(
        self, rule: Rule, name: tuple[object, ...], value: float, at: float
    ) -> float | None:
        if rule.measure is Measure.NEWEST:
            return value
        window = self.windows.setdefault(name, deque())
        past = sum(one for _, one in window) / len(window) if window else None
        window.append((at, value))
        while window[0][0] < at - rule.window_s:
            window.popleft()
        match rule.measure:
            case Measure.MEAN:
                return sum(one for _, one in window) / len(window)
            case Measure.INCREASE:
                return sum(one for _, one in window)
            case Measure.RATIO:
                return value / past if past else None
            case _:
                return self._hours(rule, window, value)

    def _hours(self, rule: Rule, window: deque[tuple[float, float]], value: float) -> float | None:
        count = len(window)
        mean_x = sum(x for x, _ in window) / count
        mean_y = sum(y for _, y in window) / count
        spread = sum((x - mean_x) ** 2 for x, _ in window)
        slope = sum((x - mean_x) * (y - mean_y) for x, y in window) / spread if spread else 0.0
        return (rule.toward - value) / slope / 3600 if slope > 0 else 1e9


def cost(work: Callable[[], object]) -> float:
    """CPU of one call, milliseconds."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    judged = HOSTS * (20 + 4 * ROWS)
    told: dict[str, object] = {}
    for name in ("quiet", "alarmed", "burning"):
        ours, plain = engine(), Plain()
        ticks: list[tuple[float, float]] = []
        for tick in range(1, WARM + rounds):
            heard = samples(tick, name)
            spent = cost(partial(ours.hear, heard))
            spent += cost(partial(ours.tick, START + PERIOD * tick))
            ticks.append((spent, cost(partial(plain.hear, heard))))
        worst = max(spent for spent, _ in ticks)
        ticks = ticks[WARM:]
        best, reference = (min(column) for column in zip(*ticks, strict=True))
        told[name] = {
            "engine": round(best, 2),
            "median": round(sorted(one for one, _ in ticks)[len(ticks) // 2], 2),
            "worst": round(worst, 2),
            "plain": round(reference, 2),
            "ratio": round(best / reference, 3),
            "ns_per_rule_and_object": round(best / judged * 1e6),
            "alerts": len(ours.open),
        }
    print(json.dumps({"unit": "ms CPU per tick", "rules_x_objects": judged, **told}, indent=2))


if __name__ == "__main__":
    main()
