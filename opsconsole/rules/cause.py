"""Which alert explains which: on the same target, or on what the target stands on."""

from collections.abc import Iterator, Mapping, Sequence

from opsconsole.model import Level
from opsconsole.rules.judge import Judge
from opsconsole.rules.state import State

Open = Mapping[str, tuple[Judge, State]]
"""Alerts that are not over, by id."""

_Known = list[tuple[str, Judge, State]]


class Causes:
    """Keeps `State.cause` right; recomputes only where something was raised or cleared."""

    def __init__(self, stands_on: Mapping[str, Sequence[str]]) -> None:
        self._under = {name: _reached(name, stands_on) for name in stands_on}
        """All that a target stands on, the nearest first."""
        self._over: dict[str, set[str]] = {}
        for name, below in self._under.items():
            for one in below:
                self._over.setdefault(one, set()).add(name)
        self._touched: set[str] = set()
        self._lost: frozenset[str] = frozenset()
        self._why = ""

    def under(self, target: str) -> Sequence[str]:
        """All that a target stands on."""
        return self._under.get(target, ())

    def raised(self, target: str) -> None:
        """Something on a target came up or changed its level."""
        self._touched.add(target)
        self._touched |= self._over.get(target, set())

    def cleared(self, target: str) -> None:
        """Something on a target is over."""
        self.raised(target)

    def outage(self, lost: frozenset[str], why: str) -> None:
        """The silence of these targets is explained by that alert, if by none of the estate."""
        if (lost, why) != (self._lost, self._why):
            for name in lost ^ self._lost:
                self.raised(name)
            self._lost, self._why = lost, why

    def settle(self, open_: Open) -> Iterator[str]:
        """Find causes anew where that is needed; yields ids of alerts whose cause changed."""
        if not self._touched:
            return
        by_target: dict[str, _Known] = {}
        for id_, (judge, state) in open_.items():
            by_target.setdefault(judge.target, []).append((id_, judge, state))
        nearest = {
            id_: found
            for id_, (judge, _) in open_.items()
            if (found := self._nearest(id_, judge, by_target))
        }
        for id_, (judge, state) in open_.items():
            if judge.target in self._touched:
                cause = _root(id_, nearest)
                if cause != state.cause:
                    state.cause = cause
                    yield id_
        self._touched = set()

    def _nearest(self, id_: str, judge: Judge, by_target: Mapping[str, _Known]) -> str:
        rule = judge.ruling.rule
        if not judge.silent:
            found = _first(by_target.get(judge.target, ()), rule.depends_on, id_)
            if found:
                return found
        for below in self._under.get(judge.target, ()):
            known = by_target.get(below, ())
            found = _first(known, rule.depends_on, id_)
            if not found and judge.silent:
                found = next((one for one, _, s in known if s.shown is Level.CRIT), "")
            if found:
                return found
        return self._why if judge.silent and judge.target in self._lost else ""


def _first(known: Sequence[tuple[str, Judge, State]], rules: Sequence[str], but: str) -> str:
    """A silent target explains everything there; otherwise one of the rules named."""
    silent = next((id_ for id_, judge, _ in known if judge.silent and id_ != but), "")
    if silent or not rules:
        return silent
    return next(
        (id_ for id_, judge, _ in known if judge.ruling.rule.id in rules and id_ != but), ""
    )


def _root(id_: str, nearest: Mapping[str, str]) -> str:
    """The last one of a chain; empty where there is none, or it runs in a circle."""
    seen = {id_}
    last = ""
    while (found := nearest.get(last or id_, "")) and found not in seen:
        seen.add(found)
        last = found
    return last


def _reached(name: str, stands_on: Mapping[str, Sequence[str]]) -> list[str]:
    reached: list[str] = []
    ahead = list(stands_on[name])
    while ahead:
        one = ahead.pop(0)
        if one not in reached and one != name:
            reached.append(one)
            ahead += stands_on.get(one, ())
    return reached
