"""What the console remembers between sessions: the lines typed after `:` and `/`."""

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import platformdirs

KEPT = 200
"""Lines kept of each prompt."""


def folder() -> Path:
    """`~/.local/state/opsconsole` on Linux."""
    return Path(platformdirs.user_state_dir("opsconsole", appauthor=False))


def load_history(path: Path | None = None) -> dict[str, list[str]]:
    """Lines by prompt, newest last; nothing where there is none or it cannot be read."""
    path = path or folder() / "history.json"
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    lines = cast("dict[str, object]", found)
    return {
        prompt: [line for line in cast("list[object]", kept) if isinstance(line, str)][-KEPT:]
        for prompt, kept in lines.items()
        if isinstance(kept, list)
    }


def save_history(lines: Mapping[str, list[str]], path: Path | None = None) -> None:
    """Write the lines for the operator's eyes only; a full disk loses them and nothing else."""
    path = path or folder() / "history.json"
    text = json.dumps({prompt: kept[-KEPT:] for prompt, kept in lines.items()})
    fresh = path.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(0o600)
        fresh.replace(path)
