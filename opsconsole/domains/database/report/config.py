"""Configuration: what waits for a restart, what is wrong in files, where servers differ."""

from collections.abc import Iterator

from opsconsole.clean import Clean, clean
from opsconsole.document import Block, Cell, Field, Paragraph, Section, Table
from opsconsole.domains.database.postgres import setting
from opsconsole.domains.database.report.reading import MOST, listed, reached, said, unsaid, words
from opsconsole.evidence import Evidence
from opsconsole.model import Level
from opsconsole.spelling import counted

OWN = frozenset(
    {
        *("cluster_name", "config_file", "data_directory", "external_pid_file", "hba_file"),
        *(
            "ident_file",
            "listen_addresses",
            "port",
            "primary_conninfo",
            "primary_slot_name",
            "unix_socket_directories",
        ),
        *("bonjour_name", "event_source", "recovery_target_timeline", "log_filename"),
        *("log_directory", "stats_temp_directory", "synchronous_standby_names"),
    }
)
"""Settings that are each server's own affair."""

SECRET = ("conninfo", "command", "passphrase", "password", "secret", "key", "token")
"""Parts of names whose values may hold a password: that they differ is told, not how."""

HIDDEN = Clean("(not shown)")


def secret(name: str) -> bool:
    """Whether the value of a setting must not stand in a document."""
    return any(part in name.casefold() for part in SECRET)


def section(evidence: Evidence) -> Iterator[Section]:
    """Nothing without a server whose settings are read."""
    there = reached(evidence, "postgres")
    if not there:
        return
    keys = ("name", "place", "source", "context")
    waits = listed(
        *(evidence, setting.SETTING, *keys),
        title="Wait for a restart",
        wanted=lambda row: row["state"] == "restart",
    )
    wrong = listed(evidence, setting.FILE, "file", "line", "error", title="Errors in files")
    differ = [*_differ(evidence, there)]
    blocks: list[Block] = [
        *(waits or [Paragraph("No setting is known to wait for a restart.")]),
        *wrong,
        *differ,
        *unsaid(evidence, setting.SETTING, setting.FILE),
    ]
    level = Level.CRIT if wrong else Level.WARN if waits else None
    yield Section("Settings", tuple(blocks), level)


def _differ(evidence: Evidence, there: list[str]) -> Iterator[Block]:
    """A row for each setting that is not the same everywhere; what nobody chose is the default."""
    known = {target: _values(evidence, target) for target in there}
    known = {target: values for target, values in known.items() if values}
    if len(known) < 2:
        chosen = ", ".join(f"{len(one)} on {target}" for target, one in known.items())
        yield Paragraph(f"Chosen, not left at the default: {chosen or 'not known'}.")
        return
    names = sorted({name for values in known.values() for name in values} - OWN)
    columns = list(known)[:20]
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        found = {target: values.get(name) for target, values in known.items()}
        if len(set(found.values())) > 1:
            rows.append((words(clean(name, 64)), *(_shown(name, found[each]) for each in columns)))
    fields = (Field("name", "Setting"), *(Field(f"on {one}", one) for one in columns))
    title = f"Differ among {counted(len(known), 'server')}"
    yield Table(fields, tuple(rows[:MOST]), title, empty="None: all have chosen the same.")
    if len(rows) > MOST or len(known) > len(columns):
        yield Paragraph(f"{len(rows)} differ among {len(known)} servers; not all are listed.")


def _values(evidence: Evidence, target: str) -> dict[str, str]:
    return {
        str(row["name"]): f"{row['value']} {row['unit'] or ''}".strip()
        for row in said(evidence, setting.SETTING, target)
    }


def _shown(name: str, value: str | None) -> Clean:
    if value is None:
        return Clean("default")
    return HIDDEN if secret(name) else words(clean(value, 200), 100) or Clean("(empty)")
