"""Helpers of the tests that make a transport do something."""

import sys
from collections.abc import Callable

from opsconsole.model import Target
from opsconsole.ports import Doer

ECHO = (
    sys.executable,
    "-c",
    "import os, sys\nos.write(1, b''.join(os.fsencode(w) + b'\\0' for w in sys.argv[1:]))",
)
"""A program that says its arguments, each ended by a NUL."""


class Told:
    """What a program said."""

    def __init__(self) -> None:
        self.text = b""

    def __call__(self, data: bytes) -> None:
        self.text += data

    def has(self, text: bytes) -> Callable[[], bool]:
        """Ask later whether that was said."""
        return lambda: text in self.text


def doer(transport: object) -> Doer:
    """The transport, which must be one that acts."""
    assert isinstance(transport, Doer)
    return transport


async def done(transport: object, target: Target, *argv: str) -> tuple[int, bytes]:
    """Run a program; its status and what it said."""
    told = Told()
    status = await doer(transport).execute(target, argv, told)
    return status, told.text
