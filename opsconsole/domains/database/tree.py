"""Who waits for whom, as a tree to any depth. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

WORK = 500_000
"""Steps from session to session, so that an absurd answer takes no more than a moment."""

Edges = Mapping[int, Sequence[int]]
"""Who waits, and those it waits for."""


class Place(NamedTuple):
    """Where a session stands in the tree; each stands there once."""

    id: int
    depth: int
    """0 is who waits for nobody."""
    above: int
    """Under whom it stands: the first that it waits for; 0 for none."""
    below: int
    """How many wait for it, at any depth."""


def gathered(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """Edges of pairs of waiting and blocking, each once; nobody waits for itself."""
    found: dict[int, dict[int, None]] = {}
    for waiting, blocking in pairs:
        if waiting != blocking:
            found.setdefault(waiting, {})[blocking] = None
    return {waiting: sorted(blocking) for waiting, blocking in found.items()}


def waiters(edges: Edges) -> dict[int, list[int]]:
    """The same edges seen from who blocks."""
    found: dict[int, list[int]] = {}
    for waiting, blocking in edges.items():
        for one in blocking:
            found.setdefault(one, []).append(waiting)
    return found


def below(edges: Edges) -> dict[int, int]:
    """How many wait for each, at any depth; circles count nobody twice. Of a crowd beyond
    `WORK` only those who wait directly are counted.
    """
    direct = waiters(edges)
    found: dict[int, int] = {}
    left = WORK
    for root, near in direct.items():
        seen = {root}
        pending = [root]
        while pending and left > 0:
            for one in direct.get(pending.pop(), ()):
                left -= 1
                if one not in seen:
                    seen.add(one)
                    pending.append(one)
        found[root] = len(seen) - 1 if left > 0 else len(near)
    return found


def planted(edges: Edges) -> list[Place]:
    """Everybody who waits or blocks, roots with the most waiters first, each under its first
    blocker. A circle that nobody outside blocks begins at its lowest number.
    """
    direct, counts = waiters(edges), below(edges)
    everybody = sorted({*edges, *direct}, key=lambda one: (-counts.get(one, 0), one))
    placed: dict[int, Place] = {}
    roots = [one for one in everybody if one not in edges]
    for root in [*roots, *everybody]:
        pending = [(root, 0, 0)] if root not in placed else []
        while pending:
            one, depth, above = pending.pop()
            if one in placed:
                continue
            placed[one] = Place(one, depth, above, counts.get(one, 0))
            mine = [each for each in direct.get(one, ()) if each not in placed]
            mine.sort(key=lambda each: (counts.get(each, 0), -each))
            pending += [(each, depth + 1, one) for each in mine]
    return list(placed.values())
