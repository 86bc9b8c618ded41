"""A target that is an upsd of the test, or one that says what a test wants; what was heard."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from opsconsole import reply
from opsconsole.model import Target
from opsconsole.ports import Answer, Session
from opsconsole.question import NutAnswer, NutQuery, Questions, parted
from opsconsole.secret import Secret
from opsconsole.transports.nut import NutTransport
from tests.servers.nut import PASSWORD, Upsd
from tests.servers.sampler import Heard

VARS: Questions = {"one": (NutQuery(("LIST", "VAR", "*"), since="ups.status"),)}


def target(server: Upsd | tuple[str, int], user: str | None = None, **more: object) -> Target:
    """A target with these settings."""
    address, port = server if isinstance(server, tuple) else (server.address, server.port)
    given = {key: str(one) if isinstance(one, Path) else one for key, one in more.items()}
    return Target("ups", "nut", "nut", address, port, user, settings=given)


def acting(
    server: Upsd | tuple[str, int], folder: Path, text: str = PASSWORD, user: str = "ops"
) -> Target:
    """A target that may do something."""
    path = folder / f"password-{len(list(folder.glob('password-*')))}"
    path.write_text(text)
    path.chmod(0o600)
    return target(server, user, password=Secret("file", (str(path),)))


@contextlib.asynccontextmanager
async def opened(
    to: Target, questions: Questions = VARS
) -> AsyncGenerator[tuple[Session, Heard], None]:
    """A session within the context."""
    transport, heard = NutTransport(), Heard()
    try:
        yield await transport.open(to, questions, 1.0, heard), heard
    finally:
        await transport.close()


async def asked(session: Session, heard: Heard, exchange: str = "one") -> Answer:
    """The next answer."""
    number = len(heard.answers)
    session.ask(exchange)
    await heard.until(lambda all_: len(all_.answers) > number)
    return heard.answers[-1]


def read(answer: Answer, count: int = 1) -> list[list[NutAnswer]]:
    """What each question was answered."""
    if answer.error is not None:
        raise answer.error
    return [reply.read(part, list[NutAnswer]) for part in parted(answer.payload, count)]


@contextlib.asynccontextmanager
async def saying(*answers: bytes) -> AsyncGenerator[tuple[tuple[str, int], Sequence[bytes]], None]:
    """A server that gives these answers in order to whatever it is told, then hangs up."""
    told: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            told.append(await reader.readline())
            writer.write(answer)
        with contextlib.suppress(OSError):
            await writer.drain()
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        host, port = server.sockets[0].getsockname()[:2]
        yield (host, port), told
    finally:
        server.close()
