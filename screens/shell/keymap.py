"""The operator's own keys: read from a file, checked for conflicts, laid over the defaults."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from opsconsole.errors import Problem

AVOID: Mapping[str, str] = {
    "ctrl+a": "the prefix key of GNU screen",
    "ctrl+b": "the prefix key of tmux",
    "ctrl+h": "the same byte as Backspace",
    "ctrl+i": "the same byte as Tab",
    "ctrl+j": "often moves between tmux panes",
    "ctrl+k": "often moves between tmux panes",
    "ctrl+m": "the same byte as Enter",
    "ctrl+q": "flow control (XON)",
    "ctrl+s": "flow control (XOFF)",
    "ctrl+z": "suspends",
    "ctrl+backslash": "sends SIGQUIT",
    "shift+up": "taken by terminal emulators",
    "shift+down": "taken by terminal emulators",
}
"""Keys that rarely arrive as themselves, and why."""


@dataclass(frozen=True, slots=True)
class Keymap:
    """Keys by action id, and what the operator should know about them."""

    keys: Mapping[str, str]
    """Action id to comma-separated keys; only what differs from the defaults."""
    problems: tuple[Problem, ...]
    """Entries not used, each with the reason."""
    warnings: tuple[Problem, ...]
    """Entries used although the key rarely arrives."""


def read(path: Path, defaults: Mapping[str, Sequence[str]]) -> Keymap:
    """Read a key file; a missing one changes nothing, a bad entry keeps its default.

    `defaults` maps every action id to its keys. A key given to one action is taken from no other:
    two actions on one key is a problem, and both keep their defaults.
    """
    try:
        with path.open("rb") as file:
            table = tomllib.load(file).get("keys", {})
    except FileNotFoundError:
        return Keymap({}, (), ())
    except (OSError, tomllib.TOMLDecodeError) as error:
        return Keymap({}, (Problem(path.name, str(error), "a TOML file with a [keys] table"),), ())
    if not isinstance(table, dict):
        return Keymap(
            {}, (Problem(path.name, "keys is not a table", '[keys] with zoom = "f11"'),), ()
        )
    return _check(path.name, table, defaults)  # pyright: ignore[reportUnknownArgumentType]


def _check(name: str, table: Mapping[str, object], defaults: Mapping[str, Sequence[str]]) -> Keymap:
    problems: list[Problem] = []
    wanted: dict[str, list[str]] = {}
    for action, text in table.items():
        where = f"{name}: keys.{action}"
        if action not in defaults:
            near = get_close_matches(action, defaults, n=1)
            allowed = "an action id that `?` shows"
            problems.append(Problem(where, repr(action), allowed, near[0] if near else ""))
        elif not isinstance(text, str) or not text.strip(" ,"):
            problems.append(Problem(where, repr(text), 'keys as text: "z" or "z,f11"'))
        else:
            wanted[action] = [key.strip() for key in text.split(",") if key.strip()]
    problems += _clashes(name, wanted, defaults)
    warnings = tuple(
        Problem(f"{name}: keys.{action}", f"{key!r} is {AVOID[key]}", "a key that always arrives")
        for action, keys in wanted.items()
        for key in keys
        if key in AVOID
    )
    return Keymap({a: ",".join(k) for a, k in wanted.items()}, tuple(problems), warnings)


def _clashes(
    name: str, wanted: dict[str, list[str]], defaults: Mapping[str, Sequence[str]]
) -> list[Problem]:
    """Drop from `wanted` each action whose key another action holds; say so."""
    problems: list[Problem] = []
    settled = False
    while not settled:
        holders: dict[str, list[str]] = {}
        for action, keys in {**{a: list(k) for a, k in defaults.items()}, **wanted}.items():
            for key in keys:
                holders.setdefault(key, []).append(action)
        bad = {a: (k, h) for k, h in holders.items() if len(h) > 1 for a in h if a in wanted}
        for action, (key, held) in bad.items():
            others = ", ".join(sorted(set(held) - {action}))
            found = f"{key!r}, which is also {others}"
            problems.append(Problem(f"{name}: keys.{action}", found, "a key of its own"))
            del wanted[action]
        settled = not bad
    return problems
