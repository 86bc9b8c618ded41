"""`depends_on`: which target stands on which others, checked once all of them are known."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from opsconsole.estate.table import Table, nearest, shown

KEY = "depends_on"


@dataclass(slots=True)
class Standing:
    """Gathers what all files say of targets and groups."""

    targets: dict[str, tuple[Table, tuple[str, ...]]] = field(
        default_factory=dict[str, tuple[Table, tuple[str, ...]]]
    )
    groups: list[tuple[str, Table, tuple[str, ...]]] = field(
        default_factory=list[tuple[str, Table, tuple[str, ...]]]
    )

    def target(self, name: str, table: Table) -> None:
        """Note what a target's table says."""
        if KEY in table.items:
            self.targets[name] = table, table.texts(KEY)

    def group(self, name: str, table: Table) -> None:
        """Note what a group's table says of all its members."""
        if KEY in table.items:
            self.groups.append((name, table, table.texts(KEY)))

    def join(self, members: Mapping[str, Collection[str]]) -> dict[str, tuple[str, ...]]:
        """What each target stands on; problems go to the list of their tables.

        `members` are the groups of every target by its id. A group may hold what its members
        stand on: that does not stand on itself.
        """
        for _, table, said in (*self.groups, *(("", *one) for one in self.targets.values())):
            for name in said:
                if name not in members:
                    table.wrong(KEY, shown(name), "a target of the estate", nearest(name, members))
        held = {name: self._held(name, groups, members) for name, groups in members.items()}
        for circle in _circles(held):
            table = self._table(circle, members)
            path = " -> ".join((*circle, circle[0]))
            table.wrong(KEY, f"a circle: {path}", "no target that stands on itself in the end")
        return held

    def _held(
        self, name: str, groups: Collection[str], members: Mapping[str, Collection[str]]
    ) -> tuple[str, ...]:
        shared = [
            one
            for group, _, said in self.groups
            if group in groups
            for one in said
            if one != name and name not in self._below(one)
        ]
        own = self.targets[name][1] if name in self.targets else ()
        return tuple(one for one in dict.fromkeys((*own, *shared)) if one in members)

    def _below(self, name: str) -> set[str]:
        """All that a target stands on by its own word: a group it is in does not turn that."""
        seen: set[str] = set()
        ahead = [name]
        while ahead:
            one = ahead.pop()
            if one not in seen:
                seen.add(one)
                ahead += self.targets[one][1] if one in self.targets else ()
        return seen - {name}

    def _table(self, circle: Iterable[str], members: Mapping[str, Collection[str]]) -> Table:
        """Where a circle is written: at one of its targets, else at a group of theirs."""
        circle = list(circle)
        for name in circle:
            if name in self.targets:
                return self.targets[name][0]
        return next(t for group, t, _ in self.groups if any(group in members[n] for n in circle))


def _circles(held: Mapping[str, Collection[str]]) -> Iterator[tuple[str, ...]]:
    """Each circle once, from where it is entered first."""
    done: set[str] = set()
    for start in held:
        path: list[str] = []
        ways = [iter([start])]
        while ways:
            name = next(ways[-1], None)
            if name is None:
                ways.pop()
                if path:
                    done.add(path.pop())
            elif name in path:
                yield tuple(path[path.index(name) :])
            elif name not in done:
                path.append(name)
                ways.append(iter(held[name]))
