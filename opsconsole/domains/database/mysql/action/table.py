"""Tables: build an index while others go on writing, let one go, renew statistics.

`CREATE INDEX` is what `ALTER TABLE … ADD INDEX` is, and asks for no more than the right INDEX.
"""

import json
import re
from pathlib import Path
from typing import cast

from opsconsole.clean import clean
from opsconsole.domains.database import looking
from opsconsole.domains.database.looking import Right
from opsconsole.domains.database.mysql.action.right import LOOKS
from opsconsole.errors import Gone, Refused
from opsconsole.model import Quantity
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Look, Verify, Weight
from opsconsole.spelling import spelled

PROBES = ("mysql.table",)
PINS = ("table",)

SECONDS = 600.0
"""For one statement; one that is ended leaves nothing half done."""

LARGEST = 20 << 30
"""Bytes of a table whose index is surely not built within that time."""

LONG = 60
"""Seconds of a statement or transaction for whose end nobody should have to wait."""

_STATISTICS = Right(LOOKS.lacks, "GRANT SELECT ON mysql.innodb_table_stats TO the account")
_PART = re.compile(r"([^\s`,()]{1,64})(?:\((\d{1,4})\))?")
_NAME = re.compile(r"[^/]{1,64}")


def _text(name: str) -> str:
    """The statement of a file, on one line: it is shown, confirmed and audited."""
    return " ".join(Path(__file__).with_name(f"{name}.sql").read_text("utf-8").split())


def _place(thing: Thing) -> tuple[str, str]:
    """Schema and name; raises `Refused` for anything else."""
    schema, slash, name = looking.pin(thing, "table").partition("/")
    if not slash or not all(
        part.isprintable() and _NAME.fullmatch(part) for part in (schema, name)
    ):
        raise Refused(f"{thing.target}: {clean(thing.name, 80)!r} is no schema/table", "unknown")
    return schema, name


def quoted(name: str) -> str:
    """A name as SQL writes it, whatever stands in it."""
    return "`" + name.replace("`", "``") + "`"


def _table(thing: Thing) -> str:
    return ".".join(map(quoted, _place(thing)))


def _found(thing: Thing, status: int, out: bytes, right: Right) -> looking.Row:
    found = looking.rows(thing, status, out, right)
    if not found:
        raise Gone(f"{thing.target}: there is no table {'.'.join(_place(thing))}")
    return found[0]


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of a table and what may be in the way; raises `Gone`, `Denied` or `Malformed`."""
    row = _found(thing, status, out, LOOKS)
    size = sum(float(looking.said(row, name) or 0) for name in ("data", "indexed"))
    return {
        "table": looking.pin(thing, "table"),
        "server": looking.said(row, "version", limit=40),
        "engine": looking.said(row, "engine"),
        "bytes": f"{size:.0f}",
        "size": spelled(Quantity.BYTES, size),
        "rows": looking.said(row, "estimate"),
        "indexes": indexes(looking.said(row, "indexes", limit=20_000)),
        "foreign keys": looking.said(row, "keyed"),
        "read only": "yes" if looking.said(row, "read_only") not in {"0", ""} else "",
        "changes kept meanwhile": looking.said(row, "log_max"),
        "oldest transaction s": looking.said(row, "oldest"),
        "longest statement s": looking.said(row, "longest"),
    }


def indexes(text: str) -> str:
    """All of a table as `name(column,column(10)); …`, unique ones with a `!`; empty for none."""
    try:
        parts = json.loads(text or "[]")
        found: dict[str, list[tuple[int, str]]] = {}
        for name, at, free, column, length in cast("list[list[str]]", parts):
            key = f"{name}{'' if int(free) else '!'}"
            part = f"{column}({int(length)})" if length else str(column)
            found.setdefault(key, []).append((int(at), part))
    except (ValueError, TypeError, RecursionError):
        return ""
    shown = (
        f"{name}({','.join(part for _, part in sorted(columns))})"
        for name, columns in sorted(found.items())
    )
    return str(clean("; ".join(shown), 8000))


def read_analyzed(thing: Thing, status: int, out: bytes) -> Facts:
    """When statistics of a table were renewed; raises `Gone`, `Denied` or `Malformed`."""
    row = _found(thing, status, out, _STATISTICS)
    return {
        "table": looking.pin(thing, "table"),
        "server": looking.said(row, "version", limit=40),
        "engine": looking.said(row, "engine"),
        "analyzed": looking.said(row, "analyzed"),
        "longest statement s": looking.said(row, "longest"),
    }


LOOK = Look(lambda thing: (_text("table"), *_place(thing)), read)
LOOK_ANALYZED = Look(lambda thing: (_text("analyzed"), *_place(thing)), read_analyzed)


def columns(text: str) -> list[str]:
    """Columns of an index as they are shown, `v` or `v(10)`; none where they are not understood."""
    parts = [part.strip() for part in text.split(",")]
    return parts if all(map(_PART.fullmatch, parts)) and len(parts) <= 16 else []


def _columns_wrong(text: str) -> str:
    good = not text or bool(columns(text))
    return "" if good else "columns in order, such as customer_id, city(20)"


def _index(arguments: Arguments) -> str:
    """The index's name, from its columns."""
    bare = [part.partition("(")[0] for part in columns(arguments["columns"])]
    return f"ix_{'_'.join(bare)}"[:64]


