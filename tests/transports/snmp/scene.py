"""A target that is an SNMP agent of the test, and what was heard of it."""

import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

from opsconsole.model import Target
from opsconsole.ports import Answer, Session
from opsconsole.question import Part, Snmp, parted
from opsconsole.secret import Secret
from opsconsole.transports.snmp import SnmpTransport
from tests.servers.port import PORT
from tests.servers.sampler import Heard


def secret(folder: Path, text: str) -> Secret:
    path = folder / f"secret-{text}"
    path.touch(0o600)
    path.write_text(text)
    return Secret("file", (str(path),))


def target(folder: Path, address: str, user: str | None = None, **said: object) -> Target:
    """Texts under `community` and passwords stand in files, as the estate wants it."""
    secrets = {"community", "write_community", "auth_password", "priv_password"}
    settings = {
        key: secret(folder, str(value)) if key in secrets else value for key, value in said.items()
    }
    return Target("box", "any", "snmp", address, PORT, user, settings=settings)


@contextlib.asynccontextmanager
async def opened(
    to: Target, *questions: Snmp
) -> AsyncGenerator[tuple[Session, Heard, SnmpTransport], None]:
    """A session within the context; the questions are exchange `one`."""
    transport, heard = SnmpTransport(), Heard()
    try:
        yield await transport.open(to, {"one": questions}, 1.0, heard), heard, transport
    finally:
        await transport.close()


async def again(session: Session, heard: Heard) -> Answer:
    """The next answer to exchange `one`."""
    count = len(heard.answers)
    session.ask("one")
    await heard.until(lambda all_: len(all_.answers) > count)
    return heard.answers[count]


async def answered(to: Target, *questions: Snmp) -> tuple[Part, ...]:
    """Parts of one exchange of these questions; raises what is at fault."""
    async with opened(to, *questions) as (session, heard, _):
        answer = await again(session, heard)
        if answer.error is not None:
            raise answer.error
        return parted(answer.payload, len(questions))
