"""A sampler at the far end of an SSH connection."""

import asyncio
from collections.abc import Callable

import asyncssh

from opsconsole.errors import TargetError, Unsupported
from opsconsole.ports import Answer
from opsconsole.transports.ssh import faults
from opsconsole.transports.ssh.config import KEEPALIVE, Endpoint
from opsconsole.transports.ssh.hops import Hop
from opsconsole.transports.ssh.thrift import forget_login
from opsconsole.transports.stream import Stream

COMMAND = "exec /bin/sh"
"""No path, no quoting: every login shell can run it, and none stays behind as a second process."""

LAST_WORDS = 0.2
"""Seconds to read what an ended sampler left in its pipes."""

FAREWELL = 2.0
"""Seconds a connection has to close in good order."""


class SshSession(Stream, asyncssh.SSHClientSession[bytes]):
    """One connection, one channel, one sampler."""

    def __init__(self, target: str, interval: float, deliver: Callable[[Answer], None]) -> None:
        super().__init__(target, interval, deliver)
        self._endpoint: Endpoint | None = None
        self._conn: asyncssh.SSHClientConnection | None = None
        self._channel: asyncssh.SSHClientChannel[bytes] | None = None
        self._hop: Hop | None = None
        self._status = ""
        self._guests = 0

    def hold(self, endpoint: Endpoint, conn: asyncssh.SSHClientConnection, hop: Hop | None) -> None:
        """Take the connection that is logged in, and the jump host it leans on."""
        self._endpoint, self._conn, self._hop = endpoint, conn, hop
        if self.interval < KEEPALIVE:
            # What is pushed keeps the way open and its absence is noticed: a timer that is set
            # anew at every packet would be only a cost.
            conn.set_keepalive(interval=0)

    def lend(self) -> tuple[Endpoint, asyncssh.SSHClientConnection, Hop | None] | None:
        """Give what another channel needs, until `give_back`; None when it is about to close."""
        if self._over or self._conn is None or self._endpoint is None:
            return None
        self._guests += 1
        return self._endpoint, self._conn, self._hop

    def give_back(self) -> None:
        """End a loan; the last one out closes the connection when the sampler is gone."""
        self._guests -= 1
        if self._over and not self._guests and self._conn is not None:
            self._conn.close()

    async def start(self) -> None:
        """Run the shell; raises a `TargetError` when the host does not let us."""
        assert self._conn is not None
        assert self._endpoint is not None
        try:
            # Whatever the operator's configuration says of terminals, agents and environments is
            # for people: a sampler gets none of it.
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
            what = f"{self._endpoint.where} gives no session: {error.reason}"
            raise Unsupported(what, "allow the account a command: MaxSessions, shell") from error
        except (asyncssh.Error, OSError) as error:
            raise self._why(error) from error
        forget_login(self._conn, self._endpoint.options)

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        """Take the channel."""
        self._channel = chan

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        """Sort what the sampler wrote: stdout pushes, stderr answers."""
        if datatype is None:
            self.pushed(data)
        else:
            self.asked(data)

    def eof_received(self) -> bool:
        """Let the channel close."""
        return False

    def exit_status_received(self, status: int) -> None:
        """Note how the sampler ended."""
        self._gone(f"ended with status {status}")

    def exit_signal_received(self, signal: str, core_dumped: bool, msg: str, lang: str) -> None:  # noqa: ARG002
        """Note what ended the sampler."""
        self._gone(f"was ended by SIG{signal}")

    def _gone(self, how: str) -> None:
        # The channel may stay open for long: what the sampler left running holds its pipes. And
        # its last words may still be on their way.
        self._status = how
        asyncio.get_running_loop().call_later(LAST_WORDS, self.finish, how)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell a sampler that ended from a connection that broke."""
        if self._status:
            self.finish(self._status)
        else:
            error = self._why(exc)
            self.fail(type(error)(f"{self.target}: {error}", error.remedy))

    def _why(self, error: Exception | None) -> TargetError:
        gone = self._hop.lost() if self._hop else None
        return gone or faults.lost(self._endpoint.where if self._endpoint else "", error)

    def _send(self, data: bytes) -> None:
        if self._channel is not None and not self._channel.is_closing():
            self._channel.write(data)  # pyright: ignore[reportUnknownMemberType] - half typed

    def _drop(self) -> None:
        # In the next turn: asyncssh may be in the middle of handing us a packet.
        if self._conn is not None:
            asyncio.get_running_loop().call_soon(self._leave)

    def _leave(self) -> None:
        """Close the connection; only our channel while another channel still needs it."""
        assert self._conn is not None
        if not self._guests:
            self._conn.close()
        elif self._channel is not None:
            self._channel.close()
            # Nothing is pushed any more: only this notices that the host is gone.
            self._conn.set_keepalive(interval=KEEPALIVE)

    async def close(self) -> None:
        """End the session: the sampler reads end of input, and its next write fails."""
        self.fail(None)
        if self._conn is None or self._guests:
            return
        try:
            async with asyncio.timeout(FAREWELL):
                await self._conn.wait_closed()
        except TimeoutError:
            self._conn.abort()
