"""One program run at the far end of an SSH connection, without any shell reading its words.

SSH hands one string to the account's login shell, whichever that is. So the string is always the
same, and the program goes to the `/bin/sh` it starts over its stdin: a script that is read whole
before anything runs, in which every word stands quoted.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from functools import cache
from importlib import resources

import asyncssh

from opsconsole.clean import clean, clean_bytes
from opsconsole.errors import Lost, TargetError, Unreachable, Unsupported
from opsconsole.transports.errand import ENVIRONMENT, FAREWELL, FOLDER, PATH, Errand
from opsconsole.transports.ssh import faults
from opsconsole.transports.ssh.config import Endpoint
from opsconsole.transports.ssh.hops import Hop
from opsconsole.transports.ssh.session import COMMAND, SshSession

NOISE = 64 << 10
"""Bytes a login shell may say before our first line."""

SIGNALS = range(129, 129 + 64)
"""Statuses that sh gives a program that a signal ended: 128 and its number."""


@cache
def _wrapper() -> bytes:
    text = resources.files("opsconsole.transports.ssh").joinpath("errand.sh").read_bytes()
    return b"".join(
        line for line in text.splitlines(keepends=True) if not line.startswith((b"#", b"\n"))
    )


def quoted(word: bytes) -> bytes:
    """Return a word that a POSIX shell reads as just these bytes."""
    return b"'" + word.replace(b"'", b"'\\''") + b"'"


def script(words: tuple[bytes, ...], token: str) -> bytes:
    """Return what `/bin/sh` reads: nothing of it runs unless all of it arrived."""
    settings = "".join(f"{name}={value}; export {name}\n" for name, value in ENVIRONMENT.items())
    head = f"{settings}PATH=$PATH:{PATH}; export PATH\ncd {FOLDER}\ntoken={token}\n"
    # In a function: a text that breaks off between two words is an unfinished one, not a shorter
    # command.
    body = b"words() {\nact " + b" ".join(map(quoted, words)) + b"\n}\n"
    return head.encode() + body + _wrapper()


class SshErrand(Errand, asyncssh.SSHClientSession[bytes]):
    """One channel, one program."""

    def __init__(
        self, target: str, words: tuple[bytes, ...], heard: Callable[[bytes], None], start: float
    ) -> None:
        """`start` is seconds until `/bin/sh` must be ready."""
        super().__init__(target, clean_bytes(words[0], 80), heard)
        self._token = secrets.token_hex(16)
        self._script = script(words, self._token)
        self._start = start
        self._where = target
        self._hop: Hop | None = None
        self._conn: asyncssh.SSHClientConnection | None = None
        self._lender: SshSession | None = None
        self._channel: asyncssh.SSHClientChannel[bytes] | None = None
        self._before = bytearray()
        self._begun = False
        self._line = b""
        self._words = b""
        self._over = ""
        self._sent = False
        loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = loop.create_future()
        self._status: asyncio.Future[int] = loop.create_future()

    def hold(self, endpoint: Endpoint, conn: asyncssh.SSHClientConnection, hop: Hop | None) -> None:
        """Take a connection of its own, and the jump host it leans on."""
        self._where, self._conn, self._hop = endpoint.where, conn, hop

    async def borrow(self, session: SshSession) -> bool:
        """Open the channel beside a sampler's; False when there is none to be had there."""
        way = session.lend()
        if way is None:
            return False
        self._lender = session
        self.hold(*way)
        started = False
        try:
            await self.start()
            started = True
        except TargetError:
            pass  # nothing was run: a connection of its own may do, or says what is wrong
        finally:
            if not started:
                await self.close()
        return started

    async def start(self) -> None:
        """Open the channel; raises a `TargetError`, `Unsupported` when the host gives none."""
        assert self._conn is not None
        try:
            async with asyncio.timeout(self._start):
                await self._conn.create_session(  # pyright: ignore[reportUnknownMemberType] - half typed
                    lambda: self,
                    COMMAND,
                    encoding=None,
                    request_pty=False,
                    env=None,
                    send_env=None,
                    x11_forwarding=False,
                )
        except asyncssh.ChannelOpenError as error:
            what = f"{self._where} gives no session for {self.program}: {clean(error.reason)}"
            raise Unsupported(what, "allow the account a command: MaxSessions, shell") from error
        except TimeoutError:
            what = f"{self._where} gave no session within {self._start:g} s"
            raise Unreachable(f"{what}: {self.program} was not run") from None
        except (asyncssh.Error, OSError) as error:
            raise self._why(error) from error

    async def run(self) -> int:
        """Run the program to its end; see `ports.Doer`."""
        try:
            self._send(self._script)
            await asyncio.wait([self._ready], timeout=self._start)
            if not self._ready.done():
                what = f"{self.target}: {self._where} did not start /bin/sh in {self._start:g} s"
                raise Unreachable(f"{what}{self._said()}: {self.program} was not run")
            self._ready.result()
            self._sent = True
            self._send(b"go\n")
            await asyncio.wait([self._status])
            status = self._status.result()
            await self.rest()
        except asyncio.CancelledError:
            await self._cancel()
            raise
        finally:
            if self._channel is not None:
                self._channel.close()
        # sh does not tell a signal from a program that chose such a status; none we know of does.
        return 128 - status if status in SIGNALS else status

    async def _cancel(self) -> None:
        """Send TERM to what runs, and hear it out, for a moment."""
        if self._sent and not self._status.done():
            self._send(b"cancel\n")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL):
                    await asyncio.wait([self._status])
                    await asyncio.wait([self._complete])

    async def close(self) -> None:
        """End the channel, and the connection if it is its own; safe to call twice."""
        if self._channel is not None:
            self._channel.close()
        conn, self._conn = self._conn, None
        if conn is None:
            return
        if self._lender is not None:
            self._lender.give_back()
            return
        conn.close()
        try:
            async with asyncio.timeout(FAREWELL):
                await conn.wait_closed()
        except TimeoutError:
            conn.abort()

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        """Take the channel."""
        self._channel = chan

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        """Sort what came: stdout is the program's, stderr is the wrapper's."""
        if datatype is not None:
            self._told(data)
        elif self._begun:
            self.said(data)
        else:
            self._before += data
            chatter, mark, rest = self._before.partition(f"\n{self._token}\n".encode())
            if mark:
                self._begun = True
                self._before.clear()
                self.said(bytes(rest))
            else:
                self._words = bytes(chatter[-400:])
                del self._before[:-NOISE]

    def _told(self, data: bytes) -> None:
        *lines, rest = (self._line + data).split(b"\n")
        self._line = rest[-NOISE:]
        for line in lines:
            token, _, what = line.partition(b" ")
            if token != self._token.encode():
                self._words = line[:400] or self._words
            elif what == b"ready" and not self._ready.done():
                self._ready.set_result(None)
            elif what.startswith(b"ended ") and not self._status.done():
                self._status.set_result(int(what[6:]))

    def eof_received(self) -> bool:
        """Let the channel close."""
        self.hushed()
        return False

    def exit_status_received(self, status: int) -> None:
        """Note how the wrapper ended."""
        self._over = f"ended with status {status}"

    def exit_signal_received(self, signal: str, core_dumped: bool, msg: str, lang: str) -> None:  # noqa: ARG002
        """Note what ended the wrapper."""
        self._over = f"was ended by SIG{signal}"

    def connection_lost(self, exc: Exception | None) -> None:
        """Say what is known of the program when the channel is gone."""
        self.hushed()
        error = self._ending(exc)
        for waiting in (self._ready, self._status):
            if not waiting.done():
                waiting.set_exception(error)
                waiting.exception()  # one of the two is awaited by nobody

    def _ending(self, exc: Exception | None) -> TargetError:
        why = f"/bin/sh {self._over}{self._said()}" if self._over else str(self._why(exc))
        if self._sent:
            what = f"{self.target}: {why} while {self.program} ran: what it did is not known"
            return Lost(what, "look at the target before you try again")
        what = f"{self.target}: {why}: {self.program} was not run"
        if self._over:
            return Unsupported(what, "the account must be able to run /bin/sh")
        return Lost(what, "try again when the host is back")

    def _said(self) -> str:
        words = clean_bytes(b" ".join((self._words or self._line).split()), 200)
        return f", saying: {words}" if words else ""

    def _why(self, error: Exception | None) -> TargetError:
        gone = self._hop.lost() if self._hop else None
        return gone or faults.lost(self._where, error)

    def _send(self, data: bytes) -> None:
        if self._channel is not None and not self._channel.is_closing():
            self._channel.write(data)  # pyright: ignore[reportUnknownMemberType] - half typed
