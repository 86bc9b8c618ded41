"""Programs in containers and ports of pods: bytes of several channels over one WebSocket."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from urllib.parse import quote

import aiohttp
import msgspec

from opsconsole.clean import clean
from opsconsole.errors import Lost, Refused, Unsupported
from opsconsole.question import HttpRequest
from opsconsole.secret import mask
from opsconsole.transports.http.faults import SAID
from opsconsole.transports.kubernetes.client import Client

STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255

V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
"""What servers speak; with the older one our input has no end but that of the connection."""

EXEC = "EXEC"

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


class _Cause(msgspec.Struct):
    reason: str = ""
    message: str = ""


class _Details(msgspec.Struct):
    causes: list[_Cause] = msgspec.field(default_factory=list[_Cause])


class _Ended(msgspec.Struct):
    status: str = ""
    reason: str = ""
    message: str = ""
    details: _Details | None = None


_ENDED = msgspec.json.Decoder(_Ended, strict=False)


def words(target: str, argv: Sequence[str]) -> tuple[str, str, str, tuple[str, ...]]:
    """Namespace, pod, container (perhaps none) and command of `EXEC NAMESPACE POD CONTAINER --
    COMMAND…`; raises `Refused` for other words.
    """
    if len(argv) > 5 and argv[0] == EXEC and argv[4] == "--":
        space, pod, container = argv[1:4]
        if named(space, pod, *((container,) if container else ())):
            return space, pod, container, tuple(argv[5:])
    said = clean(" ".join(argv[:4]), 80)
    what = f"{target}: {said!r} runs nothing: EXEC NAMESPACE POD CONTAINER -- COMMAND"
    raise Refused(what, "argument")


def named(*names: str) -> bool:
    """Whether all of them are names that an object can have: they become parts of a path."""
    return all(_NAME.fullmatch(name) for name in names)


def address(
    space: str, pod: str, container: str, command: Sequence[str], *, reads: bool, tty: bool
) -> str:
    """The path that runs a command in a container; whether it reads input, and has a terminal."""
    pairs = [("container", container)] if container else []
    pairs += [("command", word) for word in command]
    pairs += [("stdin", "true")] if reads else []
    # A terminal has one stream of output.
    pairs += [("stdout", "true"), ("tty" if tty else "stderr", "true")]
    query = "&".join(f"{name}={quote(value, '')}" for name, value in pairs)
    return f"/api/v1/namespaces/{space}/pods/{pod}/exec?{query}"


class Channels:
    """One open WebSocket; a byte in front of each message says which channel it is of."""

    def __init__(self, where: str, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._where = where
        self._socket = socket
        self.status: int | None = None
        """Exit status, once the program has ended."""

    async def send(self, channel: int, data: bytes) -> None:
        """Write on one of them; raises `Lost`."""
        try:
            await self._socket.send_bytes(bytes((channel,)) + data)
        except (aiohttp.ClientError, OSError):
            raise Lost(f"{self._where}: the connection went") from None

    async def resize(self, columns: int, rows: int) -> None:
        """Tell the size of our terminal."""
        await self.send(RESIZE, msgspec.json.encode({"Width": columns, "Height": rows}))

    async def end_input(self) -> None:
        """Say that nothing more is written; a server of the older kind is told nothing."""
        if self._socket.protocol == V5:
            await self.send(CLOSE, bytes((STDIN,)))

    async def output(self) -> AsyncIterator[tuple[int, bytes]]:
        """Channel and bytes as they come, until the program ends; then `status` is set.

        Raises `Lost` when it did not end, `Unsupported` when it was never started.
        """
        async for channel, data in self.messages():
            if channel == ERROR:
                self.status = self._ended(data)
                return
            if data:
                yield channel, data
        raise Lost(f"{self._where}: the connection went, and how it ended is not known")

    async def messages(self) -> AsyncIterator[tuple[int, bytes]]:
        """Channel and bytes of all that comes, until the connection ends."""
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.BINARY and message.data:
                data = bytes(message.data)
                yield data[0], data[1:]

    def _ended(self, said: bytes) -> int:
        try:
            ended = _ENDED.decode(said)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Lost(f"{self._where}: how it ended cannot be read") from None
        if ended.status == "Success":
            return 0
        for cause in ended.details.causes if ended.details else ():
            if cause.reason == "ExitCode" and re.fullmatch(r"[0-9]{1,3}", cause.message):
                return int(cause.message)
        why = mask(clean(ended.message, 2 * SAID))
        raise Unsupported(f"{self._where}: {why}", "is that program in the container?")


async def run(client: Client, argv: Sequence[str], heard: Callable[[bytes], None]) -> int:
    """Run a command to its end without input; returns its exit status. See `ports.Doer`."""
    space, pod, container, command = words(client.target, argv)
    where = f"{client.target}: {space}/{pod}: {clean(command[0], 80)}"
    request = HttpRequest(address(space, pod, container, command, reads=False, tty=False))
    async with client.socket(request, V5, V4) as socket:
        channels = Channels(where, socket)
        async for _, data in channels.output():
            client.alive(len(data))
            heard(data)
    assert channels.status is not None
    return channels.status
