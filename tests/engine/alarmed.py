"""A collector to be run as a process: a rule of it is broken as long as a file is there."""

import os
import sys
from dataclasses import replace
from pathlib import Path

from opsconsole import registry
from opsconsole.engine import run_collector
from opsconsole.estate import Estate
from opsconsole.model import Column, Quantity, Row, Target
from opsconsole.rule import Bound, Rule
from opsconsole.spec import Probe
from tests.engine.collector import BOX

FILE = "OPSCONSOLE_TEST_ALARM"
"""Variable that names the file."""

SEEN = (Column("wrong", "WRONG", Quantity.COUNT, "the file"),)


def _rows(_reading: bytes, _before: bytes | None) -> list[Row]:
    return [(int(Path(os.environ[FILE]).exists()),)]


def _rule(name: str, probe: str) -> Rule:
    return Rule(
        f"box.{name}",
        name,
        "A test.",
        probe,
        "wrong",
        "test",
        ("remove it",),
        warn=Bound(1, 0),
        every_s=1.0,
    )


KNOWN = replace(
    BOX,
    probes=(
        *BOX.probes,
        Probe("box.seen", "Seen", "tick", SEEN, (), bytes, _rows, on_demand=False),
        Probe("box.unseen", "Unseen", "tick", SEEN, (), bytes, _rows),
    ),
    rules=(_rule("wrong", "box.seen"), _rule("hidden", "box.unseen")),
)
ESTATE = Estate((Target("here", "box", "local", labels={"env": "dev"}),))

if __name__ == "__main__":
    registry.catalogue().integrations["box"] = KNOWN
    sys.exit(run_collector(int(sys.argv[sys.argv.index("--fd") + 1]), lambda: ESTATE))
