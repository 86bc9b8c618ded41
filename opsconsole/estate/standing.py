"""`depends_on`, `fed_by`: what a target stands on, checked once all of them are known."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from opsconsole.clean import clean
from opsconsole.estate.layer import Stands
from opsconsole.estate.table import Table, nearest, shown

KEY = "depends_on"
FEED = "fed_by"
"""What gives it power: a target, or one outlet of it."""

STANDING = (KEY, FEED)
"""The keys that are read here."""

OUTLET = "/"
"""Between a target and the name of its outlet; no id of a target has it."""

LONGEST = 40
"""Characters of an outlet's name."""


class _Said(NamedTuple):
    """What one table says."""

    table: Table
    others: tuple[str, ...]
    """Ids of what it stands on."""
    feeds: tuple[str, ...]

    @property
    def below(self) -> tuple[str, ...]:
        """Ids of all that it stands on, those of its feeds among them."""
        return tuple(dict.fromkeys((*self.others, *map(source, self.feeds))))


@dataclass(slots=True)
class Standing:
    """Gathers what all files say of targets and groups."""

    targets: dict[str, _Said] = field(default_factory=dict[str, _Said])
    groups: list[tuple[str, _Said]] = field(default_factory=list[tuple[str, _Said]])

    def target(self, name: str, table: Table) -> None:
        """Note what a target's table says."""
        if said := _said(table):
            self.targets[name] = said

    def group(self, name: str, table: Table) -> None:
        """Note what a group's table says of all its members."""
        if said := _said(table):
            self.groups.append((name, said))

    def join(self, members: Mapping[str, Collection[str]]) -> dict[str, Stands]:
        """What each target stands on, and its feeds; problems go to the list of their tables.

        `members` are the groups of every target by its id. A group may hold what its members
        stand on: that does not stand on itself.
        """
        for _, said in (*self.groups, *self.targets.items()):
            for name in said.below:
                if name not in members:
                    key = KEY if name in said.others else FEED
                    near = nearest(name, members)
                    said.table.wrong(key, shown(name), "a target of the estate", near)
        held = {name: self._held(name, groups, members) for name, groups in members.items()}
        for circle in _circles(held):
            table = self._table(circle, members)
            path = " -> ".join((*circle, circle[0]))
            key = KEY if KEY in table.items else FEED
            table.wrong(key, f"a circle: {path}", "no target that stands on itself in the end")
        return {name: (held[name], self._feeds(name, groups)) for name, groups in members.items()}

    def _feeds(self, name: str, groups: Collection[str]) -> tuple[str, ...]:
        """What gives it power: by its own word, else by that of its groups."""
        if name in self.targets and (own := self.targets[name].feeds):
            return own
        shared = (
            one
            for group, said in self.groups
            if group in groups
            for one in said.feeds
            if source(one) != name and name not in self._below(source(one))
        )
        return tuple(dict.fromkeys(shared))

    def _held(
        self, name: str, groups: Collection[str], members: Mapping[str, Collection[str]]
    ) -> tuple[str, ...]:
        mine = self.targets.get(name)
        shared = [
            one
            for group, said in self.groups
            if group in groups
            for one in said.below
            if one != name
            and name not in self._below(one)
            # Who says what feeds it is not fed by what feeds the others of its group.
            and not (mine and mine.feeds and one in map(source, said.feeds))
        ]
        own = mine.below if mine else ()
        return tuple(one for one in dict.fromkeys((*own, *shared)) if one in members)

    def _below(self, name: str) -> set[str]:
        """All that a target stands on by its own word: a group it is in does not turn that."""
        seen: set[str] = set()
        ahead = [name]
        while ahead:
            one = ahead.pop()
            if one not in seen:
                seen.add(one)
                ahead += self.targets[one].below if one in self.targets else ()
        return seen - {name}

    def _table(self, circle: Iterable[str], members: Mapping[str, Collection[str]]) -> Table:
        """Where a circle is written: at one of its targets, else at a group of theirs."""
        circle = list(circle)
        for name in circle:
            if name in self.targets:
                return self.targets[name].table
        return next(
            said.table for group, said in self.groups if any(group in members[n] for n in circle)
        )


def source(feed: str) -> str:
    """The target of a feed: `pdu-b` of `pdu-b/7`."""
    return feed.partition(OUTLET)[0]


def _said(table: Table) -> _Said | None:
    """What a table says; None when it says nothing of this."""
    if not any(key in table.items for key in STANDING):
        return None
    feeds: list[str] = []
    for one in table.texts(FEED):
        _, slash, outlet = one.partition(OUTLET)
        if slash and (not outlet or len(outlet) > LONGEST or clean(outlet) != outlet):
            allowed = f'TARGET or TARGET/OUTLET, an outlet of {LONGEST} letters at most: "pdu-b/7"'
            table.wrong(FEED, shown(one), allowed)
            continue
        feeds.append(one)
    return _Said(table, table.texts(KEY), tuple(dict.fromkeys(feeds)))


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