def _shown(arguments: Arguments) -> str:
    """The index as facts show it."""
    return f"{_index(arguments)}({','.join(columns(arguments['columns']))})"


def _add_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    wanted = columns(arguments["columns"])
    body = f"({','.join(wanted)}".casefold()
    for known in facts["indexes"].split("; ") if wanted else ():
        if f"({known.partition('(')[2]}".casefold().startswith((f"{body},", f"{body})")):
            return f"{known} begins with the same columns"
    if _named(facts, _index(arguments)):
        return f"there is an index {_index(arguments)} already"
    return _bars(facts)


def _bars(facts: Facts) -> str:
    if facts["engine"] != "InnoDB":
        return f"{facts['engine'] or 'its engine'} locks the table for it: only InnoDB does not"
    if facts["read only"]:
        return "the server is read_only: do it on the source"
    if float(facts["bytes"]) > LARGEST:
        return f"{facts['size']} take longer than ten minutes: gh-ost, pt-online-schema-change"
    if float(facts["oldest transaction s"] or 0) > LONG:
        seconds = facts["oldest transaction s"]
        return f"a transaction is open for {seconds} s: if it used the table, this cannot begin"
    return ""


def _add(thing: Thing, _facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    keys = ", ".join(
        quoted(match[1]) + (f"({match[2]})" if match[2] else "")
        for part in columns(arguments["columns"])
        if (match := _PART.fullmatch(part))
    )
    sql = f"CREATE INDEX {quoted(_index(arguments))} ON {_table(thing)} ({keys})"
    return (Step((f"{sql} ALGORITHM=INPLACE LOCK=NONE",), SECONDS, root=False),)


def _add_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return (
        f"about {facts['rows'] or '?'} rows ({facts['size']}) are read and sorted, INPLACE, while"
        " others read and write; mysql.session shows how far it is. It waits two seconds at most"
        " for who uses the table, twice; replicas do the same afterwards, and lag meanwhile"
    )


def _there(_before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    wanted = _shown(arguments).casefold()
    return now is not None and wanted in now["indexes"].casefold().split("; ")


def _add_undo(thing: Thing, _facts: Facts, arguments: Arguments) -> Undo:
    return Undo("mysql.drop-index", (thing,), {"index": _index(arguments)})


def _named(facts: Facts, name: str) -> str:
    """Columns of an index; empty where there is none of that name, or it is unique."""
    for known in facts["indexes"].split("; "):
        if known.casefold().startswith(f"{name.casefold()}(") and known.endswith(")"):
            return known[len(name) + 1 : -1]
    return ""


def _drop_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if arguments["index"] and not _named(facts, arguments["index"]):
        return f"{clean(arguments['index'], 64)} is none of its indexes, or keeps rows unique"
    return _bars(facts)


def _drop(thing: Thing, _facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    sql = f"DROP INDEX {quoted(arguments['index'])} ON {_table(thing)}"
    return (Step((sql,), SECONDS, root=False),)


def _drop_effect(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    return (
        f"statements that find rows by {_named(facts, arguments['index'])} scan the table instead;"
        " a foreign key that needs it is refused by the server"
    )


def _gone(_before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    return now is not None and not _named(now, arguments["index"])


def _drop_undo(thing: Thing, facts: Facts, arguments: Arguments) -> Undo | None:
    keys = _named(facts, arguments["index"])
    ours = _index({"columns": keys}).casefold() if columns(keys) else ""
    same = ours == arguments["index"].casefold()
    return Undo("mysql.add-index", (thing,), {"columns": keys}) if same else None


def _analyze(thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    sql = f"ANALYZE NO_WRITE_TO_BINLOG TABLE {_table(thing)}"
    return (Step((sql,), SECONDS, root=False),)


def _analyze_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if not facts["analyzed"]:
        return "it keeps no statistics on disk (STATS_PERSISTENT), and so no time of the last ones"
    if float(facts["longest statement s"] or 0) > LONG:
        seconds = facts["longest statement s"]
        return f"a statement runs for {seconds} s: if it reads the table, all others would wait"
    return ""


def _renewed(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and now["analyzed"] != before["analyzed"]


ADD = Action(
    id="mysql.add-index",
    title="Add index online",
    letter="i",
    about="Builds an index of a table's columns in place, while others go on writing.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_add,
    effect=_add_effect,
    verify=Verify("information_schema.statistics has the index", _there, within_s=15.0),
    timeout=SECONDS,
    expected_s=60.0,
    fits=lambda row: row.get("engine") == "InnoDB",
    bars=_add_bars,
    undo=_add_undo,
    preview=lambda thing, _arguments: (_text("holders"), *_place(thing)),
    arguments=(Argument("columns", "Columns, in order", check=_columns_wrong, required=True),),
    cancellable=True,
)

DROP = Action(
    id="mysql.drop-index",
    title="Drop index",
    letter="d",
    about="Lets an index go that keeps nothing unique, while others go on writing.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_drop,
    effect=_drop_effect,
    verify=Verify("information_schema.statistics has no such index", _gone, within_s=15.0),
    timeout=SECONDS,
    expected_s=5.0,
    fits=lambda row: row.get("engine") == "InnoDB",
    bars=_drop_bars,
    undo=_drop_undo,
    preview=lambda thing, _arguments: (_text("holders"), *_place(thing)),
    arguments=(
        Argument(
            "index",
            "Name of the index",
            check=lambda text: "" if len(text) <= 64 and "`" not in text else "a name, without `",
            required=True,
        ),
    ),
)

ANALYZE = Action(
    id="mysql.analyze-table",
    title="Analyze table",
    letter="a",
    about="Reads a sample of the table's pages and renews the statistics that plans are made by.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.REVERSIBLE,
    look=LOOK_ANALYZED,
    steps=_analyze,
    effect=lambda _thing, _facts, _arguments: (
        "new plans for statements on it, here alone: it is not written to the binary log"
    ),
    verify=Verify("its statistics on disk have a new time", _renewed, within_s=15.0),
    timeout=SECONDS,
    expected_s=5.0,
    fits=lambda row: row.get("engine") == "InnoDB",
    bars=_analyze_bars,
    cancellable=True,
)

ACTIONS = (ADD, DROP, ANALYZE)
