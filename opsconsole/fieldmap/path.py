"""Where a value stands in a JSON message: names by dots, numbers in brackets, no more."""

import re
from typing import cast

Path = tuple[str | int, ...]

_STEP = re.compile(r"""\.?([^.\[\]"]+)|\.?\[(\d{1,6})\]|\.?\["([^"]+)"\]""")

LONGEST = 200

HINT = """temperature.supply, sensors[0].value, ["a.b"].value; without it all of the message"""


def steps(said: str) -> Path:
    """`sensors[0].value` step by step; raises `ValueError`."""
    at = 1 if said.startswith("$") else 0
    found: list[str | int] = []
    while at < len(said) <= LONGEST:
        match = _STEP.match(said, at)
        if match is None:
            break
        name, number, quoted = match.groups()
        found.append(int(number) if number is not None else (name or quoted))
        at = match.end()
    if at < len(said):
        raise ValueError(f"no path; allowed: {HINT}")
    return tuple(found)


def at(message: object, path: Path) -> object:
    """What stands there; raises `LookupError` with the step that leads nowhere."""
    for step in path:
        if isinstance(message, dict) and isinstance(step, str):
            known = cast("dict[str, object]", message)
            if step not in known:
                raise LookupError(f"there is no {step!r} in it")
            message = known[step]
        elif isinstance(message, list) and isinstance(step, int):
            items = cast("list[object]", message)
            if step >= len(items):
                raise LookupError(f"there is no [{step}] in it")
            message = items[step]
        else:
            raise LookupError(f"{step!r} leads nowhere: nothing is below it")  # noqa: TRY004
    return message
