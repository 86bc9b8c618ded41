"""A collector, or only its executor, within this process: for commands without a screen."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from types import MappingProxyType

from opsconsole import registry
from opsconsole.approval import SecondPerson
from opsconsole.bus import memory
from opsconsole.collector import Collector
from opsconsole.engine.judging import Judging
from opsconsole.engine.local import LOCAL, fitted
from opsconsole.engine.remedy import executor
from opsconsole.engine.whole import WholeEnd
from opsconsole.estate import Estate
from opsconsole.executor import Executor
from opsconsole.model import Target
from opsconsole.ports import ConsoleEnd, Interest, Upward

NO_PACES: Mapping[str, Mapping[str, float]] = MappingProxyType({})


@contextlib.asynccontextmanager
async def watching(
    estate: Estate, pairs: Iterable[tuple[str, str]], *, judged: bool = False
) -> AsyncGenerator[ConsoleEnd, None]:
    """Watch the estate's targets, and look at these (probe, target) pairs, within the context.

    What its `receive` returns is what a console would be told, with watched lists as samples of
    all their rows; alerts only when `judged`. All sessions are closed at the end.
    """
    transports = registry.Transports()
    end, console = memory.pair()
    known, targets = registry.integrations(), fitted(estate.targets, registry.integrations())
    judging = Judging(estate, targets, end.publish) if judged else None
    collector = Collector(
        targets,
        known,
        transports,
        end,
        hear=judging.hear if judging else (),
        paces=judging.paces if judging else NO_PACES,
    )
    console.send(Interest(list(pairs)))
    running = asyncio.get_running_loop().create_task(collector.run())
    if judging is not None:
        judging.start()
    try:
        yield WholeEnd(console)
    finally:
        if judging is not None:
            await judging.close()
        console.close()
        await running
        await collector.close()
        await transports.close()


KEEP = """echo; echo '--opsconsole kept--'; while read -r _; do :; done\n"""
"""A sampler that says one thing and waits for its end."""

WHILE = 3600.0
"""Seconds between two answers of it, which never come."""


@contextlib.asynccontextmanager
async def acting(
    estate: Estate, target: Target, hear: Callable[[Upward], None]
) -> AsyncGenerator[Executor, None]:
    """The one door to the estate's targets, within the context; `hear` takes what it tells.

    All calls on `target` share one connection, however often it is asked whether it worked.
    Raises a `TargetError` when there is none.
    """
    transports = registry.Transports()
    door = executor(estate, transports, hear, witness=SecondPerson(estate.policy.approvers))
    try:
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(door.idle)
            # What runs here needs no connection, and what only looks is not reached at all; a
            # target without a shell gets one for each call.
            known = registry.integrations().get(target.kind)
            shell = known is None or not known.questions
            if shell and target.transport != LOCAL and not estate.policy.read_only:
                way = transports.get(target.transport)
                session = await way.open(target, KEEP, WHILE, lambda _: None)
                stack.push_async_callback(session.close)
            yield door
    finally:
        await transports.close()
