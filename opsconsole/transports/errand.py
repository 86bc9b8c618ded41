"""One program run on a target, whatever carries it: its words, its surroundings, what it says."""

import asyncio
from collections.abc import Callable

from opsconsole.errors import Refused

ENVIRONMENT = {"LC_ALL": "C", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": "cat"}
"""What every program finds set, so that its words are the same on every host and can be parsed.
`C` and not `C.UTF-8`: old hosts lack that one and complain in the midst of the output."""

PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
"""Appended to what the account has: a log-in without a terminal rarely has the sbin folders."""

FOLDER = "/"
"""Where every program starts: in a home it could hold a mount."""

HEARD = 1 << 20
"""Bytes of output that are passed on; the rest is read and dropped."""

CUT = "… output cut\n".encode()
"""Passed on last when there was more."""

QUIET = 1.0
"""Seconds of silence after a program's end after which its output counts as complete, although
something that it left behind holds it open."""

PATIENCE = 10.0
"""Seconds after a program's end after which nothing more is heard of what it left behind."""

FAREWELL = 1.0
"""Seconds a program has to end by TERM before we no longer wait for it."""


def checked(target: str, argv: tuple[str, ...]) -> tuple[bytes, ...]:
    """Return the words as the program gets them; raises `Refused` for what cannot be passed on.

    Text goes as UTF-8; a byte that is not, as `os.fsdecode` reads it, goes as that byte.
    """
    if not argv or not argv[0]:
        raise Refused(f"{target}: there is no program to run: its name is empty")
    if argv[0].startswith("-"):
        # `exec` and `setsid` would take it for an option of their own.
        raise Refused(f"{target}: {argv[0]!r} is an option, not the name of a program")
    if any("\0" in word for word in argv):
        raise Refused(f"{target}: a word of the command has a NUL in it, which no program can get")
    try:
        return tuple(word.encode("utf-8", "surrogateescape") for word in argv)
    except UnicodeEncodeError as error:
        what = f"{target}: a word of the command has a character that is none (half a surrogate)"
        raise Refused(what) from error


class Errand:
    """The half that is the same for every carrier: bounded output, and when it is complete.

    The carrier calls `said` with bytes as they come and `hushed` at the end of them.
    """

    def __init__(self, target: str, program: str, heard: Callable[[bytes], None]) -> None:
        self.target = target
        self.program = program
        self._heard = heard
        self._left = HEARD
        self._turns = 0
        self._complete: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def said(self, data: bytes) -> None:
        """Pass on what the program wrote, up to `HEARD` bytes, then `CUT`, then nothing."""
        self._turns += 1
        if self._left < 0 or not data:
            return
        if passed := data[: self._left]:
            self._heard(passed)
        self._left -= len(data)
        if self._left < 0:
            self._heard(CUT if passed.endswith(b"\n") else b"\n" + CUT)

    def hushed(self) -> None:
        """Note that nothing more can come."""
        if not self._complete.done():
            self._complete.set_result(None)

    async def rest(self) -> None:
        """Return when all that the ended program wrote was heard."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while not self._complete.done() and loop.time() < deadline:
            turns = self._turns
            await asyncio.wait([self._complete], timeout=QUIET)
            if turns == self._turns:
                return
