"""A target that is a web server of the test, and what was heard of it."""

import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

from opsconsole.model import Target
from opsconsole.ports import Session
from opsconsole.question import HttpRequest, Questions
from opsconsole.transports.http import HttpTransport
from tests.servers.sampler import Heard

ONE: Questions = {"one": (HttpRequest("/one"),)}
TWO: Questions = {**ONE, "two": (HttpRequest("/a?x=1"), HttpRequest("/b", statuses=(503,)))}


def target(url: str, user: str | None = None, **settings: object) -> Target:
    given = {key: str(one) if isinstance(one, Path) else one for key, one in settings.items()}
    return Target("am", "alertmanager", "http", "am", user=user, settings={"url": url, **given})


@contextlib.asynccontextmanager
async def opened(
    to: Target, questions: Questions = ONE
) -> AsyncGenerator[tuple[Session, Heard], None]:
    """A session within the context."""
    transport, heard = HttpTransport(), Heard()
    try:
        yield await transport.open(to, questions, 1.0, heard), heard
    finally:
        await transport.close()
