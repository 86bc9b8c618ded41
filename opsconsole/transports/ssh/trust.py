"""Which host keys the operator trusts: known_hosts files, read once and asked many times."""

import hashlib
import hmac
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PORT = 22


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a known_hosts file, for one host."""

    path: str
    line: int
    marker: str
    """Empty, `@cert-authority` or `@revoked`."""
    key: str
    """Key type and base64, as `asyncssh.import_public_key` takes it."""


@dataclass(frozen=True, slots=True)
class Known:
    """All that the files say of one host."""

    keys: tuple[Entry, ...] = ()
    authorities: tuple[Entry, ...] = ()
    revoked: tuple[Entry, ...] = ()


class _File:
    """One known_hosts file, indexed: plain names at once, patterns and hashes one by one."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.stamp = stamp(path)
        self._plain: dict[str, list[Entry]] = {}
        self._tested: list[tuple[Callable[[str], bool], Entry]] = []
        if self.stamp:
            for number, line in enumerate(_lines(path), 1):
                self._add(number, line)

    def _add(self, number: int, line: str) -> None:
        words = line.split()
        marker = words.pop(0) if words and words[0].startswith("@") else ""
        # As OpenSSH does, a line that is no entry is passed over.
        if len(words) < 3 or line.startswith("#"):
            return
        entry = Entry(self._path, number, marker, f"{words[1]} {words[2]}")
        names = words[0].lower()
        if words[0].startswith("|1|"):
            if (test := _hashed(words[0])) is not None:
                self._tested.append((test, entry))
        elif re.search(r"[*?!]", names):
            self._tested.append((_patterns(names), entry))
        else:
            for name in names.split(","):
                self._plain.setdefault(name, []).append(entry)

    def of(self, name: str) -> list[Entry]:
        """Entries for a name, in no order."""
        return self._plain.get(name, []) + [entry for test, entry in self._tested if test(name)]


class Trust:
    """The known_hosts files of a run; read again when they change."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._answers: dict[tuple[tuple[str, ...], str, int], Known] = {}

    def known(self, paths: Sequence[str], name: str, port: int) -> Known:
        """Return what the files say of a host; without an entry for its port, of its name."""
        for path in paths:
            if path not in self._files or self._files[path].stamp != stamp(path):
                self._files[path] = _File(path)
                self._answers.clear()
        question = (tuple(paths), name.lower(), port)
        if question not in self._answers:
            self._answers[question] = self._ask(*question)
        return self._answers[question]

    def _ask(self, paths: Sequence[str], name: str, port: int) -> Known:
        names = [name] if port == PORT else [f"[{name}]:{port}", name]
        revoked: list[Entry] = []
        for asked in names:
            entries = [entry for path in paths for entry in self._files[path].of(asked)]
            revoked += [entry for entry in entries if entry.marker == "@revoked"]
            keys = tuple(entry for entry in entries if not entry.marker)
            authorities = tuple(e for e in entries if e.marker == "@cert-authority")
            if keys or authorities:
                return Known(keys, authorities, tuple(revoked))
        return Known((), (), tuple(revoked))


def stamp(path: str) -> tuple[int, int, int] | None:
    """Return what changes when a file is written or replaced; None when it cannot be read."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return []


def _hashed(field: str) -> Callable[[str], bool] | None:
    try:
        salt, digest = (b64decode(part, validate=True) for part in field.split("|")[2:])
    except (ValueError, Base64Error):
        return None
    return lambda name: hmac.compare_digest(hmac.digest(salt, name.encode(), hashlib.sha1), digest)


def _patterns(names: str) -> Callable[[str], bool]:
    wanted = [_pattern(name) for name in names.split(",") if not name.startswith("!")]
    barred = [_pattern(name[1:]) for name in names.split(",") if name.startswith("!")]

    def test(name: str) -> bool:
        return any(p.fullmatch(name) for p in wanted) and not any(p.fullmatch(name) for p in barred)

    return test


@cache
def _pattern(text: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(char) or re.escape(char) for char in text))
