"""Of a long ssh configuration only what may concern one host: a thousand Host blocks cost seconds.

asyncssh reads the files once per host, so a generated configuration would cost their product. What
is left out are blocks that name other hosts without a pattern; all else keeps its order.
"""

import re
import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path

from opsconsole.transports.ssh.trust import stamp

_BLOCK = re.compile(r"\s*(host|match)\s*[\s=]\s*(.*)", re.IGNORECASE | re.DOTALL)
_INCLUDE = re.compile(r"\s*include\s*[\s=]\s*(.*)", re.IGNORECASE | re.DOTALL)
_PATTERN = re.compile(r"[*?!\[\],\"'#\\]")

DEEPEST = 8
"""Levels of included files that are cut down; deeper ones are read whole."""


@dataclass(slots=True)
class _Block:
    """Lines up to the next Host or Match; `names` is None when they may concern any host."""

    names: frozenset[str] | None
    lines: list[str]


class Excerpts:
    """Writes excerpts of configuration files, each good until the next is asked for."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._blocks: dict[str, tuple[object, list[_Block]]] = {}
        self._used = 0

    def of(self, paths: tuple[str, ...], name: str) -> list[str]:
        """Return files that say the same of the host `name` as `paths` do."""
        self._used = 0
        return [self._of(path, name, 0) for path in paths]

    def close(self) -> None:
        """Remove the excerpts."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _of(self, path: str, name: str, depth: int) -> str:
        blocks = self._read(path)
        kept = [block for block in blocks if block.names is None or name in block.names]
        lines = [line for block in kept for line in block.lines]
        rewritten = [
            self._included(line, name, depth) if _INCLUDE.match(line) else line for line in lines
        ]
        if len(kept) == len(blocks) and rewritten == lines:
            return path
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="opsconsole-")
        excerpt = Path(self._folder.name) / str(self._used)
        self._used += 1
        excerpt.write_text("".join(rewritten))
        return str(excerpt)

    def _included(self, line: str, name: str, depth: int) -> str:
        found = _INCLUDE.match(line)
        if found is None or depth == DEEPEST:
            return line
        try:
            patterns = shlex.split(found[1])
        except ValueError:  # for asyncssh to complain about
            return line
        files: list[Path] = []
        for pattern in patterns:
            path = Path(pattern).expanduser()
            root = Path(path.anchor) if path.anchor else Path.home() / ".ssh"
            files += [f for f in root.glob(str(path.relative_to(path.anchor))) if f.is_file()]
        if not files:
            return line
        cut = [self._of(str(file), name, depth + 1) for file in files]
        same = cut == list(map(str, files))
        return line if same else f"Include {shlex.join(cut)}\n"

    def _read(self, path: str) -> list[_Block]:
        now = stamp(path)
        seen, blocks = self._blocks.get(path, (None, []))
        if now is not None and seen == now:
            return blocks
        blocks = [_Block(None, [])]
        with Path(path).open(errors="surrogateescape") as file:
            for line in file:
                if (head := _BLOCK.match(line)) is not None:
                    blocks.append(_Block(_names(head[1], head[2]), []))
                blocks[-1].lines.append(line if line.endswith("\n") else line + "\n")
        self._blocks[path] = (now, blocks)
        return blocks


def _names(keyword: str, rest: str) -> frozenset[str] | None:
    if keyword.lower() == "match" or _PATTERN.search(rest):
        return None
    return frozenset(rest.split())
