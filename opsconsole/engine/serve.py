"""The collector's process: ends when its console is gone, but not in the middle of an action."""

import asyncio
import contextlib
import importlib
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable

from opsconsole import garbage, registry
from opsconsole.approval import SecondPerson
from opsconsole.audit import Record, told
from opsconsole.bus.pipe import PipeCollectorEnd
from opsconsole.collector import Collector
from opsconsole.engine.listening import Listening
from opsconsole.engine.local import fitted
from opsconsole.engine.remedy import executor
from opsconsole.estate import Estate
from opsconsole.executor import Executor
from opsconsole.ports import Call

GRACE = 4.0
"""Seconds for an orderly end after the console went and the last action ended; then the hard one,
so that a plug-in that hangs leaves no orphan."""


SETTLED = 30.0
"""Seconds after which client libraries are imported and sessions open."""


def run_collector(fd: int, load: Callable[[], Estate], *, read_only: bool = False) -> int:
    """Collect for the console at the other end of socket `fd` until it is gone; returns 0.

    `load` is called once the process is safe from its terminal; what it raises passes through.
    With `read_only` no action is ever run, whatever the estate says.
    """
    # A handler and not SIG_IGN, which samplers started here would inherit.
    signal.signal(signal.SIGHUP, lambda _number, _frame: None)
    sock = socket.socket(fileno=fd)
    sock.set_inheritable(False)
    garbage.begin()
    with sock, asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_collect(sock, load(), read_only=read_only))
    return 0


async def _collect(sock: socket.socket, estate: Estate, *, read_only: bool) -> None:
    loop = asyncio.get_running_loop()
    bus = PipeCollectorEnd(sock)
    transports = registry.Transports()
    witness = SecondPerson(estate.policy.approvers)
    known, targets = registry.integrations(), fitted(estate.targets, registry.integrations())
    listening = Listening(estate, targets, loop, bus.publish, read_only=read_only)

    def heard(record: Record) -> None:
        loop.call_soon_threadsafe(listening.happening.tell, told([record]))

    door = executor(
        estate, transports, bus.publish, read_only=read_only, witness=witness, heard=heard
    )

    def take(call: Call) -> None:
        if not listening.take(call):
            door.take(call)

    collector = Collector(
        targets, known, transports, bus, call=take, hear=listening.hear, paces=listening.paces
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, bus.close)
    _guard(sock, door)
    loop.call_soon(door.tell_standing)  # after the collector's hello
    loop.call_soon(listening.start)
    loop.call_later(SETTLED, garbage.settle)
    try:
        await collector.run()
        await door.idle()
    finally:
        await collector.close()
        await transports.close()
        bus.close()
        await listening.close()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The loop of uvloop when it is installed; asyncio's does nearly as well."""
    with contextlib.suppress(ImportError):
        factory: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module(
            "uvloop"
        ).new_event_loop
        return factory
    return None


def _guard(sock: socket.socket, door: Executor) -> None:
    """Start a thread that ends the process should its loop not notice that the console went."""
    descriptor = os.dup(sock.fileno())

    def wait() -> None:
        poll = select.poll()
        poll.register(descriptor, 0)  # hang-up is always told
        poll.poll()
        until = time.monotonic() + GRACE
        while time.monotonic() < until:
            time.sleep(0.1)
            if door.busy:
                until = time.monotonic() + GRACE
        os._exit(3)

    threading.Thread(target=wait, name="console-guard", daemon=True).start()
