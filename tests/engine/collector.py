"""A collector to be run as a process: a probe of it hangs, an action of it takes its time."""

import asyncio
import sys
import time
from dataclasses import replace
from pathlib import Path

from opsconsole import registry
from opsconsole.engine import run_collector
from opsconsole.errors import Refused, Unreachable
from opsconsole.estate import Estate
from opsconsole.model import Column, Quantity, Row, Target
from opsconsole.spec import Action, Exchange, Integration, Probe, Program

SCRIPT = """
while :; do echo $$; echo '--opsconsole tick--'; sleep "$INTERVAL" || exit; done &
while read -r verb; do { echo 7; echo "--opsconsole $verb--"; } >&2; done
kill $!
"""


def _hang(payload: bytes) -> bytes:
    time.sleep(1000)
    return payload


def _rows(reading: bytes, _: bytes | None) -> list[Row]:
    return [(int(reading),)]


def _plan(target: Target, identity: str, arguments: bytes) -> bytes:
    if identity == "init":
        raise Refused("init is protected")
    return arguments


async def _run(_: Target, steps: bytes) -> bytes:
    """Take the seconds before the colon, then write the file after it."""
    seconds, path = steps.decode().split(":", 1)
    await asyncio.sleep(float(seconds))
    if not path:
        raise Unreachable("no file")
    await asyncio.to_thread(Path(path).write_text, "done")
    return b"written"


PID = (Column("pid", "PID", Quantity.COUNT, "$$"),)
BOX = Integration(
    "box",
    "Box",
    (Exchange("tick", 0.5, pushed=True), Exchange("list", 1.0, on_demand=True)),
    (
        Probe("box.pulse", "Pulse", "tick", PID, (), bytes, _rows, on_demand=False),
        Probe("box.list", "List", "list", PID, (), bytes, _rows),
        Probe("box.hang", "Hang", "list", PID, (), _hang, _rows),
    ),
    Program(SCRIPT),
    actions=(Action("box.write", "Write a file", 8.0, _plan, _run),),
)
ESTATE = Estate((Target("here", "box", "local"),))


def install() -> None:
    """Let the registry know the box, as an entry point would."""
    registry.catalogue().integrations["box"] = replace(BOX)


if __name__ == "__main__":
    install()
    sys.exit(run_collector(int(sys.argv[sys.argv.index("--fd") + 1]), lambda: ESTATE))
