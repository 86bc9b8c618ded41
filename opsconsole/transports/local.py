"""This machine: the sampler and single programs as child processes, no network."""

import asyncio
import contextlib
import os
import signal
import subprocess
import weakref
from collections.abc import Callable
from typing import cast

from opsconsole.clean import clean_bytes
from opsconsole.errors import Denied, TargetError, Unreachable, Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Script
from opsconsole.transports.errand import ENVIRONMENT, FAREWELL, FOLDER, PATH, Errand, checked
from opsconsole.transports.stream import Stream, opening, sampler

SHELL = ("/bin/sh",)
START = 15.0
"""Seconds, on top of the interval, until the first answer must have come."""
GRACE = 1.0
"""Seconds a child has to end by TERM before KILL."""
LAST_WORDS = 0.2
"""Seconds to read what an ended child left in its pipes."""


class LocalSession(Stream, asyncio.SubprocessProtocol):
    """A sampler that runs as our child, in a session of its own so that all of it can be ended."""

    def __init__(self, target: str, interval: float, deliver: Callable[[Answer], None]) -> None:
        super().__init__(target, interval, deliver)
        self._child: asyncio.SubprocessTransport | None = None
        self._stdin: asyncio.WriteTransport | None = None
        self._gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the child's pipes."""
        self._child = cast(asyncio.SubprocessTransport, transport)
        self._stdin = cast(asyncio.WriteTransport, self._child.get_pipe_transport(0))

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Sort what the child wrote: stdout pushes, stderr answers."""
        if fd == 1:
            self.pushed(data)
        else:
            self.asked(data)

    def process_exited(self) -> None:
        """Report the end, a moment later: its last words may still be in the pipes."""
        asyncio.get_running_loop().call_later(LAST_WORDS, self._report)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - its protocol
        """Note that the child and everybody who held its pipes are gone."""
        self._gone.set()
        self._report()

    def _report(self) -> None:
        code = self._child.get_returncode() if self._child else None
        how = f"was ended by signal {-code}" if code and code < 0 else f"ended with status {code}"
        self.finish(how)

    def _send(self, data: bytes) -> None:
        if self._stdin is not None and not self._stdin.is_closing():
            self._stdin.write(data)

    def _drop(self) -> None:
        self._signal(signal.SIGTERM)

    def _signal(self, number: int) -> None:
        if self._child is not None and not self._gone.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.get_pid(), number)

    async def close(self) -> None:
        """End the child and all it started: end of input and TERM first, then KILL."""
        self.fail(None)
        if self._stdin is not None:
            self._stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await self._gone.wait()
        self._signal(signal.SIGKILL)
        if self._child is not None:
            self._child.close()
            async with asyncio.timeout(START):
                await self._gone.wait()


class LocalErrand(Errand, asyncio.SubprocessProtocol):
    """One program as our child, in a session of its own so that it outlives our terminal."""

    def __init__(self, target: str, program: str, heard: Callable[[bytes], None]) -> None:
        super().__init__(target, program, heard)
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self, words: tuple[bytes, ...]) -> int:
        """Run the program to its end; see `ports.Doer`."""
        path = os.environ.get("PATH", "")
        try:
            child, _ = await asyncio.get_running_loop().subprocess_exec(
                lambda: self,
                *words,
                stdin=subprocess.DEVNULL,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=FOLDER,
                env={**os.environ, **ENVIRONMENT, "PATH": f"{path}:{PATH}" if path else PATH},
            )
        except OSError as error:
            raise self._refusal(error) from error
        try:
            await asyncio.wait([self._ended])
            await self.rest()
        finally:
            try:
                if not self._ended.done():
                    await self._end(child.get_pid())
            finally:
                child.close()
        status = child.get_returncode()
        assert status is not None
        return status

    async def _end(self, pid: int) -> None:
        """TERM to the program and all it started, then KILL; and take its status."""
        for number, seconds in ((signal.SIGTERM, FAREWELL), (signal.SIGKILL, START)):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, number)
            await asyncio.wait([self._ended], timeout=seconds)
            if self._ended.done():
                break

    def _refusal(self, error: OSError) -> TargetError:
        what = f"{self.target}: cannot run {self.program}: {error.strerror}"
        if isinstance(error, FileNotFoundError):
            return Unsupported(what, f"install {self.program} on this machine")
        if isinstance(error, PermissionError):
            return Denied(what, f"the account must be able to run {self.program}")
        return Unsupported(what, "mend the command")

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002 - there is one pipe
        """Pass on what the program wrote."""
        self.said(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002
        """Note that nobody holds its output any more."""
        self.hushed()

    def process_exited(self) -> None:
        """Note that it ended; its last words may still be in the pipe."""
        if not self._ended.done():
            self._ended.set_result(None)


class LocalTransport:
    """Runs samplers on this machine, and single programs when something is to be done.

    Target settings: `argv` (tuple of str), a program that speaks the same wire by itself; it runs
    instead of `/bin/sh` and is sent no script.
    """

    name = "local"

    def __init__(self) -> None:
        self._sessions: weakref.WeakSet[LocalSession] = weakref.WeakSet()

    async def open(
        self,
        target: Target,
        script: Script,
        interval: float,
        deliver: Callable[[Answer], None],
    ) -> LocalSession:
        """Start the sampler and return at its first pushed answer, which is delivered before."""
        own = cast("tuple[str, ...]", target.settings.get("argv") or ())
        text = sampler(target.id, script)
        session = LocalSession(target.id, interval, deliver)
        argv = own or SHELL
        session.program = argv[0]
        try:
            await asyncio.get_running_loop().subprocess_exec(
                lambda: session, *argv, start_new_session=True
            )
        except OSError as error:
            raise Unsupported(f"{target.id}: cannot run {argv[0]}: {error.strerror}") from error
        self._sessions.add(session)
        started = False
        try:
            if not own:
                session.write(opening(text, interval))
            await session.started(START + interval)
            started = True
        except TimeoutError:
            late = f"{target.id}: no answer within {START + interval:g} s of its start"
            raise Unreachable(late) from None
        finally:
            if not started:
                await session.close()
        return session

    async def execute(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Run one program; see `ports.Doer`. Raises `Refused` for words no program can get."""
        words = checked(target.id, argv)
        return await LocalErrand(target.id, clean_bytes(words[0], 80), heard).run(words)

    async def close(self) -> None:
        """End all samplers that still run."""
        await asyncio.gather(*(session.close() for session in self._sessions))


TRANSPORT = LocalTransport
