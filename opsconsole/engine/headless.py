"""A collector within this process, for commands without a screen."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterable

from opsconsole import registry
from opsconsole.bus import memory
from opsconsole.collector import Collector
from opsconsole.engine.local import fitted
from opsconsole.estate import Estate
from opsconsole.ports import ConsoleEnd, Interest


@contextlib.asynccontextmanager
async def watching(
    estate: Estate, pairs: Iterable[tuple[str, str]]
) -> AsyncGenerator[ConsoleEnd, None]:
    """Watch the estate's targets, and look at these (probe, target) pairs, within the context.

    What its `receive` returns is what a console would be told. All sessions are closed at the end.
    """
    transports = registry.Transports()
    end, console = memory.pair()
    collector = Collector(
        fitted(estate.targets, registry.integrations()), registry.integrations(), transports, end
    )
    console.send(Interest(list(pairs)))
    running = asyncio.get_running_loop().create_task(collector.run())
    try:
        yield console
    finally:
        console.close()
        await running
        await collector.close()
        await transports.close()
