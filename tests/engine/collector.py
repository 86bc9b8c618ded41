"""A collector to be run as a process: a probe of it hangs, an action of it takes its time."""

import sys
import time
from dataclasses import replace

from opsconsole import registry
from opsconsole.engine import run_collector
from opsconsole.estate import Estate
from opsconsole.model import Column, Quantity, Row, Target
from opsconsole.plan import Step, Thing
from opsconsole.policy import Policy
from opsconsole.spec import (
    Action,
    Argument,
    Arguments,
    Exchange,
    Facts,
    Integration,
    Look,
    Probe,
    Program,
    Verify,
    Weight,
)

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


WRITE = 'sleep "$1"; echo done > "$2"'


def _steps(_thing: Thing, _facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    """Take the seconds before the colon, then write the file after it."""
    seconds, path = arguments["what"].split(":", 1)
    return (Step(("/bin/sh", "-c", WRITE, "sh", seconds, path), 8.0, root=False),)


def _held(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None


ACTION = Action(
    id="box.write",
    title="Write a file",
    letter="w",
    about="Writes a file after some seconds.",
    probes=(),
    pins=(),
    weight=Weight.REVERSIBLE,
    look=Look(lambda _thing: ("true",), lambda _thing, status, _out: {"status": str(status)}),
    steps=_steps,
    effect=lambda _thing, _facts, _arguments: "the file is there",
    verify=Verify("the host answers", _held, 5.0),
    timeout=8.0,
    expected_s=1.0,
    arguments=(
        Argument("what", "Seconds and path", check=lambda text: "" if ":" in text else "no"),
    ),
)
WIPE = replace(ACTION, id="box.wipe", title="Wipe", letter="x", weight=Weight.LOSING)
"""The same, which takes a second person."""


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
    actions=(ACTION, WIPE),
)
ESTATE = Estate((Target("here", "box", "local", labels={"env": "dev"}),), policy=Policy(free=True))


def install() -> None:
    """Let the registry know the box, as an entry point would."""
    registry.catalogue().integrations["box"] = replace(BOX)


if __name__ == "__main__":
    install()
    sys.exit(run_collector(int(sys.argv[sys.argv.index("--fd") + 1]), lambda: ESTATE))
