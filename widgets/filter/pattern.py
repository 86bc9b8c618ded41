"""Regular expressions in linear time: what an operator types can never hang the console.

The library's `re` backtracks: `(a+)+$` against thirty letters runs for minutes and cannot be
interrupted. This engine walks all alternatives at once, one step per character, and remembers
the steps, so that the time is the length of the text whatever the pattern says.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

LIMIT = 128
"""Characters of a pattern at most."""

_NODES = 500
_STATES = 500
_STEPS = 20_000
_BUDGET = 4_000

Test = Callable[[str], bool]


class PatternError(ValueError):
    """A pattern that cannot be read; `position` counts characters from its start."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(slots=True, eq=False)
class _Node:
    """One place in the pattern: a test to pass, an anchor, a fork, or the end."""

    test: Test | None = None
    anchor: str = ""
    out: "list[_Node]" = field(default_factory=list["_Node"])


@dataclass(slots=True, eq=False)
class _State:
    """All places the text so far can have led to."""

    nodes: frozenset[_Node]
    done: bool
    """Matched already, whatever follows."""
    done_at_end: bool
    """Matched if the text ends here."""
    steps: "dict[str, _State]" = field(default_factory=dict[str, "_State"])


class Pattern:
    r"""A compiled pattern: literals, `.`, `[…]`, `|`, groups, `* + ? {n,m}`, `^ $`, `\d \w \s`.

    Case counts only where the pattern has a capital letter. Raises `PatternError`, also from
    `matches` when a pattern built to have countless states meets texts that reach them.
    """

    def __init__(self, source: str) -> None:
        parser = _Parser(source)
        self._fold = parser.fold
        self._start, end = parser.read()
        self._end = end
        self._budget = _BUDGET
        self._clear()

    def refill(self) -> None:
        """Allow another round of `matches`: each may take a bounded number of new steps."""
        self._budget = _BUDGET

    def _clear(self) -> None:
        self._states: dict[frozenset[_Node], _State] = {}
        self._count = 0
        self._first = self._state(self._closure([self._start], at_start=True))

    def matches(self, text: str) -> bool:
        """Whether the pattern stands anywhere in the text."""
        if self._count > _STEPS or len(self._states) > _STATES:
            self._clear()
        state = self._first
        if state.done:
            return True
        for char in text.lower() if self._fold else text:
            following = state.steps.get(char)
            if following is None:
                following = self._step(state, char)
            if following.done:
                return True
            state = following
        return state.done_at_end

    def _step(self, state: _State, char: str) -> _State:
        """Where `char` leads from here; a match may also begin after it."""
        self._budget -= 1
        if self._budget < 0:
            raise PatternError("the pattern is too costly for these texts", 0)
        reached = [node.out[0] for node in state.nodes if node.test is not None and node.test(char)]
        reached.append(self._start)
        following = self._state(self._closure(reached, at_start=False))
        if len(self._states) <= _STATES:
            state.steps[char] = following
            self._count += 1
        return following

    def _state(self, nodes: frozenset[_Node]) -> _State:
        state = self._states.get(nodes)
        if state is None:
            at_end = self._end in self._closure(list(nodes), at_start=False, at_end=True)
            state = _State(nodes, self._end in nodes, at_end)
            self._states[nodes] = state
        return state

    @staticmethod
    def _closure(nodes: list[_Node], *, at_start: bool, at_end: bool = False) -> frozenset[_Node]:
        """Every place reachable without reading a character."""
        seen = set(nodes)
        todo = list(seen)
        while todo:
            node = todo.pop()
            if node.test is not None:
                continue
            if (node.anchor == "^" and not at_start) or (node.anchor == "$" and not at_end):
                continue
            for following in node.out:
                if following not in seen:
                    seen.add(following)
                    todo.append(following)
        return frozenset(seen)


_Piece = tuple[_Node, _Node]

_CLASSES: dict[str, Test] = {
    "d": str.isdigit,
    "w": lambda char: char.isalnum() or char == "_",
    "s": str.isspace,
}


