"""Goes through the words of one statement; what it cannot read it says, and guesses nothing."""

from collections.abc import Sequence

from opsconsole.domains.database.postgres.ddl.claim import NotUnderstood
from opsconsole.sql import Kind, Token, tokens

LONGEST = 20_000
"""Characters of a statement."""

_NAMES = frozenset({Kind.WORD, Kind.QUOTED})
_OPEN, _CLOSED = {"(", "["}, {")", "]"}


def words(sql: str) -> list[Token]:
    """The tokens of one statement without spaces, comments and its semicolon.

    Raises `NotUnderstood` for several statements, a literal that is cut, a comment to the end.
    """
    if len(sql) > LONGEST:
        raise NotUnderstood(f"longer than {LONGEST} characters")
    found: list[Token] = []
    last = Token(Kind.SPACE, "")
    for last in tokens(sql):
        if last.kind is Kind.COMMENT and not last.text.startswith("--") and not _ends(last.text):
            raise NotUnderstood("a comment has no end")
        if last.kind in (Kind.STRING, Kind.QUOTED) and not _closed(last.text):
            raise NotUnderstood(f"a quote has no end: {last.text[:20]}")
        if last.kind not in (Kind.SPACE, Kind.COMMENT):
            found.append(last)
    if last.kind is Kind.COMMENT and last.text.startswith("--"):
        # On a field of one line such a comment hides what once stood below it.
        raise NotUnderstood("a comment with -- reaches to the end: leave it out")
    while found and found[-1].text == ";":
        found.pop()
    if any(token.text == ";" for token in found):
        raise NotUnderstood("one statement at a time: there are several")
    return found


def _ends(comment: str) -> bool:
    return comment.count("/*") == comment.count("*/")


def _closed(text: str) -> bool:
    if text.startswith("$"):
        tag = text[: text.index("$", 1) + 1]
        return len(text) >= 2 * len(tag) and text.endswith(tag)
    quote = text[-1]
    start = text.find(quote)
    return quote in "'\"" and start < len(text) - 1


class Cursor:
    """A place in a list of words."""

    def __init__(self, found: Sequence[Token]) -> None:
        self._tokens = found
        self._at = 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._tokens)

    @property
    def here(self) -> Token:
        """The next one; an empty space at the end."""
        return Token(Kind.SPACE, "") if self.done else self._tokens[self._at]

    def sees(self, *expected: str) -> bool:
        """Whether these come next: words in capitals, or signs."""
        ahead = self._tokens[self._at : self._at + len(expected)]
        return len(ahead) == len(expected) and all(
            want in (token.word, token.text if token.kind is Kind.SIGN else "")
            for want, token in zip(expected, ahead, strict=True)
        )

    def take(self, *expected: str) -> bool:
        """Go behind these if they come next."""
        if not self.sees(*expected):
            return False
        self._at += len(expected)
        return True

    def either(self, *choices: str) -> str:
        """Go behind one of these phrases and return it; empty when none comes next."""
        return next((phrase for phrase in choices if self.take(*phrase.split())), "")

    def need(self, *expected: str) -> None:
        """Go behind these; raises `NotUnderstood`."""
        if not self.take(*expected):
            raise self.lost(f"{' '.join(expected)} was expected")

    def lost(self, why: str = "") -> NotUnderstood:
        """The error that says where it stands."""
        before = " ".join(token.text for token in self._tokens[max(0, self._at - 3) : self._at])
        here = self.here.text[:40] or "the end"
        behind = f" behind {before[-60:]!r}" if before else ""
        return NotUnderstood(f"not understood at {here!r}{behind}" + (f": {why}" if why else ""))

    def end(self) -> None:
        """Raises `NotUnderstood` unless nothing is left."""
        if not self.done:
            raise self.lost()

    def one(self) -> str:
        """A name without a schema."""
        if self.here.kind not in _NAMES:
            raise self.lost("a name was expected")
        self._at += 1
        return self._tokens[self._at - 1].text

    def name(self) -> str:
        """A name that may have a schema before it, as it was written."""
        found = self.one()
        while self.take("."):
            found += f".{self.one()}"
        return found

    def value(self) -> str:
        """One literal, number or name."""
        sign = "-" if self.take("-") else ""
        if self.here.kind in (Kind.SPACE, Kind.SIGN):
            raise self.lost("a value was expected")
        self._at += 1
        return sign + self._tokens[self._at - 1].text

    def bracket(self) -> list[Token]:
        """What stands in the brackets that come next."""
        self.need("(")
        start = self._at
        depth = 1
        while depth:
            if self.done:
                raise self.lost("a bracket has no end")
            sign = self.here.text if self.here.kind is Kind.SIGN else ""
            depth += (sign in _OPEN) - (sign in _CLOSED)
            self._at += 1
        return list(self._tokens[start : self._at - 1])

    def names(self) -> list[str]:
        """Names in brackets, with commas between."""
        inside = Cursor(self.bracket())
        found = [inside.one()]
        while inside.take(","):
            found.append(inside.one())
        inside.end()
        return found

    def until(self, *stops: str) -> list[Token]:
        """All up to one of these words outside brackets, or to the end."""
        start = self._at
        depth = 0
        while not self.done:
            token = self.here
            sign = token.text if token.kind is Kind.SIGN else ""
            if depth == 0 and token.word in stops:
                break
            depth += (sign in _OPEN) - (sign in _CLOSED)
            self._at += 1
        return list(self._tokens[start : self._at])

    def split(self) -> list["Cursor"]:
        """All that is left, apart at commas outside brackets."""
        pieces: list[list[Token]] = [[]]
        depth = 0
        for token in self._tokens[self._at :]:
            sign = token.text if token.kind is Kind.SIGN else ""
            depth += (sign in _OPEN) - (sign in _CLOSED)
            if sign == "," and depth == 0:
                pieces.append([])
            else:
                pieces[-1].append(token)
        self._at = len(self._tokens)
        return [Cursor(piece) for piece in pieces]


def plain(found: Sequence[Token]) -> str:
    """Tokens with a space between those that need one."""
    said = ""
    for token in found:
        glue = said and (said[-1].isalnum() or said[-1] in "_\"'") and token.kind in _NAMES
        said += f" {token.text}" if glue else token.text
    return said


def calls(found: Sequence[Token]) -> tuple[str, ...]:
    """Names before an opening bracket: functions, or what looks like one."""
    names: list[str] = []
    for at, token in enumerate(found):
        if token.text == "(" and at and found[at - 1].kind in _NAMES:
            name = found[at - 1].text
            if at > 2 and found[at - 2].text == "." and found[at - 3].kind in _NAMES:
                name = f"{found[at - 3].text}.{name}"
            names.append(name)
    return tuple(dict.fromkeys(names))
