"""Answers of Patroni, recorded or asked of a cluster of the test, and what is done to it."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from opsconsole.domains.database.patroni import INTEGRATION
from opsconsole.errors import Gone, Malformed
from opsconsole.model import Target
from opsconsole.plan import Thing
from opsconsole.ports import Session
from opsconsole.question import Part, joined
from opsconsole.spec import Action, Facts, Probe
from opsconsole.transports.http import HttpTransport
from tests.domains.database.redis.scene import Table, table
from tests.servers.sampler import Heard
from tests.transports.doing import done

ANSWERS = Path(__file__).parent / "answers"


def recorded(name: str) -> Any:
    return json.loads((ANSWERS / f"{name}.json").read_text())


def answer(*documents: object) -> bytes:
    return joined([Part(200, json.dumps(one).encode()) for one in documents])


def whole(version: int, **said: object) -> bytes:
    """An answer of the exchange `cluster`, with other values in that of `GET /cluster`."""
    return answer(
        recorded(f"patroni-{version}"), recorded(f"cluster-{version}") | said, recorded("config")
    )


@asynccontextmanager
async def opened(to: Target) -> AsyncGenerator[tuple[Session, Heard], None]:
    transport, heard = HttpTransport(), Heard()
    try:
        yield await transport.open(to, INTEGRATION.questions, 1.0, heard), heard
    finally:
        await transport.close()


async def until(to: Target, probe: Probe[Any], true: Callable[[Table], bool]) -> Table:
    """Ask over one session until the rows are so."""
    async with opened(to) as (session, heard), asyncio.timeout(120):
        while True:
            number = len(heard.answers)
            session.ask(probe.exchange)
            await heard.until(_more_than(number), 60)
            last = heard.answers[-1]
            if last.error is None and true(rows := table(probe, last.payload)):
                return rows
            assert last.error is None or isinstance(last.error, Malformed)
            await asyncio.sleep(0.1)


def _more_than(number: int) -> Callable[[Heard], bool]:
    return lambda all_: len(all_.answers) > number


async def looked(action: Action, one: Thing, to: Target) -> Facts | None:
    """The object now; None when it is gone."""
    status, out = await done(HttpTransport(), to, *action.look.argv(one))
    try:
        return action.look.read(one, status, out)
    except Gone:
        return None


async def barred(action: Action, one: Thing, to: Target) -> str:
    """Why it may not be done now."""
    facts = await looked(action, one, to)
    assert facts is not None
    return action.bars(one, facts, {})


async def acted(action: Action, one: Thing, to: Target) -> Facts:
    """Look, do, and wait until it is verified, as the executor would; the facts before."""
    before = await looked(action, one, to)
    assert before is not None
    assert action.bars(one, before, {}) == ""
    assert action.effect(one, before, {})
    (step,) = action.steps(one, before, {})
    status, out = await done(HttpTransport(), to, *step.argv)
    assert status == 0, out
    async with asyncio.timeout(150):
        while not action.verify.held(before, await looked(action, one, to), {}):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    return before