class _Parser:
    """Reads a pattern into places joined by steps."""

    def __init__(self, source: str) -> None:
        if len(source) > LIMIT:
            raise PatternError(f"a pattern has at most {LIMIT} characters", LIMIT)
        self._source = source
        self._at = 0
        self._nodes = 0
        self.fold = not _has_capital(source)

    def read(self) -> _Piece:
        piece = self._either()
        if self._at < len(self._source):
            raise PatternError("unbalanced parenthesis", self._at)
        return piece

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _take(self) -> str:
        char = self._peek()
        self._at += 1
        return char

    def _node(self, test: Test | None = None, anchor: str = "") -> _Node:
        self._nodes += 1
        if self._nodes > _NODES:
            raise PatternError("the pattern repeats too much", self._at)
        return _Node(test, anchor)

    def _either(self) -> _Piece:
        pieces = [self._sequence()]
        while self._peek() == "|":
            self._take()
            pieces.append(self._sequence())
        if len(pieces) == 1:
            return pieces[0]
        fork, join = self._node(), self._node()
        for first, last in pieces:
            fork.out.append(first)
            last.out.append(join)
        return fork, join

    def _sequence(self) -> _Piece:
        first = last = self._node()
        while (char := self._peek()) and char not in "|)":
            begin, end = self._repeated()
            last.out.append(begin)
            last = end
        return first, last

    def _repeated(self) -> _Piece:
        start = self._at
        piece = self._atom()
        low, high = self._counts()
        if (low, high) == (1, 1):
            return piece
        if self._peek() and self._peek() in "*+?":
            raise PatternError("a repeat of a repeat", self._at)
        after = self._at

        def again() -> _Piece:
            self._at = start
            copy = self._atom()
            self._at = after
            return copy

        return self._copies(piece, again, low, high)

    def _copies(
        self, piece: _Piece, again: Callable[[], _Piece], low: int, high: int | None
    ) -> _Piece:
        """`low` copies in a row, then as many as `high` allows, each of which may be left out."""
        first = last = self._node()
        spare: _Piece | None = piece
        for _ in range(low):
            begin, end = spare or again()
            spare = None
            last.out.append(begin)
            last = end
        if high is None:
            begin, end = spare or again()
            loop, out = self._node(), self._node()
            last.out.append(loop)
            loop.out += [begin, out]
            end.out.append(loop)
            return first, out
        out = self._node()
        for _ in range(high - low):
            begin, end = spare or again()
            spare = None
            last.out += [begin, out]
            last = end
        last.out.append(out)
        return first, out

    def _counts(self) -> tuple[int, int | None]:
        """How often the last atom stands: `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`."""
        char = self._peek()
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if char in simple:
            self._take()
            return simple[char]
        close = self._source.find("}", self._at)
        if char != "{" or close < 0:
            return 1, 1
        low, comma, high = self._source[self._at + 1 : close].partition(",")
        if not low.isdecimal() or (high and not high.isdecimal()):
            return 1, 1
        start = self._at
        self._at = close + 1
        least = int(low[:4])
        most = int(high[:4]) if high else None if comma else least
        if least > LIMIT or (most is not None and not least <= most <= LIMIT):
            raise PatternError(f"a repeat counts up to {LIMIT}, least first", start)
        return least, most

    def _atom(self) -> _Piece:
        start = self._at
        char = self._take()
        if char == "(":
            return self._group(start)
        if char in "*+?":
            raise PatternError("nothing to repeat", start)
        if char in "^$":
            node, end = self._node(anchor=char), self._node()
            node.out.append(end)
            return node, end
        if char == "[":
            test = self._class(start)
        elif char == ".":
            test = _anything
        elif char == "\\":
            test = self._escape(start)
        else:
            test = _equal(char)
        node, end = self._node(test), self._node()
        node.out.append(end)
        return node, end

    def _group(self, start: int) -> _Piece:
        if self._peek() == "?":
            if self._source[self._at : self._at + 2] != "?:":
                raise PatternError("only plain groups: (…) and (?:…)", start)
            self._at += 2
        piece = self._either()
        if self._take() != ")":
            raise PatternError("missing )", start)
        return piece

    def _escape(self, start: int) -> Test:
        char = self._take()
        if not char:
            raise PatternError("nothing after the backslash", start)
        if char.lower() in _CLASSES:
            test = _CLASSES[char.lower()]
            return test if char.islower() else _not(test)
        if char.isalnum():
            raise PatternError(f"\\{char} is not known; \\d \\w \\s are", start)
        return _equal(char)

    def _class(self, start: int) -> Test:
        """`[a-z_]`, `[^0-9]`; a `]` that comes first stands for itself."""
        negate = self._peek() == "^"
        if negate:
            self._take()
        tests: list[Test] = []
        first = True
        while (char := self._take()) != "]" or first:
            if not char:
                raise PatternError("missing ]", start)
            first = False
            if char == "\\":
                tests.append(self._escape(self._at - 1))
            elif self._peek() == "-" and self._source[self._at + 1 : self._at + 2] not in ("", "]"):
                self._take()
                tests.append(self._range(char))
            else:
                tests.append(_equal(char))
        union = _any_of(tests, fold=self.fold)
        return _not(union) if negate else union

    def _range(self, low: str) -> Test:
        start = self._at
        high = self._take()
        if high == "\\":
            high = self._take()
        if not low <= high:
            raise PatternError(f"{low}-{high} is not a range", start)
        return lambda char: low <= char <= high


def _has_capital(source: str) -> bool:
    r"""Whether a letter that stands for itself is a capital; `\D` is not one."""
    plain = source.replace("\\\\", "")
    return any(
        char.isupper() and (index == 0 or plain[index - 1] != "\\")
        for index, char in enumerate(plain)
    )


def _anything(char: str) -> bool:
    return bool(char)


def _equal(wanted: str) -> Test:
    return wanted.__eq__


def _not(test: Test) -> Test:
    return lambda char: not test(char)


def _any_of(tests: list[Test], *, fold: bool) -> Test:
    if fold:
        return lambda char: any(test(char) or test(char.upper()) for test in tests)
    return lambda char: any(test(char) for test in tests)
