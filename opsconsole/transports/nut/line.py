"""Lines of the NUT protocol: words, in double quotes where they hold blanks."""

from collections.abc import Sequence

from opsconsole.errors import Malformed, Refused

LONGEST = 16 << 10
"""Bytes of a line; upsd's own are 1 KiB at most."""

WORDS = 64
"""Words of a line; what follows is one more."""


def written(words: Sequence[str]) -> bytes:
    """A line as it is sent. Raises `Refused` for a word that would end it, or is no text."""
    said = " ".join(map(_quoted, words))
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in said):
        raise Refused("a word of it has control characters", "argument")
    try:
        return said.encode() + b"\n"
    except UnicodeEncodeError:
        raise Refused("a word of it is no text", "argument") from None


def _quoted(word: str) -> str:
    if word and not any(letter in word for letter in ' "\\#='):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def words(line: bytes) -> list[str]:
    """Take a line apart; bytes that are no UTF-8 are replaced. Linear in the line."""
    if len(line) > LONGEST:
        raise Malformed("a line that is too long")
    said = line.decode("utf-8", "replace").strip("\r\n \t")
    found: list[str] = []
    at = 0
    while at < len(said) and len(found) < WORDS:
        if said[at] in " \t":
            at += 1
        elif said[at] == '"':
            word, at = _until_quote(said, at + 1)
            found.append(word)
        else:
            end = next((i for i in range(at, len(said)) if said[i] in " \t"), len(said))
            found.append(said[at:end])
            at = end
    return found


def _until_quote(said: str, at: int) -> tuple[str, int]:
    """The word whose quote was opened before `at`, and the place behind it."""
    letters: list[str] = []
    while at < len(said) and said[at] != '"':
        if said[at] == "\\" and at + 1 < len(said):
            at += 1
        letters.append(said[at])
        at += 1
    return "".join(letters), at + 1
