"""From which level on the bell rings: the operator's own choice, in the file of their keys."""

import tomllib
from pathlib import Path
from typing import Any

from opsconsole.clean import Clean, clean
from opsconsole.errors import Problem
from opsconsole.model import Level

CHOICES: dict[str, Level | None] = {"crit": Level.CRIT, "warn": Level.WARN, "never": None}


def read_bell(path: Path) -> tuple[Level | None, tuple[Clean, ...]]:
    """`[alerts] bell` of the file, critical where it says nothing; and what is wrong with it.

    A file that cannot be read at all is told by who reads its keys.
    """
    try:
        with path.open("rb") as file:
            said: Any = tomllib.load(file).get("alerts", {})  # Any: what TOML holds
    except (OSError, tomllib.TOMLDecodeError):
        return Level.CRIT, ()
    bell = said.get("bell", "crit") if isinstance(said, dict) else said
    if isinstance(bell, str) and bell in CHOICES:
        return CHOICES[bell], ()
    problem = Problem(f"{path.name}: alerts.bell", repr(bell), 'bell = "crit", "warn" or "never"')
    return Level.CRIT, (clean(str(problem), 300),)
