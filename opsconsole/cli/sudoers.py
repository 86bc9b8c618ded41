"""`opsconsole sudoers`: the lines by which sudo permits what the actions do, and no more."""

import asyncio
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from opsconsole.cli.asking import load_estate, select
from opsconsole.engine import actions_of
from opsconsole.errors import UsageError
from opsconsole.executor.hands import Hands
from opsconsole.model import Target
from opsconsole.registry import Transports
from opsconsole.spec import Action, Hole, Words, escaped

FOLDERS = ("/usr/bin", "/bin", "/usr/sbin", "/sbin")
"""Where programs are, by the distribution; sudo minds the path."""

EVERYWHERE = ("/usr/bin", "/bin")
SYSTEM: Mapping[str, tuple[str, ...]] = {"ipvsadm": ("/usr/sbin", "/sbin")}
"""Programs that stand elsewhere."""

_NAME = re.compile(r"[A-Za-z0-9:_.@-]+")
_USER = re.compile(r"%?[A-Za-z_][A-Za-z0-9_.-]*\$?")
_WHERE = 'id -un; for name; do command -v "$name" || echo; done'
"""A fixed script: names of programs are its words."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator asked for."""

    estate: Path | None
    user: str
    """Empty takes the account on the target."""
    target: str
    """A target whose programs are looked up; empty prints every usual place."""
    services: tuple[str, ...]
    """Services that may be acted on; none is all of them."""
    actions: tuple[str, ...]
    """Ids; none is all of them."""


def run_sudoers(wanted: Wanted) -> int:
    """Print the lines; 0."""
    actions = _chosen(wanted)
    services = tuple(_service(name) for name in wanted.services)
    programs = sorted({str(right[0]) for action in actions for right in action.rights})
    user, places = wanted.user or "opsconsole", {name: usual(name) for name in programs}
    if wanted.target:
        account, places = asyncio.run(_found(wanted, programs))
        user = wanted.user or account
    if not _USER.fullmatch(user):
        raise UsageError(f"{user!r} is no name of a user or %group")
    sys.stdout.write("".join(f"{line}\n" for line in lines(user, actions, places, services)))
    return 0


def usual(program: str) -> tuple[str, ...]:
    """Full paths that a program has on the usual distributions; what is one already is its own."""
    if program.startswith("/"):
        return (program,)
    return tuple(f"{folder}/{program}" for folder in SYSTEM.get(program, EVERYWHERE))


def lines(
    user: str,
    actions: Iterable[Action],
    places: Mapping[str, Sequence[str]],
    services: Sequence[str] = (),
) -> Iterator[str]:
    """Lines of a file in /etc/sudoers.d, each action's under its name.

    `places` are full paths by program; none says that it is not there.
    """
    yield "# What opsconsole does as root; put in place by: visudo -f /etc/sudoers.d/opsconsole"
    yield "# A * stands for any words at that place, several too: read such a line twice."
    for action in actions:
        if not action.rights:
            continue
        yield ""
        yield f"# {action.id}: {action.about}"
        for right in action.rights:
            paths = places[str(right[0])]
            if not paths:
                yield f"# {right[0]} is not there"
            for words in _filled(right, services):
                for path in paths:
                    yield f"{user} ALL=(root) NOPASSWD: {path} {words}"


def _filled(right: Words, services: Sequence[str]) -> Iterator[str]:
    """The words after the program; once for each service where one stands among them."""
    named = any(isinstance(word, Hole) and word.name == "service" for word in right)
    for service in services if named and services else ("",):
        yield " ".join(_word(word, service) for word in right[1:])


def _word(word: str | Hole, service: str) -> str:
    if isinstance(word, str):
        return escaped(word)
    return escaped(service) if word.name == "service" and service else word.glob


def _chosen(wanted: Wanted) -> list[Action]:
    """The integrations' actions and the estate's own; of several kinds only once."""
    known = actions_of(load_estate(wanted.estate))
    there = {action.id: action for actions in known.values() for action in actions.values()}
    for name in wanted.actions:
        if name not in there:
            raise UsageError(f"there is no action {name!r}; there are: {', '.join(there)}")
    return [
        action for action in there.values() if not wanted.actions or action.id in wanted.actions
    ]


def _service(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name of a service")
    return name if name.endswith(".service") else f"{name}.service"


async def _found(wanted: Wanted, programs: Sequence[str]) -> tuple[str, dict[str, tuple[str, ...]]]:
    """The account's name on the target, and where each program is there."""
    target = _target(wanted)
    ways = Transports()
    try:
        hands = Hands(ways, time.monotonic)
        argv = ("sh", "-c", _WHERE, "opsconsole", *programs)
        _, out = await hands.ask(target, argv)
    finally:
        await ways.close()
    user, *found = out.decode("utf-8", "replace").splitlines()[: len(programs) + 1]
    known = dict(zip(programs, found, strict=False))
    good = {name: path for name, path in known.items() if path in _paths(name)}
    return user, {name: (good[name],) if name in good else () for name in programs}


def _paths(program: str) -> set[str]:
    """Places that only root can write to: no other is believed, unless the estate names it."""
    return {program} if program.startswith("/") else {f"{folder}/{program}" for folder in FOLDERS}


def _target(wanted: Wanted) -> Target:
    found = select(load_estate(wanted.estate), (wanted.target,))
    if len(found) != 1:
        raise UsageError(f"{wanted.target!r} names {len(found)} targets; name one")
    return found[0]
