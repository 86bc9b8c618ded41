"""What is told of alerts at a tick: what changed at once, new values of the others in turn."""

from collections.abc import Callable, Mapping

from opsconsole.alert import Alert
from opsconsole.match import Named
from opsconsole.rules.judge import Judge
from opsconsole.rules.state import State

Open = Mapping[str, tuple[Judge, State]]
"""Alerts that are not over, by id."""

FRESH = 5.0
"""Seconds between two tellings of an alert of which only the value changed."""

COURSE = 60.0
"""The same of an alert whose value did not change: its course goes on."""

AT_ONCE = 200
"""New values told in one tick; more alerts than that wait for their turn, the others' are older."""


class News:
    """Collects what changed until it is asked for; knows when each alert was told last."""

    def __init__(self, covering: Callable[[Named], str]) -> None:
        """`covering` is the id of the silence that names something; empty when none does."""
        self._covering = covering
        self._over: dict[str, Alert] = {}
        self._again: dict[str, None] = {}
        """Ids of alerts of which something besides the value changed, in the order of it."""
        self._turn: list[str] = []
        """Ids whose value is looked at next, from the end."""

    def again(self, id_: str) -> None:
        """Something besides the value of an alert changed."""
        self._again[id_] = None

    def over(self, id_: str, alert: Alert) -> None:
        """An alert is told for the last time."""
        self._over[id_] = alert
        self._again.pop(id_, None)

    def gather(self, open_: Open, now: float, *, hushed: bool) -> list[Alert]:
        """All that is to be told now; `hushed` when a silence began or ended."""
        told, self._over = list(self._over.values()), {}
        again, self._again = self._again, {}
        if hushed:
            again |= dict.fromkeys(self._hushed(open_))
        told += [self._told(id_, open_, now) for id_ in again if id_ in open_]
        return told + [self._told(id_, open_, now) for id_ in self._due(open_, now)]

    def _hushed(self, open_: Open) -> list[str]:
        return [
            id_
            for id_, (judge, state) in open_.items()
            if self._covering(named(judge, state)) != state.silenced
        ]

    def _due(self, open_: Open, now: float) -> list[str]:
        """Whose value is to be told anew: in turn, so that a storm costs no tick too much."""
        if not self._turn:
            self._turn = list(open_)[::-1]
        turn, due = self._turn, list[str]()
        while turn and len(due) < AT_ONCE:
            id_ = turn.pop()
            if (known := open_.get(id_)) is None:
                continue
            state = known[1]
            wait = COURSE if state.value == state.told else FRESH
            if not 0 <= now - state.told_at < wait:
                due.append(id_)
        return due

    def _told(self, id_: str, open_: Open, now: float) -> Alert:
        judge, state = open_[id_]
        alert = self.alert(id_, judge, state)
        state.told, state.told_at, state.silenced = state.value, now, alert.silenced
        return alert

    def alert(self, id_: str, judge: Judge, state: State) -> Alert:
        """An alert as it stands."""
        ruling, level, value = judge.ruling, state.shown, state.value
        rule = ruling.rule
        return Alert(
            id=id_,
            rule=rule.id,
            target=judge.target,
            object=state.object,
            called=state.called,
            key=state.key,
            probe=ruling.probe,
            column=rule.column,
            level=level,
            phase=state.phase,
            since=state.since,
            changed=state.changed,
            title=ruling.title,
            why=judge.why(state),
            value=None if value is None or isinstance(value, str) else float(value),
            limit=ruling.limit(level),
            remedies=rule.remedies,
            source=ruling.source,
            acknowledged=state.acknowledged,
            silenced=self._covering(named(judge, state)),
            cause=state.cause,
            flapping=state.flapping,
            times=max(1, len(state.raises)),
            course=tuple(state.course.values),
        )


def named(judge: Judge, state: State) -> Named:
    """What filters ask of an alert."""
    return Named(judge.target, judge.ruling.rule.id, state.object, state.shown)
