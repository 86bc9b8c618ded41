"""A console to be run as a process: it acts as told, and says on stdout how far it came."""

import asyncio
import sys

import msgspec

from opsconsole.clean import Clean
from opsconsole.engine import Companion
from opsconsole.errors import OpsError
from opsconsole.plan import Approval, Plan, Progress, Request, Standing, Thing, digest
from opsconsole.ports import Hello
from tests.engine.gated import gates
from tests.engine.test_lifetime import within

ARGV = [sys.executable, "-P", "-m", "tests.engine.gated"]


def say(what: str, value: object) -> None:
    """One line of JSON."""
    print(msgspec.json.encode({what: value}).decode(), flush=True)


async def act(companion: Companion, action: str, target: str, gate: str) -> None:
    """Propose at once; approve when the test opens that gate."""
    port = companion.actions
    try:
        if action == "box.lose":
            await port.arm(600, "")
        body = await port.propose(Request(action, (Thing(target, (), Clean(target)),)))
        plan = msgspec.msgpack.decode(body, type=Plan)
        say("planned", digest(body))
        await asyncio.to_thread(within, 600, (gates() / gate).exists)
        outcome = await port.approve(Approval(digest(body), plan.confirm, "to see it fail"))
        say("outcome", outcome.ended)
    except OpsError as error:
        say("error", f"{getattr(error, 'rule', '')}: {error}")


async def main(action: str, target: str, gate: str) -> None:
    """Hear the collector, and whichever follows it; act once."""
    companion = Companion(ARGV)
    companion.start()
    acting: asyncio.Task[None] | None = None
    while True:
        message = await companion.receive()
        if isinstance(message, Hello):
            say("collector", message.pid)
            if action and acting is None:
                acting = asyncio.create_task(act(companion, action, target, gate))
        elif isinstance(message, Standing):
            say("unsettled", list(message.unsettled))
        elif isinstance(message, Progress):
            say("progress", message.text)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
