"""A target that is a Redis server of the test, and what was heard of it."""

import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec

from opsconsole.model import Target
from opsconsole.ports import Answer, Session
from opsconsole.question import Command, Part, Questions, parted
from opsconsole.secret import Secret
from opsconsole.transports.redis import RedisTransport
from tests.servers.redis import Server
from tests.servers.sampler import Heard

PING: Questions = {"one": (Command(("PING",)),)}


def asking(*commands: str) -> Questions:
    """One exchange of commands, words between blanks."""
    return {"one": tuple(Command(tuple(one.split())) for one in commands)}


def target(server: Server | tuple[str, int], user: str | None = None, **more: object) -> Target:
    """A text as password stands in a file, as the estate wants it."""
    address, port = server if isinstance(server, tuple) else (server.address, server.port)
    given = {key: str(one) if isinstance(one, Path) else one for key, one in more.items()}
    return Target("kv", "redis", "redis", address, port, user, settings=given)


def password(folder: Path, text: str) -> Secret:
    path = folder / f"password-{len(list(folder.glob('password-*')))}"
    path.write_text(text)
    path.chmod(0o600)
    return Secret("file", (str(path),))


@contextlib.asynccontextmanager
async def opened(
    to: Target, questions: Questions = PING
) -> AsyncGenerator[tuple[Session, Heard], None]:
    """A session within the context."""
    transport, heard = RedisTransport(), Heard()
    try:
        yield await transport.open(to, questions, 1.0, heard), heard
    finally:
        await transport.close()


async def answered(to: Target, *commands: str) -> tuple[Part, ...]:
    """Parts of one exchange of these commands."""
    async with opened(to, asking(*commands)) as (session, heard):
        session.ask("one")
        await heard.until(lambda all_: len(all_.answers) > 0)
        answer = heard.answers[0]
        if answer.error is not None:
            raise answer.error
        return parted(answer.payload, len(commands))


def value(part: Part) -> object:
    assert part.status == 0, part.body
    return msgspec.msgpack.decode(part.body)


def first(heard: Heard) -> Answer:
    return heard.answers[0]
