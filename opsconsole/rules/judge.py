"""One rule on one target: looks at every row, and keeps what is or may become an alert."""

from collections.abc import Callable, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any, cast

from opsconsole.alert import Phase
from opsconsole.clean import Clean
from opsconsole.model import Level, Row, Value
from opsconsole.rule import Measure
from opsconsole.rules import wording
from opsconsole.rules.pool import shared
from opsconsole.rules.ruling import Key, Ruling
from opsconsole.rules.state import LATELY, Move, State
from opsconsole.rules.window import Window

MOST = 200
"""Alerts of one rule on one target; a target with more of them says nothing new with each."""

REMEMBERED = 1000
"""Objects of a rule and target whose earlier alerts are kept to see flapping."""

_ENDLESS = 1e9
"""Hours until something is full that is not growing."""

_NONE = cast("dict[Any, Any]", MappingProxyType({}))
"""Of judges that have nothing to keep, which are most: one for all, and nothing goes into it."""

_UNSEEN: frozenset[Key] = frozenset()

Say = Callable[[Value, Row, Level], Clean]

Told = Callable[["Judge", State, Move], None]


class Judge:
    """Feeds rows through a rule. What happens is told at once."""

    __slots__ = (
        "_measure",
        "_only",
        "_place",
        "_say",
        "_seen",
        "_series",
        "_told",
        "_turn",
        "past",
        "ruling",
        "silent",
        "states",
        "target",
    )

    def __init__(self, ruling: Ruling, target: str, told: Told, say: Say | None = None) -> None:
        """`say` words what is wrong, for the rule of targets that do not answer at all."""
        self.ruling = ruling
        self.target = target
        self.states: dict[Key, State] = _NONE
        """Only read from outside; `adopt` puts one in."""
        self._series: dict[Key, Window] = _NONE
        self.past: dict[Key, list[float]] = _NONE
        """When objects were raised lately that are right now; `recall` puts them in."""
        self.silent = say is not None
        """Whether it is about the target not answering, which explains everything else there."""
        self._say = say
        self._told = told
        self._seen = _UNSEEN
        """Objects that were right once, where that matters."""
        self._measure = _MEASURES.get(ruling.rule.measure)
        self._place = ruling.place
        self._only: Window | None = None
        """Of the only row of a probe without a key."""
        self._turn = 0
        """Counts answers, so that a state knows the one it was in last."""

    def take(self, rows: Sequence[Row], at: float) -> None:
        """Judge all rows of an answer."""
        if self._measure is not None:
            self._take_measured(rows, at)
            return
        ruling = self.ruling
        if ruling.rule.after:
            self._note_seen(rows)
        if self.states:
            rows = self._take_known(rows, at)
        for row in ruling.hot(rows):
            key = ruling.keyed(row)
            if key not in self.states and self._may(key):
                self._begin(key, row, row[self._place], at)

    def adopt(self, state: State) -> None:
        """Take in an object as it was."""
        if self.states is _NONE:
            self.states = {}
        self.states[state.key] = state

    def recall(self, key: Key, raises: list[float]) -> None:
        """Take in when an object was raised that is right now."""
        if self.past is _NONE:
            self.past = {}
        self.past[key] = raises

    def take_one(self, row: Row, at: float) -> None:
        """The same for a measure of the only row of an answer, which comes often."""
        value = row[self._place]
        if value is None or self._measure is None:
            self.take([row], at)
            return
        window = self._only or self._window(())
        self._weigh(self._measure(self.ruling, window, at, value), row, at)  # type: ignore[arg-type]

    def take_sum(self, total: float, times: int, row: Row, at: float) -> None:
        """The same of a mean, for several answers at once: their sum, and the newest row."""
        window = self._only or self._window(())
        window.add(at, total, times)
        self._weigh(window.mean(at), row, at)

    def _weigh(self, now: float | None, row: Row, at: float) -> None:
        ruling, state = self.ruling, self.states.get(())
        if state is not None:
            self._follow(state, row, now, at)
        elif now is not None and (now >= ruling.first if ruling.high else now <= ruling.first):
            self._begin((), row, now, at)

    def _follow(self, state: State, row: Row, now: float | None, at: float) -> None:
        """Move a known object by what was measured; nothing while its window is not full yet."""
        if now is None:
            state.heard = at  # the data flows, and says nothing
        elif state.low < now < state.high:
            state.go_on(now, row, at)
        else:
            self._observe(state, row, now, at)

    def _take_measured(self, rows: Sequence[Row], at: float) -> None:
        ruling, place, first, high = (
            self.ruling,
            self.ruling.place,
            self.ruling.first,
            self.ruling.high,
        )
        states, measure = self.states, self._measure
        assert measure is not None
        keyed, known = ruling.keyed, bool(states)
        self._turn = turn = self._turn + 1
        for row in rows:
            value, key = row[place], keyed(row)
            state = states.get(key) if known else None
            if state is not None:
                again, state.turn = state.turn == turn, turn
                if again:
                    continue
            if value is None:
                continue
            window = (self._series.get(key) if ruling.key else self._only) or self._window(key)
            now = measure(ruling, window, at, value)  # type: ignore[arg-type]
            if state is not None:
                self._follow(state, row, now, at)
            elif now is not None and (now >= first if high else now <= first) and self._may(key):
                self._begin(key, row, now, at)
        if len(self._series) > 2 * len(rows) + 8:
            self._forget(rows)
        if known:
            self._miss(at)

    def _window(self, key: Key) -> Window:
        """A window that is new, of an object or of the only row."""
        window = Window(self.ruling.rule.window_s)
        if not self.ruling.key:
            self._only = window
            return window
        if self._series is _NONE:
            self._series = {}
        self._series[shared(key)] = window
        return window

    def _take_known(self, rows: Sequence[Row], at: float) -> list[Row]:
        """Move every known object by its row, or by its absence; returns rows of no known one."""
        place, keyed, states = self.ruling.place, self.ruling.keyed, self.states
        words = bool(self.ruling.words)
        self._turn = turn = self._turn + 1
        others: list[Row] = []
        for row in rows:
            state = states.get(keyed(row))
            if state is None:
                others.append(row)
                continue
            if state.turn == turn:  # a key that comes twice: the first row counts
                continue
            state.turn = turn
            value = row[place]
            if value is None:
                continue
            if not words and state.low < value < state.high:  # type: ignore[operator]
                state.go_on(value, row, at)
            else:
                self._observe(state, row, value, at)
        self._miss(at)
        return others

    def _miss(self, at: float) -> None:
        """Note known objects that this answer did not name."""
        turn = self._turn
        for state in [one for one in self.states.values() if one.turn != turn]:
            self._vanished(state, at)

    def _begin(self, key: Key, row: Row, value: Value, at: float) -> None:
        up = self.ruling.raised(value, row)
        if up is Level.OK or len(self.states) >= MOST:
            return
        raises = self.past.pop(key, []) if self.past else []
        state = State(key, wording.object_of(key), raises)
        state.called = wording.called(self.ruling, row)
        self.adopt(state)
        state.turn = self._turn
        self._observe(state, row, value, at)

    def _observe(self, state: State, row: Row, value: Value, at: float) -> None:
        ruling = self.ruling
        up = ruling.raised(value, row)
        kept = ruling.kept(value, row, state.level) if state.level > up else up
        if state.steadily == (up, kept):
            state.go_on(value, row, at)
            return
        state.gone = False
        move = state.observe(ruling.rule, up, kept, at)
        state.go_on(value, row, at)
        if state.steady(up, kept):
            state.steadily = up, kept
            if not isinstance(value, str | None):
                known = ruling.between(value, state.level)
                state.low, state.high = known or (state.low, state.high)
        self._after(state, move)

    def why(self, state: State) -> Clean:
        """What is wrong, in words: found when somebody wants to read them."""
        if state.row is not None:
            over = state.phase is Phase.RESOLVED
            level = Level.OK if over else state.shown
            if self._say is None:
                state.why = wording.why(self.ruling, state.value, state.row, level)
            else:
                state.why = self._say(state.value, state.row, level)
            state.row = None
        return state.why

    def _vanished(self, state: State, at: float) -> None:
        """The row is not there any more, which is an answer and no fault."""
        state.gone = True
        move = state.observe(self.ruling.rule, Level.OK, Level.OK, at)
        state.row, state.why = None, Clean("it is not there any more")
        self._after(state, move)

    def _after(self, state: State, move: Move) -> None:
        if move in {Move.ENDED, Move.CLEARED}:
            del self.states[state.key]
            if state.raises:
                self.recall(state.key, state.raises)
                self._bound_past()
        if move is not Move.ENDED and move is not Move.NONE:
            self._told(self, state, move)

    def lose(self, at: float) -> None:
        """The probe has no data any more."""
        for state in list(self.states.values()):
            if state.lose(at):
                self._told(self, state, Move.NONE)
            elif not state.active:
                del self.states[state.key]

    def shift(self, seconds: float) -> None:
        """Move what is measured in durations: the clock was set, or we stood still."""
        for state in self.states.values():
            state.shift(seconds)
        for window in (*self._series.values(), *([self._only] if self._only else [])):
            window.shift(seconds)

    def _may(self, key: Key) -> bool:
        return not self.ruling.rule.after or key in self._seen

    def _note_seen(self, rows: Sequence[Row]) -> None:
        place, after = self.ruling.place, self.ruling.rule.after
        seen = {self.ruling.keyed(row) for row in rows if row[place] in after}
        if not seen <= self._seen:
            self._seen = shared(self._seen | {shared(key) for key in seen})

    def _forget(self, rows: Sequence[Row]) -> None:
        there = {self.ruling.keyed(row) for row in rows}
        self._series = {key: one for key, one in self._series.items() if key in there}

    def _bound_past(self) -> None:
        if len(self.past) > REMEMBERED:
            for key in list(islice(self.past, len(self.past) - REMEMBERED)):
                del self.past[key]

    def forget_past(self, now: float) -> None:
        """Let go of alerts that are too long ago to count."""
        self.past = {key: at for key, at in self.past.items() if now - at[-1] < LATELY}


def _mean(_ruling: Ruling, window: Window, at: float, value: float) -> float | None:
    window.add(at, value)
    return window.mean(at)


def _increase(_ruling: Ruling, window: Window, at: float, value: float) -> float | None:
    window.add(at, value)
    return window.total


def _hours(ruling: Ruling, window: Window, at: float, value: float) -> float | None:
    window.add(at, value)
    slope = window.slope(at)
    if slope is None:
        return None
    left = ruling.rule.toward - value
    if slope == 0 or left * slope < 0:
        return _ENDLESS
    return min(left / slope / 3600, _ENDLESS)


def _ratio(_ruling: Ruling, window: Window, at: float, value: float) -> float | None:
    before = window.past(at)
    window.add(at, value)
    return value / before if before is not None and before > 0 else None


def _rise(_ruling: Ruling, window: Window, at: float, value: float) -> float | None:
    window.add(at, value)
    lowest = window.lowest()
    return None if lowest is None else value - lowest


_MEASURES: dict[Measure, Callable[[Ruling, Window, float, float], float | None]] = {
    Measure.MEAN: _mean,
    Measure.INCREASE: _increase,
    Measure.HOURS: _hours,
    Measure.RATIO: _ratio,
    Measure.RISE: _rise,
}
