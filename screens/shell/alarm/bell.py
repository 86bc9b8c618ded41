"""From which level on the bell rings: the operator's own choice, in the file of their keys."""

import tomllib
from pathlib import Path
from typing import cast

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
            said = tomllib.load(file).get("alerts", {})
    except (OSError, tomllib.TOMLDecodeError):
        return Level.CRIT, ()
    table = cast("dict[str, object]", said) if isinstance(said, dict) else {"bell": said}
    bell = table.get("bell", "crit")
    if isinstance(bell, str) and bell in CHOICES:
        return CHOICES[bell], ()
    problem = Problem(f"{path.name}: alerts.bell", repr(bell), 'bell = "crit", "warn" or "never"')
    return Level.CRIT, (clean(str(problem), 300),)
