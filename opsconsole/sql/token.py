"""Words, literals, comments and spaces of SQL text: put together again they are the text."""

import enum
import re
from collections.abc import Iterator
from typing import NamedTuple


class Dialect(enum.StrEnum):
    """Whose rules for quotes and comments hold."""

    POSTGRES = "postgres"
    MYSQL = "mysql"
    ORACLE = "oracle"


class Kind(enum.Enum):
    """What a piece of text is."""

    SPACE = "space"
    COMMENT = "comment"
    STRING = "string"
    """A literal in quotes or dollars, with what stands before it (`E'…'`)."""
    QUOTED = "quoted"
    """A name in quotes."""
    WORD = "word"
    """A keyword, or a name without quotes."""
    NUMBER = "number"
    SIGN = "sign"
    """One bracket, comma, semicolon, or a run of an operator."""


class Token(NamedTuple):
    """A piece of text. One that is cut (a quote without an end) goes on to the end."""

    kind: Kind
    text: str

    @property
    def word(self) -> str:
        """In capitals when it is a bare word, else empty."""
        return self.text.upper() if self.kind is Kind.WORD else ""


NEWLINE = "\u2424"
"""Stands for the end of a line where a statement has to stay on one."""

_COMMON = rf"""
  (?P<SPACE>[\s{NEWLINE}]+)
"""
_TAIL = rf"""
| (?P<NUMBER>\d[\w.]*(?:(?<=[eE])[+-]\d+)?|\.\d\w*)
| (?P<PARAMETER>[$:@]\w+|\$\d+)
| (?P<WORD>[^\W\d][\w$]*)
| (?P<SIGN>::|:=|[-+*/<>=~!@#%^&|?]+?(?=--|/\*)|[-+*/<>=~!@#%^&|?]+|[^\s{NEWLINE}])
"""
_LINE = rf"[^\n\r{NEWLINE}]*"
_PLAIN = r"'(?:[^']|'')*(?:'|\Z)"
_SLASHED = r"'(?:[^'\\]|\\.|'')*(?:'|\\?\Z)"
_NAME = r'"(?:[^"]|"")*(?:"|\Z)'
_RULES = {
    Dialect.POSTGRES: rf"""
| (?P<COMMENT>--{_LINE})
| (?P<NESTED>/\*)
| (?P<STRING>[eE]{_SLASHED}|(?:[bBxXnN]|[uU]&)?{_PLAIN})
| (?P<QUOTED>(?:[uU]&)?{_NAME})
| (?P<DOLLAR>\$(?:[^\W\d]\w*)?\$)
""",
    Dialect.MYSQL: rf"""
| (?P<COMMENT>--(?=[\s{NEWLINE}]|\Z){_LINE}|\#{_LINE}|/\*.*?(?:\*/|\Z))
| (?P<STRING>[bBxXnN]?{_SLASHED}|"(?:[^"\\]|\\.|"")*(?:"|\\?\Z))
| (?P<QUOTED>`(?:[^`]|``)*(?:`|\Z))
""",
    Dialect.ORACLE: rf"""
| (?P<COMMENT>--{_LINE}|/\*.*?(?:\*/|\Z))
| (?P<STRING>[nN]?[qQ]'(?:\[.*?(?:\]'|\Z)|\(.*?(?:\)'|\Z)|\{{.*?(?:\}}'|\Z)|<.*?(?:>'|\Z)
    |(?P<own>[^\s\[({{<]).*?(?:(?P=own)'|\Z))|[nN]?{_PLAIN})
| (?P<QUOTED>{_NAME})
""",
}
_END = re.compile(r"/\*|\*/")


def _compiled(rules: str) -> re.Pattern[str]:
    return re.compile(_COMMON + rules + _TAIL, re.VERBOSE | re.DOTALL | re.UNICODE)


_PATTERNS = {dialect: _compiled(rules) for dialect, rules in _RULES.items()}
_KINDS = {"NESTED": Kind.COMMENT, "DOLLAR": Kind.STRING, "PARAMETER": Kind.NUMBER}


def tokens(text: str, dialect: Dialect = Dialect.POSTGRES) -> Iterator[Token]:
    """Take the text apart, in time that grows with its length and no more."""
    match = _PATTERNS[dialect].match
    at = 0
    while at < len(text):
        found = match(text, at)
        if found is None:
            yield Token(Kind.SIGN, text[at])
            at += 1
            continue
        name = found.lastgroup or "SIGN"
        end = ended(text, at, found.end(), name)
        kind = _KINDS.get(name) or Kind[name]
        yield Token(kind, text[at:end])
        at = end


def ended(text: str, start: int, end: int, name: str | None) -> int:
    """Where a piece ends whose beginning was found: a comment of others, a literal in dollars."""
    if name == "NESTED":
        return _behind(text, start)
    if name == "DOLLAR":
        closed = text.find(text[start:end], end)
        return len(text) if closed < 0 else closed + end - start
    return end


def _behind(text: str, at: int) -> int:
    """The place behind a comment, in which others may stand."""
    depth = 0
    for mark in _END.finditer(text, at):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text)
