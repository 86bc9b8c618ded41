"""Yank: text goes to the clipboard the operator sits at, and one is told how."""

import asyncio
import base64
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from screens.shell.link import remote

LIMIT = 64 * 1024
"""Bytes of UTF-8 that are copied at most; terminals drop longer requests without a word."""

_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that takes the text on its standard input."""

    argv: tuple[str, ...]
    place: str
    """Where the text is afterwards, in words."""


def tools(environ: Mapping[str, str], platform: str = sys.platform) -> list[Tool]:
    """Programs to try, best first; over SSH those of this machine are the wrong clipboard."""
    found: list[Tool] = []
    if environ.get("TMUX"):
        found.append(Tool(("tmux", "load-buffer", "-w", "-"), "tmux and the terminal's clipboard"))
        found.append(Tool(("tmux", "load-buffer", "-"), "the tmux buffer only (prefix ] pastes)"))
    elif not remote(environ):
        if platform == "darwin":
            found.append(Tool(("pbcopy",), "the clipboard"))
        if environ.get("WAYLAND_DISPLAY"):
            found.append(Tool(("wl-copy",), "the clipboard"))
        if environ.get("DISPLAY"):
            found.append(Tool(("xclip", "-selection", "clipboard"), "the clipboard"))
            found.append(Tool(("xsel", "--clipboard", "--input"), "the clipboard"))
    return [tool for tool in found if shutil.which(tool.argv[0], path=environ.get("PATH"))]


def osc52(text: bytes) -> str:
    """The escape sequence that asks a terminal to take the text; there is no answer to it."""
    return f"\x1b]52;c;{base64.b64encode(text).decode('ascii')}\x07"


async def yank(text: str, environ: Mapping[str, str], write: Callable[[str], None]) -> str:
    """Copy `text`; returns what was done, in words. `write` sends a string to the terminal."""
    data = text.encode("utf-8", "replace")
    size = f"{len(data):,} bytes" if len(data) != 1 else "1 byte"
    if not data:
        return "nothing to copy"
    if len(data) > LIMIT:
        return f"not copied: {size} are over the limit of {LIMIT:,}; filter first, or use `get`"
    for tool in tools(environ):
        if await _feed(tool.argv, data, environ):
            return f"copied {size} to {tool.place}"
    write(osc52(data))
    return f"copied {size} by OSC 52, if the terminal allows it"


async def _feed(argv: tuple[str, ...], data: bytes, environ: Mapping[str, str]) -> bool:
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=dict(environ),
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(data), _TIMEOUT_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        return False
    return process.returncode == 0
