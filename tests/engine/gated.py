"""A collector to be run as a process: every program of its actions waits where a test holds it."""

import asyncio
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from opsconsole import registry
from opsconsole.engine import run_collector, serve
from opsconsole.engine.remedy import executor
from opsconsole.estate import Estate
from opsconsole.model import Target
from opsconsole.plan import Step, Thing, Undo, Waiting
from opsconsole.policy import Policy
from opsconsole.spec import Arguments, Facts, Look, Verify, Weight
from tests.engine.collector import ACTION, BOX

GATES = "OPSCONSOLE_TEST_GATES"
"""Variable that names the folder of the gates. A file `hold-NAME` there holds the program or
function of that name; one that has come to its gate is a line in `came`."""

LOOK = """
n=$(grep -c ^look "$0/came"); name=look$((n + 1))
echo $name >> "$0/came"
while [ -e "$0/hold-$name" ]; do sleep 0.05; done
cat "$0/state"
"""
CALL = """
echo call >> "$0/came"
while [ -e "$0/hold-call" ]; do sleep 0.05; done
echo "run $$" > "$0/state"
"""


def gates() -> Path:
    """The folder, of which a program knows nothing but its name."""
    return Path(os.environ[GATES])


def _steps(_thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return (Step(("/bin/sh", "-c", CALL, str(gates())), 60.0, root=False),)


def _read(_thing: Thing, _status: int, out: bytes) -> Facts:
    return {"state": out.decode().strip()}


def _changed(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and now["state"] != before["state"]


def _undo(_thing: Thing, _facts: Facts, _arguments: Arguments) -> Undo | None:
    """Asked for when a plan is made, and once more when all is over: held there."""
    with (gates() / "came").open("a") as came:
        came.write("undo\n")
    while (gates() / "hold-undo").exists():
        time.sleep(0.05)
    return None


CHANGE = replace(
    ACTION,
    id="box.change",
    title="Change the state",
    look=Look(lambda _thing: ("/bin/sh", "-c", LOOK, str(gates())), _read),
    steps=_steps,
    undo=_undo,
    verify=Verify("the state is another one", _changed, 20.0),
    arguments=(),
)
LOSE = replace(CHANGE, id="box.lose", title="Lose the state", weight=Weight.LOSING)
PINNED = replace(CHANGE, id="box.pinned", title="Change that very state", pins=("state",))
ESTATE = Estate(
    tuple(Target(name, "box", "local", labels={"env": "dev"}) for name in ("here", "there")),
    policy=Policy(free=True),
)


class Nobody:
    """A second person who never answers."""

    async def ask(self, plan: bytes, waiting: Waiting) -> str:
        """Wait for good."""
        del plan, waiting
        await asyncio.Event().wait()
        raise AssertionError


def install() -> None:
    """Let the registry know the actions, and the collector whom to ask."""
    registry.catalogue().integrations["box"] = replace(BOX, actions=(CHANGE, LOSE, PINNED))

    def door(*given: Any, **named: Any) -> object:
        return executor(*given, **{**named, "witness": Nobody()})

    setattr(serve, "executor", door)  # noqa: B010 - a name of another module


if __name__ == "__main__":
    install()
    sys.exit(run_collector(int(sys.argv[sys.argv.index("--fd") + 1]), lambda: ESTATE))
