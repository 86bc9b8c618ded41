"""What the server knows of the tables of a statement: sizes, kin, locks now, replicas."""

import json

import msgspec

from opsconsole.domains.database.postgres.ddl.claim import Statement
from opsconsole.sql import tokens


class Relation(msgspec.Struct):
    """A table, an index, a materialized view."""

    oid: int
    label: str
    """With its schema, in quotes where it needs some."""
    kind: str
    persistence: str
    index_of: int
    parent: int
    default_partition: int
    rows: float
    """As of the last vacuum or analyze, or as counted since; -1 is not known."""
    bytes: int
    indexes: int
    nullable: int
    """Columns of an index that may be null."""
    index_bytes: int


class Key(msgspec.Struct):
    """A foreign key."""

    name: str
    of: int
    to: int


class View(msgspec.Struct):
    """One that reads a relation, or a column of it."""

    of: int
    column: str
    view: int


class Attribute(msgspec.Struct):
    """A column that the statement names."""

    table: int
    name: str
    base: str
    type: str
    not_null: bool
    indexes: int
    checks: int
    proved: bool
    """Whether a valid CHECK says that it is not null."""
    keys: list[str]
    casts: dict[str, str]
    """By type as written: `same`, the castmethod of `pg_cast`, or empty."""


class Type(msgspec.Struct):
    """A type that the statement names."""

    base: str
    domain: bool
    under: str
    held: bool
    """Whether the domain has conditions, or may have some further down."""


class Constraint(msgspec.Struct):
    """One that the statement names."""

    table: int
    name: str
    type: str
    valid: bool
    to: int


class Session(msgspec.Struct):
    """One that is in the way."""

    pid: int
    """0 is a prepared transaction."""
    user: str
    application: str
    state: str
    seconds: float | None
    query: str


class Held(Session):
    """A lock that it has or waits for."""

    relation: int
    mode: str
    granted: bool
    type: str


class Replica(msgspec.Struct):
    """Who streams from here."""

    application: str
    state: str
    behind: float | None


class Catalog(msgspec.Struct):
    """The answer of `ddl.sql`."""

    version: int
    server: str
    database: str
    standby: bool
    path: str
    utc: bool
    wal_level: str
    cut: bool
    """Whether there is more than was told."""
    named: dict[str, int] | None
    """Oid of each name as written; 0 for none."""
    relations: list[Relation]
    keys: list[Key]
    spread: list[int]
    """Tables that TRUNCATE … CASCADE empties, too."""
    views: list[View]
    columns: list[Attribute]
    types: dict[str, Type]
    constraints: list[Constraint]
    volatile: list[str]
    locks: list[Held]
    oldest: list[Session]
    prepared: int
    replicas: list[Replica]


def question(statement: Statement) -> str:
    """What `ddl.sql` is asked, as its only parameter."""
    asks = [part.ask for part in statement.parts if part.ask is not None]
    return json.dumps(
        {
            "relations": [_named(name) for name in dict.fromkeys(p.on for p in statement.parts)],
            "columns": list(dict.fromkeys(bare(ask.name) for ask in asks if ask.name)),
            "types": list(dict.fromkeys(ask.type for ask in asks if ask.type)),
            "functions": [
                _named(name) for name in dict.fromkeys(f for a in asks for f in a.functions)
            ],
        }
    )


def _named(written: str) -> list[str]:
    """A name as it was written, its schema or nothing, and what it is called."""
    words = [bare(token.text) for token in tokens(written) if token.text != "."]
    return [written, words[-2] if len(words) > 1 else "", words[-1]]


def bare(name: str) -> str:
    """A name as the catalog has it: without quotes, or in small letters."""
    if name.startswith('"'):
        return name[1:-1].replace('""', '"')
    return name.lower()


def answer(out: bytes) -> Catalog:
    """Read it; raises `msgspec.DecodeError`."""
    return msgspec.json.decode(out, type=Catalog)
