"""A console to be run as a process and killed: says on stdout what it starts and hears."""

import asyncio
import sys

import msgspec

from opsconsole.clean import Clean
from opsconsole.engine import Companion
from opsconsole.plan import Approval, Request, Thing, digest
from opsconsole.ports import Hello, Interest, Samples

HERE = Thing("here", (), Clean("here"))
ARGV = [sys.executable, "-P", "-m", "tests.engine.collector"]


def say(what: str, value: object) -> None:
    print(msgspec.json.encode({what: value}).decode(), flush=True)


async def act(companion: Companion, steps: str) -> None:
    plan = await companion.actions.propose(Request("box.write", (HERE,), {"what": steps}))
    task = asyncio.ensure_future(companion.actions.approve(Approval(digest(plan), "y")))
    await asyncio.sleep(0.5)
    say("running", int(not task.done()))
    await task


async def main(looks_at: str, steps: str) -> None:
    companion = Companion(ARGV)
    companion.start()
    companion.send(Interest([(looks_at, "here")] if looks_at else []))
    tasks: set[asyncio.Task[None]] = set()
    while True:
        message = await companion.receive()
        if isinstance(message, Hello):
            say("collector", message.pid)
            if steps:
                tasks.add(asyncio.ensure_future(act(companion, steps)))
        elif isinstance(message, Samples):
            for sample in message.samples:
                if sample.rows:
                    say(sample.probe, sample.rows[0][0])


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
