"""One rule on one target: looks at every row, and keeps what is or may become an alert."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from opsconsole.alert import Phase
from opsconsole.clean import Clean
from opsconsole.model import Level, Row, Value
from opsconsole.rule import Measure
from opsconsole.rules import wording
from opsconsole.rules.ruling import Key, Ruling
from opsconsole.rules.state import LATELY, Move, State
from opsconsole.rules.window import Window

MOST = 200
"""Alerts of one rule on one target; a target with more of them says nothing new with each."""

REMEMBERED = 1000
"""Objects of a rule and target whose earlier alerts are kept to see flapping."""

_ENDLESS = 1e9
"""Hours until something is full that is not growing."""

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
        "_told",
        "past",
        "ruling",
        "series",
        "silent",
        "states",
        "target",
    )

    def __init__(self, ruling: Ruling, target: str, told: Told, say: Say | None = None) -> None:
        """`say` words what is wrong, for the rule of targets that do not answer at all."""
        self.ruling = ruling
        self.target = target
        self.states: dict[Key, State] = {}
        self.series: dict[Key, Window] = {}
        self.past: dict[Key, list[float]] = {}
        """When objects were raised lately that are right now."""
        self.silent = say is not None
        """Whether it is about the target not answering, which explains everything else there."""
        self._say = say
        self._told = told
        self._seen: set[Key] | None = set() if ruling.rule.after else None
        """Objects that were right once, where that matters."""
        self._measure = _MEASURES.get(ruling.rule.measure)
        self._place = ruling.place
        self._only: Window | None = None
        """Of the only row of a probe without a key."""

    def take(self, rows: Sequence[Row], at: float) -> None:
        """Judge all rows of an answer."""
        ruling, place, first = self.ruling, self.ruling.place, self.ruling.first
        if self._measure is not None:
            self._take_measured(rows, at)
            return
        hot: Iterable[Row]
        # This line runs for every row of every rule: what is right must cost next to nothing.
        if ruling.words:
            words = ruling.words
            if self._seen is not None:
                self._note_seen(rows, self._seen)
            hot = [row for row in rows if row[place] in words]
        elif ruling.high:
            hot = [row for row in rows if (v := row[place]) is not None and v >= first]  # type: ignore[operator]
        else:
            hot = [row for row in rows if (v := row[place]) is not None and v <= first]  # type: ignore[operator]
        if self.states:
            self._take_known(rows, at)
        for row in hot:
            key = self._key(row)
            if key not in self.states and self._may(key):
                self._begin(key, row, row[place], at)

    @property
    def plain(self) -> bool:
        """Whether it compares the newest number of a row, and nothing else."""
        return self._measure is None and not self.ruling.words

    def take_one(self, row: Row, at: float) -> None:
        """The same for a measure of the only row of an answer, which comes often."""
        value = row[self._place]
        if value is None or self._measure is None:
            self.take([row], at)
            return
        window = self._only
        if window is None:
            window = self._only = self.series[()] = Window(self.ruling.rule.window_s)
        self._weigh(self._measure(self.ruling, window, at, value), row, at)  # type: ignore[arg-type]

    def take_sum(self, total: float, times: int, row: Row, at: float) -> None:
        """The same of a mean, for several answers at once: their sum, and the newest row."""
        window = self._only
        if window is None:
            window = self._only = self.series[()] = Window(self.ruling.rule.window_s)
        window.add(at, total, times)
        self._weigh(window.mean(at), row, at)

    def _weigh(self, now: float | None, row: Row, at: float) -> None:
        ruling = self.ruling
        if self.states:
            self._settle({(): (now, row)}, [row], at)
        elif now is not None and (now >= ruling.first if ruling.high else now <= ruling.first):
            self._begin((), row, now, at)

    def _take_measured(self, rows: Sequence[Row], at: float) -> None:
        ruling, place, first, high = (
            self.ruling,
            self.ruling.place,
            self.ruling.first,
            self.ruling.high,
        )
        series, states, measure = self.series, self.states, self._measure
        assert measure is not None
        single = not ruling.key
        found: dict[Key, tuple[Value, Row]] | None = {} if states else None
        for row in rows:
            value = row[place]
            if value is None:
                continue
            key: Key = () if single else self._key(row)
            window = series.get(key)
            if window is None:
                window = series[key] = Window(ruling.rule.window_s)
            now = measure(ruling, window, at, value)  # type: ignore[arg-type]
            if found is not None and key in states:
                found[key] = now, row
            elif now is not None and (now >= first if high else now <= first) and self._may(key):
                self._begin(key, row, now, at)
        if len(series) > 2 * len(rows) + 8:
            self._forget(rows)
        if found is not None:
            self._settle(found, rows, at)

    def _take_known(self, rows: Sequence[Row], at: float) -> None:
        place = self.ruling.place
        single = not self.ruling.key
        states = self.states
        found: dict[Key, tuple[Value, Row]] = {}
        for row in rows:
            key: Key = () if single else self._key(row)
            if key in states:
                found[key] = row[place], row
        self._settle(found, rows, at)

    def _settle(self, found: dict[Key, tuple[Value, Row]], rows: Sequence[Row], at: float) -> None:
        """Move every known object by what was found of it, or by its absence."""
        there: set[Key] | None = None
        for key, state in list(self.states.items()):
            if key in found:
                value, row = found[key]
                if value is None:
                    self._unmeasured(state, at)
                else:
                    self._observe(state, row, value, at)
                continue
            if there is None:
                there = {self._key(row) for row in rows}
            if key in there:
                continue
            self._vanished(state, at)

    def _unmeasured(self, state: State, at: float) -> None:
        """A window that is not full yet: the data flows, and says nothing."""
        if self._measure is not None:
            state.heard = at

    def _begin(self, key: Key, row: Row, value: Value, at: float) -> None:
        up = self.ruling.raised(value, row)
        if up is Level.OK or len(self.states) >= MOST:
            return
        raises = self.past.pop(key, [])
        state = self.states[key] = State(key, wording.object_of(key), raises)
        self._observe(state, row, value, at)

    def _observe(self, state: State, row: Row, value: Value, at: float) -> None:
        ruling = self.ruling
        up = ruling.raised(value, row)
        kept = ruling.kept(value, row, state.level) if state.level > up else up
        state.gone = False
        move = state.observe(ruling.rule, up, kept, at)
        state.value = value
        if isinstance(value, int | float):
            state.course.add(at, float(value))
        state.row = row
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
                self.past[state.key] = state.raises
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
        for window in self.series.values():
            window.shift(seconds)

    def _may(self, key: Key) -> bool:
        return self._seen is None or key in self._seen

    def _note_seen(self, rows: Sequence[Row], seen: set[Key]) -> None:
        place, after = self.ruling.place, self.ruling.rule.after
        seen.update(self._key(row) for row in rows if row[place] in after)

    def _key(self, row: Row) -> Key:
        return tuple([row[place] for place in self.ruling.key])

    def _forget(self, rows: Sequence[Row]) -> None:
        there = {self._key(row) for row in rows}
        self.series = {key: one for key, one in self.series.items() if key in there}

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


_MEASURES: dict[Measure, Callable[[Ruling, Window, float, float], float | None]] = {
    Measure.MEAN: _mean,
    Measure.INCREASE: _increase,
    Measure.HOURS: _hours,
    Measure.RATIO: _ratio,
}
