"""A statement laid out to be read: other spaces and line ends, and not one other character."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from opsconsole.sql.token import NEWLINE, Dialect, Kind, Token, ended, tokens

WIDTH = 100
"""Characters of a line, where a space allows to break it."""

STEP, DEEPEST = 2, 40
"""Characters of an indentation, and the most: what is nested further stands there, too."""

_CLAUSES = frozenset(
    {"SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FETCH", "UNION",
     "INTERSECT", "EXCEPT", "MINUS", "SET", "VALUES", "RETURNING", "WINDOW", "USING", "WITH",
     "INSERT", "UPDATE", "DELETE", "MERGE", "WHEN", "ON"}
)  # fmt: skip
_JOINS = frozenset({"LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "JOIN", "STRAIGHT_JOIN"})
_BEFORE_JOIN = _JOINS | {"OUTER"}
_QUERIES = frozenset({"SELECT", "WITH", "VALUES", "INSERT", "UPDATE", "DELETE"})
_NO_BREAK_BEHIND = {
    "FROM": frozenset({"DELETE", "DISTINCT"}),
    "UPDATE": frozenset({"FOR", "KEY", "DO", "ON", "THEN"}),
    "DELETE": frozenset({"ON", "THEN"}),
    "INSERT": frozenset({"THEN"}),
    "VALUES": frozenset({"DEFAULT"}),
    "SELECT": frozenset({"AS"}),
}
"""Words that go on with the clause when they stand behind one of these."""
_ALONE = frozenset({"USING", "ON", "WITH", "SET", "WHEN"})
"""Words that begin a clause in some places only; see `_begins`."""


@dataclass(slots=True)
class _Level:
    """A bracket: what stands in it is a query of its own, or goes on in the line."""

    query: bool
    indent: int
    between: bool = False
    cases: int = 0
    merges: bool = False


@dataclass(slots=True)
class _State:
    """How far it got."""

    levels: list[_Level] = field(default_factory=lambda: [_Level(query=True, indent=0)])
    line: list[str] = field(default_factory=list[str])
    length: int = 0
    """Characters of the line."""
    word: str = ""
    """The last significant word, empty behind anything else."""
    kind: Kind = Kind.SPACE

    @property
    def level(self) -> _Level:
        return self.levels[-1]

    def begin(self, indent: int, text: str) -> None:
        """Begin a line."""
        self.line = [" " * min(indent, DEEPEST), text]
        self.length = len(self.line[0]) + len(text)

    def add(self, text: str) -> None:
        """Go on with the line."""
        self.line.append(text)
        self.length += len(text)


def laid_out(text: str, dialect: Dialect = Dialect.POSTGRES, width: int = WIDTH) -> Iterator[str]:
    """Yield lines, each as soon as it is known: of a long statement one may take the first ones."""
    state = _State()
    space = ""
    ahead: list[Token] = []
    found = tokens(text, dialect)
    while True:
        token = ahead.pop(0) if ahead else next(found, None)
        if token is None:
            break
        if token.kind is Kind.SPACE:
            space = token.text
            continue
        opens = token.text == "(" and token.kind is Kind.SIGN
        if opens:
            ahead = _peeked(found, ahead)
        yield from _placed(state, token, space, width)
        _follow(state, token, _query(ahead) if opens else False)
        space = ""
    if state.line:
        yield "".join(state.line)


def _peeked(found: Iterator[Token], ahead: list[Token]) -> list[Token]:
    """What was read ahead, up to the next word."""
    while not ahead or ahead[-1].kind is Kind.SPACE:
        token = next(found, None)
        if token is None:
            break
        ahead.append(token)
    return ahead


def _query(ahead: list[Token]) -> bool:
    return bool(ahead) and ahead[-1].word in _QUERIES


def _placed(state: _State, token: Token, space: str, width: int) -> Iterator[str]:
    """Put a token into the line, after the lines that end before it."""
    level = state.level
    broken = any(sign in space for sign in ("\n", "\r", NEWLINE))
    indent = level.indent
    hard = state.kind is Kind.COMMENT and (broken or not state.line)
    if token.text == ")" and token.kind is Kind.SIGN and level.query and len(state.levels) > 1:
        fresh, indent = True, max(0, level.indent - STEP)
    else:
        # Strings with a line end between them are one string: that must stay.
        fresh = hard or (broken and state.kind is token.kind is Kind.STRING)
        if level.query and token.word:
            clause, deeper = _begins(state, token.word)
            fresh = fresh or clause
            indent += deeper
    if not state.line:
        state.begin(indent, token.text)
        return
    if not fresh and space and state.length + 1 + len(token.text) > width:
        fresh, indent = True, level.indent + 2 * STEP
    if fresh:
        yield "".join(state.line)
        state.begin(indent, token.text)
    else:
        state.add(f" {token.text}" if space else token.text)


def _begins(state: _State, word: str) -> tuple[bool, int]:
    """Whether a word begins a line, and how much deeper that is."""
    level, before = state.level, state.word
    if word in {"AND", "OR"}:
        return not level.between and not level.cases, STEP
    if word in _JOINS:
        return before not in _BEFORE_JOIN, 0
    if word not in _CLAUSES or before in _NO_BREAK_BEHIND.get(word, ()) or level.cases:
        return False, 0
    if word in _ALONE:
        return word == "SET" or (word == "WHEN" and level.merges), 0
    return True, 0


def _follow(state: _State, token: Token, query: bool) -> None:
    """Remember what a token opens and closes."""
    level = state.level
    word = token.word
    state.kind = token.kind
    if token.kind is not Kind.COMMENT:
        state.word = word
    if token.kind is Kind.SIGN:
        if token.text == "(":
            indent = len(state.line[0]) + STEP if query else level.indent
            state.levels.append(_Level(query, min(indent, DEEPEST)))
        elif token.text == ")" and len(state.levels) > 1:
            state.levels.pop()
    else:
        _note(level, word)


def _note(level: _Level, word: str) -> None:
    """Remember where AND, WHEN and FROM are no clauses."""
    if word == "BETWEEN":
        level.between = True
    elif word == "AND":
        level.between = False
    elif word == "CASE":
        level.cases += 1
    elif word == "END":
        level.cases = max(0, level.cases - 1)
    elif word == "MERGE":
        level.merges = True


_ENDS = re.compile(r"\r\n|\r|\n")
_BROKEN = re.compile(rf"[\n\r{NEWLINE}]")
_ENDED = re.compile(r"[\t\n\r\f\v]")
_PASSED = rf"""(?:
    (?![eE]')[^\W\d][\w$]*                      # words, but for the letter of a literal
  | \d[\w.]* | :: | [:@]\w+ | \$(?!(?:[^\W\d]\w*)?\$)\w*
  | [^\S\n\r\t\f\v](?=[^\s{NEWLINE}])              # one space
  | -(?!-) | /(?!\*) | [^\w\s'"$/{NEWLINE}-]
)*+"""
_FOLDED = re.compile(
    rf"""{_PASSED}(?:
    (?P<COMMENT>--[^\n\r{NEWLINE}]*)
  | (?P<NESTED>/\*)
  | (?P<STRING>[eE]'(?:[^'\\]|\\.|'')*(?:'|\\?\Z)|'(?:[^']|'')*(?:'|\Z))
  | (?P<QUOTED>"(?:[^"]|"")*(?:"|\Z))
  | (?P<DOLLAR>\$(?:[^\W\d]\w*)?\$)
  | (?P<SPACE>[\s{NEWLINE}]+)
  | \Z)""",
    re.VERBOSE | re.DOTALL,
)
"""What matters for line ends of a statement of PostgreSQL, behind all that does not."""


def on_one_line(text: str) -> str:
    """A statement of PostgreSQL with signs for line ends that mean something: in literals and
    comments, behind a comment that ends with its line, and between strings.

    Each statement of each session comes this way: what is passed over is not taken apart.
    """
    if not _ENDED.search(text):
        return text
    said: list[str] = []
    at, held = 0, False
    while at < len(text):
        found = _FOLDED.match(text, at)
        if found is None:  # cannot be: whatever stands there is passed over, or one of the rest
            said.append(_ENDS.sub(" ", text[at:]))
            break
        name = found.lastgroup
        start, end = found.span(name) if name else (found.end(), found.end())
        passed = text[at:start]
        if name == "SPACE":
            keeps = held and not passed and _BROKEN.search(found[name])
            said += [passed, "" if end == len(text) else NEWLINE if keeps else " "]
            held = False
        else:
            end = ended(text, start, end, name)
            said += [passed, _ENDS.sub(NEWLINE, text[start:end])]
            held = name in {"COMMENT", "NESTED", "STRING", "DOLLAR"}
        at = max(end, at + 1)
    return "".join(said).lstrip(" ")
