"""What stands in the database that is connected: columns and constraints of its tables."""

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.postgres.asking import column, read, statement, text, word
from opsconsole.model import Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Exchange, Probe

COLUMNS = (statement("column"),)
CONSTRAINTS = (statement("constraint"),)
EXCHANGES = (
    Exchange("columns", every=60, on_demand=True, timeout=30, compared=False),
    Exchange("constraints", every=60, on_demand=True, timeout=30, compared=False),
)

_KINDS = {"r": "table", "p": "partitioned table", "v": "view", "m": "materialized view",
          "f": "foreign table"}  # fmt: skip
_CONSTRAINTS = {"p": "primary key", "u": "unique", "f": "foreign key", "c": "check",
                "x": "exclusion", "t": "trigger"}  # fmt: skip
_IDENTITY = {"a": "identity, always", "d": "identity, by default"}


class Attribute(msgspec.Struct, array_like=True):
    """A row of `column.sql`."""

    database: str
    oid: str
    number: str
    schema: str
    table: str
    kind: str
    name: str
    type: str | None
    nullable: bool
    default: str | None
    identity: str
    generated: str
    constraints: str
    toward: str | None
    indexed: bool


class Constraint(msgspec.Struct, array_like=True):
    """A row of `constraint.sql`."""

    database: str
    oid: str
    schema: str
    table: str
    name: str
    type: str
    definition: str | None
    valid: bool
    deferrable: bool
    deferred: bool
    toward: str | None


def read_columns(payload: bytes) -> list[Attribute]:
    """In the order of schema, table and place."""
    return read(parted(payload, 1), Attribute)


def read_constraints(payload: bytes) -> list[Constraint]:
    """In the order of schema, table and name."""
    return read(parted(payload, 1), Constraint)


def column_rows(now: list[Attribute], _before: list[Attribute] | None) -> list[Row]:
    """One row per column."""
    return [
        (
            word(one.database),
            clean(one.oid),
            clean(one.number),
            word(f"{one.schema}.{one.table}"),
            clean(_KINDS.get(one.kind, one.kind)),
            word(one.name),
            word(one.type),
            one.nullable,
            _default(one),
            _keys(one),
        )
        for one in now
    ]


def _default(one: Attribute) -> Clean | None:
    if one.identity:
        return clean(_IDENTITY.get(one.identity, "identity"))
    said = text(one.default, 300)
    return clean(f"generated: {said}") if one.generated and said else said


def _keys(one: Attribute) -> Clean:
    found = [said for letter, said in _CONSTRAINTS.items() if letter in one.constraints]
    if one.toward:
        found = [f"{said} to {one.toward}" if said == "foreign key" else said for said in found]
    if one.indexed and not {"p", "u"} & set(one.constraints):
        found.append("index")
    return clean(", ".join(found), 256)


def constraint_rows(now: list[Constraint], _before: list[Constraint] | None) -> list[Row]:
    """One row per constraint."""
    return [
        (
            word(one.database),
            clean(one.oid),
            word(f"{one.schema}.{one.table}"),
            word(one.name),
            clean(_CONSTRAINTS.get(one.type, one.type)),
            Clean("valid" if one.valid else "not validated"),
            text(one.definition, 1000),
            word(one.toward),
            Clean("deferred" if one.deferred else "deferrable" if one.deferrable else ""),
        )
        for one in now
    ]


COLUMN = Probe(
    "postgres.column",
    "Columns",
    "columns",
    (
        column("database", "DATABASE", "current_database()"),
        column("oid", "OID", "pg_class oid of the table"),
        column("number", "NUMBER", "pg_attribute attnum"),
        column("table", "TABLE", "pg_class relname; the first 5000 columns by name of the table"),
        column("kind", "KIND", "pg_class relkind"),
        column("column", "COLUMN", "pg_attribute attname"),
        column("type", "TYPE", "format_type()"),
        column("nullable", "NULL", "pg_attribute attnotnull", Quantity.FLAG),
        column("default", "DEFAULT", "pg_attrdef, attidentity, attgenerated"),
        column("keys", "KEYS", "pg_constraint conkey; an index that begins with it"),
    ),
    ("database", "oid", "number"),
    read_columns,
    column_rows,
)

CONSTRAINT = Probe(
    "postgres.constraint",
    "Constraints",
    "constraints",
    (
        column("database", "DATABASE", "current_database()"),
        column("oid", "OID", "pg_constraint oid"),
        column("table", "TABLE", "pg_constraint conrelid; the first 5000 by name of the table"),
        column("constraint", "CONSTRAINT", "pg_constraint conname"),
        column("type", "TYPE", "pg_constraint contype, without NOT NULL"),
        column("state", "STATE", "pg_constraint convalidated", Quantity.STATE),
        column("definition", "DEFINITION", "pg_get_constraintdef()"),
        column("toward", "REFERENCES", "pg_constraint confrelid"),
        column("checked", "DEFERRED", "pg_constraint condeferrable, condeferred"),
    ),
    ("database", "oid"),
    read_constraints,
    constraint_rows,
)

PROBES = (COLUMN, CONSTRAINT)
