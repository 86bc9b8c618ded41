"""What a statement does to each table on this server: its parts, by what the catalog says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from opsconsole.domains.database.postgres.ddl import retype
from opsconsole.domains.database.postgres.ddl.catalog import (
    Attribute,
    Catalog,
    Constraint,
    Relation,
    bare,
)
from opsconsole.domains.database.postgres.ddl.claim import Ask, Lock, Part, Reach, Statement, Work

_SERIAL = frozenset({"smallserial", "serial", "bigserial", "serial2", "serial4", "serial8"})
_EMPTY = frozenset("pIvf")
"""Kinds of relations that have no rows of their own."""


@dataclass(slots=True)
class Effect:
    """What one relation feels."""

    relation: Relation
    parts: list[Part] = field(default_factory=list[Part])

    @property
    def lock(self) -> Lock:
        """The strongest."""
        return max(part.lock for part in self.parts)

    @property
    def work(self) -> Work:
        """The most."""
        return max(part.work for part in self.parts)


class Judged:
    """A statement on a server."""

    def __init__(self, statement: Statement, catalog: Catalog) -> None:
        self.statement, self.catalog = statement, catalog
        self._by_oid = {one.oid: one for one in catalog.relations}
        self._named = catalog.named or {}
        found: dict[int, Effect] = {}
        for part in statement.parts:
            for one in self._felt(part):
                effect = found.setdefault(one.oid, Effect(one))
                effect.parts.append(self._refined(part, one))
        self.effects = list(found.values())
        """By relation, in the order of the statement."""

    @property
    def missing(self) -> list[str]:
        """Names that the server does not know."""
        return [name for name, oid in self._named.items() if not oid]

    def _felt(self, part: Part) -> list[Relation]:
        """Relations that a part of the statement locks, each once."""
        named = self._by_oid.get(self._named.get(part.on, 0))
        if named is None:
            return []
        table = self._by_oid.get(named.index_of, named)
        tree = list(self._tree(table.oid))
        found: list[int] = []
        match part.reach:
            case Reach.SELF:
                found = [table.oid]
            case Reach.TREE:
                found = tree
            case Reach.INDEX:
                found = list(self._tree(named.oid))
            case Reach.INDEXES:
                found = [one.oid for one in self.catalog.relations if one.index_of in tree]
            case Reach.VIEWS:
                found = self._views(tree, bare(part.ask.name) if part.ask else "")
            case Reach.DEFAULT:
                found = [table.default_partition]
            case Reach.REFERENCED:
                found = [
                    key.to
                    for key in self.catalog.keys
                    if key.of in tree and self._meant(part.ask, key.of, key.name)
                ]
            case Reach.REFERENCING:
                keys = [key.of for key in self.catalog.keys if key.to in tree]
                found = self.catalog.spread if part.work is Work.DISCARD else keys
        known = [self._by_oid.get(oid) for oid in dict.fromkeys(found)]
        return [one for one in known if one is not None]

    def _tree(self, oid: int) -> Iterator[int]:
        """A relation and all that inherit from it."""
        below: dict[int, list[int]] = {}
        for one in self.catalog.relations:
            below.setdefault(one.parent, []).append(one.oid)
        stack, seen = [oid], set[int]()
        while stack:
            here = stack.pop()
            if here and here not in seen:
                seen.add(here)
                yield here
                stack += reversed(below.get(here, []))

    def _views(self, tree: list[int], column: str) -> list[int]:
        """Views that go with these relations, or with a column of them."""
        found: list[int] = [
            one.view for one in self.catalog.views if one.of in tree and column in ("", one.column)
        ]
        for oid in found:
            found += [
                one.view for one in self.catalog.views if one.of == oid and one.view not in found
            ]
        return found

    def _meant(self, ask: Ask | None, table: int, key: str) -> bool:
        """Whether a foreign key is what a part of the statement is about."""
        if ask is None:
            return True
        if ask.about == "drop column":
            column = self._column(table, ask.name)
            return column is not None and key in column.keys
        done = ask.about == "validate" and any(
            one.valid for one in self.catalog.constraints if (one.table, one.name) == (table, key)
        )
        return key == bare(ask.name) and not done

    def _column(self, table: int, name: str) -> Attribute | None:
        wanted = bare(name)
        return next(
            (one for one in self.catalog.columns if (one.table, one.name) == (table, wanted)), None
        )

    def _refined(self, part: Part, one: Relation) -> Part:
        """A part with what the catalog says of it."""
        if part.ask is not None:
            decide = _DECIDE.get(part.ask.about)
            work, why = decide(self, part, part.ask, one) if decide else (part.work, part.why)
            part = replace(part, work=work, why=why)
        if one.kind in _EMPTY and part.work and not part.what.startswith("DROP"):
            part = replace(part, work=Work.NOTHING, why="it has no rows of its own")
        return part if part.work > Work.DISCARD else replace(part, safer=_still(part))

    # -- what decides it ------------------------------------------------------------------------

    def type(self, part: Part, ask: Ask, one: Relation) -> tuple[Work, str]:
        """Of a column that is there."""
        column = self._column(one.oid, ask.name)
        if column is None:
            return part.work, f"no column {ask.name} is found: taken for a rewrite"
        return retype.work(column, ask, self.catalog)

    def new_type(self, part: Part, ask: Ask, _one: Relation) -> tuple[Work, str]:
        """Of a column that is added."""
        if ask.type.lower() in _SERIAL:
            return Work.REWRITE, "each row gets a number"
        kind = self.catalog.types.get(ask.type)
        if kind is None:
            return part.work, f"no type {ask.type} is known here"
        if kind.domain and kind.held:
            return Work.REWRITE, "the conditions of its domain are tried for each row"
        return part.work, part.why

    def default(self, part: Part, ask: Ask, _one: Relation) -> tuple[Work, str]:
        """Of a column that is added."""
        volatile = [name for name in ask.functions if name in self.catalog.volatile]
        if volatile:
            return Work.REWRITE, f"{volatile[0]}() is volatile: each row gets a value of its own"
        return part.work, "the default is no volatile one: it is kept once, in the catalog"

    def not_null(self, part: Part, ask: Ask, one: Relation) -> tuple[Work, str]:
        """Of a column that is there."""
        column = self._column(one.oid, ask.name)
        if column is not None and column.not_null:
            return Work.NOTHING, "it is so already"
        if column is not None and column.proved:
            return Work.NOTHING, "a CHECK that is valid proves it"
        return part.work, part.why

    def key_index(self, part: Part, ask: Ask, one: Relation) -> tuple[Work, str]:
        """Of an index that becomes a primary key."""
        wanted = bare(ask.name)
        for index in self.catalog.relations:
            if index.index_of == one.oid and bare(index.label.rpartition(".")[2]) == wanted:
                null = index.nullable > 0
                return (part.work, "its columns become NOT NULL") if null else (Work.NOTHING, "")
        return part.work, f"no index {ask.name} is found"

    def persistence(self, part: Part, ask: Ask, one: Relation) -> tuple[Work, str]:
        """Of a table."""
        if one.persistence == {"LOGGED": "p", "UNLOGGED": "u"}[ask.name]:
            return Work.NOTHING, "it is so already"
        return part.work, part.why

    def virtual(self, part: Part, _ask: Ask, _one: Relation) -> tuple[Work, str]:
        """A column that is computed when it is read."""
        if self.catalog.version < 180000:
            return part.work, "virtual columns are known to 18 and later: this server refuses it"
        return Work.NOTHING, "it is computed when it is read"

    def concurrent(self, part: Part, _ask: Ask, one: Relation) -> tuple[Work, str]:
        """An index that is built beside writes."""
        if one.kind == "p":
            return part.work, (
                "refused on a partitioned table: CREATE INDEX ON ONLY it, one CONCURRENTLY on each"
                " partition, then ALTER INDEX … ATTACH PARTITION"
            )
        return part.work, part.why

    def only(self, part: Part, _ask: Ask, one: Relation) -> tuple[Work, str]:
        """An index of one table of a tree."""
        return (Work.NOTHING, "") if one.kind == "p" else (part.work, part.why)

    def validate(self, part: Part, ask: Ask, one: Relation) -> tuple[Work, str]:
        """Of a constraint."""
        wanted = bare(ask.name)
        found: list[Constraint] = [
            each
            for each in self.catalog.constraints
            if each.name == wanted and each.table == one.oid
        ]
        if found and all(each.valid for each in found):
            return Work.NOTHING, "it is valid already"
        return part.work, part.why


def _still(part: Part) -> tuple[str, ...]:
    """The safer way of what reads nothing: one that takes a weaker lock."""
    return tuple(said for said in part.safer if "CONCURRENTLY" in said and part.ask is None)


Decide = Callable[[Judged, Part, Ask, Relation], tuple[Work, str]]

_DECIDE: Mapping[str, Decide] = {
    "type": Judged.type,
    "new type": Judged.new_type,
    "default": Judged.default,
    "not null": Judged.not_null,
    "key index": Judged.key_index,
    "persistence": Judged.persistence,
    "virtual": Judged.virtual,
    "virtual or stored": Judged.virtual,
    "concurrent": Judged.concurrent,
    "only": Judged.only,
    "validate": Judged.validate,
}
