"""What lies on disk: schemas by the files of their tables, and the largest tables."""

import re
from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.column import column
from opsconsole.domains.database.mysql.asking import answered, maybe, rows
from opsconsole.errors import Denied
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe

_ENCODED = re.compile(r"@([0-9a-f]{4})")


class Files(NamedTuple):
    """Tablespaces of a schema; InnoDB spells it as the file system has it."""

    schema: str
    tables: int
    size: float


class Size(NamedTuple):
    """A schema as its tables estimate themselves."""

    schema: str
    tables: int
    data: float
    indexes: float
    free: float
    rows: float
    other: float
    """Tables of another engine, and their bytes."""
    other_bytes: float


class Reading(NamedTuple):
    """Both, by the schema's name; either is None where the server does not tell."""

    files: dict[str, Files] | None
    sizes: dict[str, Size] | None


def plain(name: str) -> str:
    """A name as it is, of what InnoDB spells for a file system: `my@002ddb` is `my-db`."""
    return _ENCODED.sub(lambda match: chr(int(match[1], 16)), name)


def read_sizes(payload: bytes) -> Reading:
    """Of the exchange `schemas`; raises `Denied` when nothing of it may be seen."""
    parts = answered("schemas", payload)
    files, sizes = maybe(parts, "files", Files), maybe(parts, "sizes", Size)
    if files is None and sizes is None:
        rows(parts, "files", Files)
        raise Denied("the server gave sizes up after two seconds", "GRANT PROCESS ON *.*")
    return Reading(
        None if files is None else {plain(one.schema): one for one in files},
        None if sizes is None else {one.schema: one for one in sizes},
    )


def size_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per schema, the largest first."""
    names = {*(now.files or ()), *(now.sizes or ())}
    found = [_size(name, now) for name in names]
    return [row for _, row in sorted(found, key=lambda one: (-one[0], one[1][0] or ""))]


def _size(name: str, now: Reading) -> tuple[float, tuple[Clean, *tuple[float | None, ...]]]:
    files = now.files.get(name) if now.files else None
    known = now.sizes.get(name) if now.sizes else None
    lies = files.size + (known.other_bytes if known else 0.0) if files else 0.0
    size = max(lies, known.data + known.indexes if known else 0.0)
    tables = known.tables if known else files.tables if files else 0
    rest = (known.rows, known.other) if known else (None, None)
    said = (known.data, known.indexes, known.free) if known else (None, None, None)
    return size, (clean(name, 64), size, *said, tables, *rest)


class Table(NamedTuple):
    """A table, by its own estimate."""

    schema: str
    name: str
    engine: str | None
    format: str | None
    rows: float | None
    data: float | None
    indexes: float | None
    free: float | None
    created: float | None
    changed: float | None


def read_tables(payload: bytes) -> list[Table]:
    """Of the exchange `tables`: those that we may see."""
    return rows(answered("tables", payload), "tables", Table)


def table_rows(now: list[Table], _before: list[Table] | None) -> list[Row]:
    """One row per table, the largest first."""
    return [
        (
            clean(f"{one.schema}/{one.name}", 129),
            clean(one.schema, 64),
            clean(one.name, 64),
            clean(one.engine or "", 32),
            clean((one.format or "").lower(), 16),
            one.rows,
            (one.data or 0.0) + (one.indexes or 0.0),
            one.data,
            one.indexes,
            one.free,
            one.created,
            one.changed,
        )
        for one in now
    ]


SCHEMA = Probe(
    "mysql.schema",
    "Schemas",
    "schemas",
    (
        column("database", "DATABASE", "innodb_tablespaces name, information_schema.tables"
               " table_schema"),
        column("size_bytes", "SIZE", "innodb_tablespaces file_size, and tables of another engine;"
               " without PROCESS data_length + index_length", Quantity.BYTES),
        column("data_bytes", "DATA", "data_length, as InnoDB estimates", Quantity.BYTES),
        column("index_bytes", "INDEX", "index_length", Quantity.BYTES),
        column("free_bytes", "FREE", "data_free: of shared tablespaces once per table",
               Quantity.BYTES),
        column("tables", "TABLES", "base tables", Quantity.COUNT),
        column("rows", "ROWS", "table_rows, an estimate", Quantity.COUNT),
        column("not_innodb", "OTHER", "tables of another engine", Quantity.COUNT),
    ),
    ("database",),
    read_sizes,
    size_rows,
    on_demand=False,
    quiet=True,
)  # fmt: skip

_TABLES = "information_schema.tables"

TABLE = Probe(
    "mysql.table",
    "Tables",
    "tables",
    (
        column("table", "TABLE", f"{_TABLES}: table_schema/table_name"),
        column("database", "DATABASE", f"{_TABLES} table_schema"),
        column("name", "NAME", f"{_TABLES} table_name"),
        column("engine", "ENGINE", f"{_TABLES} engine"),
        column("format", "FORMAT", f"{_TABLES} row_format"),
        column("rows", "ROWS", f"{_TABLES} table_rows, an estimate", Quantity.COUNT),
        column("size_bytes", "SIZE", f"{_TABLES} data_length + index_length", Quantity.BYTES),
        column("data_bytes", "DATA", f"{_TABLES} data_length", Quantity.BYTES),
        column("index_bytes", "INDEX", f"{_TABLES} index_length", Quantity.BYTES),
        column("free_bytes", "FREE", f"{_TABLES} data_free", Quantity.BYTES),
        column("created", "CREATED", f"{_TABLES} create_time: of InnoDB, when it was last built",
               Quantity.TIME),
        column("changed", "CHANGED", f"{_TABLES} update_time, since the server started",
               Quantity.TIME),
    ),
    ("table",),
    read_tables,
    table_rows,
)  # fmt: skip

PROBES = (SCHEMA, TABLE)
