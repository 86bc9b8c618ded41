"""What the console sends to its terminal, read by the grammar of ECMA-48; and what it does."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from textual.dom import DOMNode
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.strip import Strip

from opsconsole.clean import FOREIGN
from screens.shell.app import OpsConsole

SEQUENCE = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]"  # control sequences
    "|\x1b[PX\\]^_][^\x07\x1b]*(?:\x07|\x1b\\\\)"  # control strings
    "|\x1b[ -/]*[0-~]"  # all other escapes
)
"""One escape sequence, whole."""

OWN = re.compile(
    r"\x1b\[\d*(;\d+)?H|\x1b\[\d*C|\x1b\[[\d;]*m|\x1b\[\?2026[hl]|\x1b\]22;[a-z-]+\x07"
)
"""The sequences we send on purpose: moves, colours, frame brackets, the pointer's shape."""


def foreign(sent: str) -> list[str]:
    """Everything a terminal would obey that is not ours, each with what stands around it."""
    strangers = [repr(found[0]) for found in SEQUENCE.finditer(sent) if not OWN.fullmatch(found[0])]
    rest = SEQUENCE.sub("", sent)
    return strangers + [
        repr(rest[max(0, found.start() - 20) : found.end() + 20])
        for found in FOREIGN.finditer(rest)
    ]


def broken(strips: Sequence[Strip], width: int) -> list[str]:
    """Lines that are not as wide as the screen, and segments that act when one clicks them."""
    found: list[str] = []
    for strip in strips:
        text = "".join(segment.text for segment in strip)
        if cell_len(text) != width:
            found.append(f"{cell_len(text)} cells: {text!r}")
        for _, style, control in strip:
            if control is not None or (style and (style.link or _acts(style.meta))):
                found.append(f"acts: {text!r}")
    return found


def _acts(meta: dict[str, object]) -> bool:
    return any(key.startswith("@") for key in meta)


class Recorder(HeadlessDriver):
    """A driver that keeps what it is asked to write; to the app it is a terminal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Textual's signature
        super().__init__(*args, **kwargs)
        self.sent: list[str] = []

    @property
    def is_headless(self) -> bool:
        return False

    @property
    def can_suspend(self) -> bool:
        return True

    def write(self, data: str) -> None:
        self.sent.append(data)


class Wired(OpsConsole):
    """The console, with a record of what it sends and of what it does."""

    recorder: Recorder
    done: list[str]
    """Actions and command lines carried out."""

    def _build_driver(
        self, headless: bool, inline: bool, mouse: bool, size: tuple[int, int] | None
    ) -> Driver:
        del headless, inline
        self.done = []
        self._driver = self.recorder = Recorder(self, mouse=mouse, size=size)
        return self._driver

    def take_sent(self) -> str:
        """What was sent since the last call."""
        sent = "".join(self.recorder.sent)
        self.recorder.sent.clear()
        return sent

    def carry_out(self, line: str) -> None:
        self.done.append(line)
        super().carry_out(line)

    async def run_action(
        self,
        action: Any,  # a name, or what Textual parsed of one
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        self.done.append(str(action))
        return await super().run_action(action, default_namespace, namespaces)
