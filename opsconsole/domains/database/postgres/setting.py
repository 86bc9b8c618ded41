"""What somebody chose in the configuration, what waits for a restart, and what is wrong in it."""

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.postgres.asking import column, read, statement, text
from opsconsole.model import Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Exchange, Probe

SETTINGS = (statement("setting"),)
FILES = (statement("hba"), statement("file"))
EXCHANGES = (
    Exchange("settings", every=60, on_demand=True, compared=False),
    Exchange("files", every=60, on_demand=True, compared=False),
)

GRANT = (
    "GRANT SELECT ON pg_hba_file_rules, pg_file_settings and EXECUTE ON FUNCTION"
    " pg_hba_file_rules(), pg_show_all_file_settings() TO the role"
)


class Chosen(msgspec.Struct, array_like=True):
    """A row of `setting.sql`."""

    name: str
    value: str
    unit: str
    source: str
    context: str
    default: str
    pending: bool
    file: str
    line: int
    category: str


class Wrong(msgspec.Struct, array_like=True):
    """A row of `hba.sql` or `file.sql`."""

    file: str
    line: int | None
    error: str


def read_settings(payload: bytes) -> list[Chosen]:
    """All that differ from the default, or wait."""
    return read(parted(payload, 1), Chosen)


def setting_rows(now: list[Chosen], _before: list[Chosen] | None) -> list[Row]:
    """One row per setting."""
    return [
        (
            clean(one.name),
            text(one.value),
            clean(one.unit),
            text(one.default),
            clean("restart" if one.pending else "in force"),
            clean(one.source),
            clean(one.context),
            clean(f"{one.file}:{one.line}") if one.file else Clean(""),
            text(one.category),
        )
        for one in now
    ]


def read_files(payload: bytes) -> list[Wrong]:
    """Errors in the files; raises `Denied` with what has to be granted."""
    hba, file = parted(payload, 2)
    return [*read([hba], Wrong, GRANT), *read([file], Wrong, GRANT)]


def file_rows(now: list[Wrong], _before: list[Wrong] | None) -> list[Row]:
    """One row per error."""
    return [
        (clean(one.file), one.line, clean(" ".join(one.error.split())), Clean("wrong"))
        for one in now
    ]


SETTING = Probe(
    "postgres.setting",
    "Settings",
    "settings",
    (
        column("name", "SETTING", "pg_settings name"),
        column("value", "VALUE", "pg_settings setting"),
        column("unit", "UNIT", "pg_settings unit"),
        column("default", "DEFAULT", "pg_settings boot_val"),
        column("state", "STATE", "pg_settings pending_restart", Quantity.STATE),
        column("source", "SOURCE", "pg_settings source"),
        column("context", "CONTEXT", "pg_settings context: what a change takes"),
        column("place", "PLACE", "pg_settings sourcefile, sourceline (pg_read_all_settings)"),
        column("category", "CATEGORY", "pg_settings category"),
    ),
    ("name",),
    read_settings,
    setting_rows,
)

FILE = Probe(
    "postgres.file",
    "Errors in files",
    "files",
    (
        column("file", "FILE", "pg_hba.conf, pg_file_settings sourcefile"),
        column("line", "LINE", "pg_hba_file_rules line_number, pg_file_settings sourceline",
               Quantity.COUNT),
        column("error", "ERROR", "pg_hba_file_rules error, pg_file_settings error"),
        column("state", "STATE", "an entry here is wrong", Quantity.STATE),
    ),
    ("file", "line", "error"),
    read_files,
    file_rows,
)  # fmt: skip

PROBES = (SETTING, FILE)
