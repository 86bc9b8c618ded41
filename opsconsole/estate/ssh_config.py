"""Hosts named in an OpenSSH client configuration; what it says of them stays its own business."""

import glob
import re
import shlex
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from opsconsole.clean import clean
from opsconsole.errors import Problem
from opsconsole.estate.finding import Finding, Findings
from opsconsole.estate.source import read_trusted, shown_path

_LINE = re.compile(r'\s*"?([A-Za-z]+)"?(?:\s*=\s*|\s+|$)(.*?)\s*$')
_READ = frozenset({"host", "match", "hostname", "include"})
_DEEPEST = 16
"""Includes within includes, as OpenSSH allows."""


@dataclass(slots=True)
class _Block:
    """The names of one `Host` line, and whether they are one machine."""

    names: list[str] = field(default_factory=list[str])
    address: str = ""
    """The HostName they share, empty when each is its own."""


def find_hosts(path: Path, problems: list[Problem]) -> Findings:
    """Find the concrete names on `Host` lines; wildcards, negations and `Match` name no host.

    Each finding says only which configuration knows it: address, user, keys and jump hosts are
    then taken from there by the transport, in OpenSSH's own way.
    """
    reader = _Reader(problems)
    reader.file(path, ())
    usual = (Path.home() / ".ssh" / "config", Path("/etc/ssh/ssh_config"))
    items = {} if path in usual else {"ssh_config": str(path)}
    aliases = reader.aliases()
    return Findings(
        tuple(
            Finding(name, where, items)
            for name, where in reader.where.items()
            if name not in aliases
        ),
        skipped=tuple(
            f"{reader.where[name]}: {clean(name)}: same HostName as {clean(first)}"
            for name, first in aliases.items()
        ),
        closed=True,
    )


class _Reader:
    """The state of one walk through a configuration and what it includes."""

    def __init__(self, problems: list[Problem]) -> None:
        self.where: dict[str, str] = {}
        """Place of the first mention of each name."""
        self._problems = problems
        self._blocks: list[_Block] = []

    def file(self, path: Path, above: tuple[Path, ...]) -> None:
        data = read_trusted(path, self._problems)
        if data is None:
            return
        block, shown = _Block(), shown_path(path)
        for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
            said = _LINE.match(line)
            if said is None or (keyword := said[1].lower()) not in _READ:
                continue
            where = f"{shown}:{number}"
            words = self._words(said[2], where, keyword)
            match keyword:
                case "host":
                    block = self._host(words, where)
                case "match":
                    block = _Block()
                case "hostname":
                    block.address = block.address or "".join(words[:1])
                case _:
                    self._include(words, where, (*above, path))

    def aliases(self) -> dict[str, str]:
        """Return names that are another name of a machine already named, and that name.

        `Host web web.example` with one HostName for both is one machine, unless another block
        tells the two apart.
        """
        mentions = Counter(name for block in self._blocks for name in block.names)
        found: dict[str, str] = {}
        for block in self._blocks:
            names = [name for name in block.names if mentions[name] == 1]
            if block.address and "%" not in block.address:
                found.update((name, names[0]) for name in names[1:])
        return found

    def _host(self, words: list[str], where: str) -> _Block:
        block = _Block([word for word in words if not set("*?!") & set(word)])
        for name in block.names:
            self.where.setdefault(name, where)
        self._blocks.append(block)
        return block

    def _include(self, words: list[str], where: str, above: tuple[Path, ...]) -> None:
        for word in words:
            # OpenSSH starts relative paths here, wherever the including file stands.
            system = str(above[0]).startswith("/etc/ssh/")
            base = Path("/etc/ssh") if system else Path.home() / ".ssh"
            for name in sorted(glob.glob(str(base / Path(word).expanduser()))):  # noqa: PTH207
                path = Path(name)
                if path in above or len(above) >= _DEEPEST:
                    found = f"{shown_path(path)}, which includes this file"
                    self._problems.append(Problem(where, found, "files without a circle"))
                elif path.is_file():
                    self.file(path, above)

    def _words(self, text: str, where: str, keyword: str) -> list[str]:
        try:
            # Most lines are plain, and splitting those by hand is twenty times faster.
            plain = not set("\"'\\#") & set(text)
            words = text.split() if plain else shlex.split(text, comments=True)
        except ValueError:
            self._problems.append(Problem(where, "a quote that does not end", "quotes in pairs"))
            return []
        if not words:
            self._problems.append(Problem(where, f"{keyword} and nothing after it", "a value"))
        return words
