"""Statements that are judged, by their first words: everything but ALTER TABLE is read here."""

from collections.abc import Callable, Mapping

from opsconsole.domains.database.postgres.ddl import alter
from opsconsole.domains.database.postgres.ddl.claim import (
    Ask,
    Lock,
    NotUnderstood,
    Part,
    Reach,
    Statement,
    Work,
)
from opsconsole.domains.database.postgres.ddl.cursor import Cursor, words

_STRONG, _TRIGGER, _QUIET = (
    Lock.ACCESS_EXCLUSIVE,
    Lock.SHARE_ROW_EXCLUSIVE,
    Lock.SHARE_UPDATE_EXCLUSIVE,
)
_REPACK = "pg_repack makes it small while others read and write; a plain VACUUM makes room in it"
_BESIDE = "{} CONCURRENTLY, while others go on writing; not in a transaction"
_OTHER_KINDS = ("TABLE", "COLUMN", "INDEX", "MATERIALIZED VIEW", "VIEW")


def parse(sql: str) -> Statement:
    """What the statement would do; raises `NotUnderstood` with what could not be read, and where.

    What is not known to the last word is not understood: no part of a statement is passed over.
    """
    at = Cursor(words(sql))
    if at.done:
        raise NotUnderstood("there is no statement")
    for phrase, read in _STATEMENTS.items():
        if at.take(*phrase.split()):
            found = read(at)
            at.end()
            return found
    raise NotUnderstood(f"{at.here.text[:30]!r} begins no statement that is judged here: {KNOWN}")


def _alter_index(at: Cursor) -> Statement:
    at.take("IF", "EXISTS")
    on = at.name()
    if at.take("RENAME", "TO"):
        at.one()
        return Statement("ALTER INDEX", (Part("RENAME", on, _QUIET, reach=Reach.INDEX),))
    if at.take("SET", "TABLESPACE"):
        at.one()
        why = "its file is copied to the other place; reads that would use it wait"
        part = Part("SET TABLESPACE", on, _STRONG, Work.REWRITE, why, Reach.INDEX, Ask("storage"))
        return Statement("ALTER INDEX", (part,))
    verb = at.either("SET", "RESET")
    if not verb:
        raise at.lost("not one of the parts of ALTER INDEX that are known here")
    at.bracket()
    return Statement("ALTER INDEX", (Part(verb, on, _QUIET, reach=Reach.INDEX),))


def _create_index(at: Cursor) -> Statement:
    beside = at.take("CONCURRENTLY")
    at.take("IF", "NOT", "EXISTS")
    if not at.sees("ON"):
        at.one()
    at.need("ON")
    reach = Reach.SELF if at.take("ONLY") else Reach.TREE
    on = at.name()
    if at.take("USING"):
        at.one()
    at.bracket()
    if at.take("INCLUDE"):
        at.bracket()
    at.either("NULLS NOT DISTINCT", "NULLS DISTINCT")
    if at.take("WITH"):
        at.bracket()
    if at.take("TABLESPACE"):
        at.one()
    if at.take("WHERE"):
        at.until()
    if beside:
        part = Part(
            "CREATE INDEX CONCURRENTLY", on, _QUIET, Work.INDEX, "twice", reach, Ask("concurrent")
        )
        return Statement("CREATE INDEX CONCURRENTLY", (part,), waits=True, alone=True)
    safer = (_BESIDE.format("CREATE INDEX"),)
    ask = None if reach is Reach.TREE else Ask("only")
    part = Part("CREATE INDEX", on, Lock.SHARE, Work.INDEX, "", reach, ask, safer)
    return Statement("CREATE INDEX", (part,))


def _drop_index(at: Cursor) -> Statement:
    beside = at.take("CONCURRENTLY")
    at.take("IF", "EXISTS")
    names = _listed(at)
    at.either("CASCADE", "RESTRICT")
    what = "DROP INDEX CONCURRENTLY" if beside else "DROP INDEX"
    lock = _QUIET if beside else _STRONG
    safer = () if beside else (_BESIDE.format("DROP INDEX"),)
    parts = [
        Part(what, name, lock, work, reach=reach, safer=safer)
        for name in names
        for reach, work in ((Reach.TREE, Work.NOTHING), (Reach.INDEX, Work.DISCARD))
    ]
    return Statement(what, tuple(parts), waits=beside, alone=beside)


def _listed(at: Cursor) -> list[str]:
    names = [at.name()]
    while at.take(","):
        names.append(at.name())
    return names


def _reindex(at: Cursor) -> Statement:
    options = [piece.until() for piece in Cursor(at.bracket()).split()] if at.sees("(") else []
    kind = at.either("INDEX", "TABLE")
    if not kind:
        raise at.lost("REINDEX is judged of one INDEX or TABLE")
    beside = at.take("CONCURRENTLY") or any(option[0].word == "CONCURRENTLY" for option in options)
    on = at.name()
    what = f"REINDEX {kind} CONCURRENTLY" if beside else f"REINDEX {kind}"
    reach = Reach.INDEX if kind == "INDEX" else Reach.INDEXES
    if beside:
        lock, other = _QUIET, _QUIET
    else:
        lock, other = Lock.SHARE, _STRONG
    safer = () if beside else (_BESIDE.format(f"REINDEX {kind}"),)
    why = "" if beside else "reads that would use it wait, and so do those that only plan"
    parts = (
        Part(what, on, lock, Work.INDEX, "twice" if beside else "", Reach.TREE, None, safer),
        Part(what, on, other, Work.REWRITE, why, reach),
    )
    return Statement(what, parts, waits=beside, alone=beside)


def _drop_table(at: Cursor) -> Statement:
    at.take("IF", "EXISTS")
    names = _listed(at)
    cascade = at.either("CASCADE", "RESTRICT") == "CASCADE"
    parts: list[Part] = []
    for name in names:
        parts.append(Part("DROP TABLE", name, _STRONG, Work.DISCARD))
        parts.append(
            Part("DROP TABLE", name, _STRONG, reach=Reach.REFERENCED, why="its foreign keys go")
        )
        if cascade:
            parts.append(
                Part(
                    "DROP TABLE",
                    name,
                    _STRONG,
                    reach=Reach.REFERENCING,
                    why="their foreign keys go",
                )
            )
            parts.append(Part("DROP TABLE", name, _STRONG, Work.DISCARD, alter.GOES, Reach.VIEWS))
    return Statement("DROP TABLE", tuple(parts))


def _truncate(at: Cursor) -> Statement:
    at.take("TABLE")
    parts: list[Part] = []
    names: list[tuple[str, Reach]] = []
    while not names or at.take(","):
        reach = Reach.SELF if at.take("ONLY") else Reach.TREE
        names.append((at.name(), reach))
        at.take("*")
    at.either("RESTART IDENTITY", "CONTINUE IDENTITY")
    cascade = at.either("CASCADE", "RESTRICT") == "CASCADE"
    for name, reach in names:
        parts.append(Part("TRUNCATE", name, _STRONG, Work.DISCARD, reach=reach))
        if cascade:
            parts.append(
                Part(
                    "TRUNCATE",
                    name,
                    _STRONG,
                    Work.DISCARD,
                    "CASCADE empties it, too",
                    Reach.REFERENCING,
                )
            )
    return Statement("TRUNCATE", tuple(parts))


def _vacuum(at: Cursor) -> Statement:
    full = False
    if at.sees("("):
        for option in Cursor(at.bracket()).split():
            name = option.one().upper()
            said = "" if option.done else option.value().upper()
            full = full or (name == "FULL" and said not in {"FALSE", "OFF", "0"})
    else:
        while word := at.either("FULL", "FREEZE", "VERBOSE", "ANALYZE"):
            full = full or word == "FULL"
    if at.done:
        raise at.lost("VACUUM is judged of tables that are named")
    names = [_with_columns(at)]
    while at.take(","):
        names.append(_with_columns(at))
    what = "VACUUM FULL" if full else "VACUUM"
    parts = [
        Part(what, name, _STRONG, Work.REWRITE, safer=(_REPACK,))
        if full
        else Part(
            what,
            name,
            _QUIET,
            Work.SCAN,
            "but what is known to be clean, while others go"
            " on; at its end it may cut the file, which blocks for a moment",
        )
        for name in names
    ]
    return Statement(what, tuple(parts), alone=True)


def _with_columns(at: Cursor) -> str:
    name = at.name()
    if at.sees("("):
        at.names()
    return name


def _cluster(at: Cursor) -> Statement:
    if at.sees("("):
        at.bracket()
    at.take("VERBOSE")
    if at.done:
        raise at.lost("CLUSTER is judged of a table that is named")
    on = at.name()
    if at.take("USING"):
        at.one()
    part = Part("CLUSTER", on, _STRONG, Work.REWRITE, safer=(_REPACK,))
    return Statement("CLUSTER", (part,))


def _refresh(at: Cursor) -> Statement:
    beside = at.take("CONCURRENTLY")
    on = at.name()
    empty = bool(at.either("WITH NO DATA", "WITH DATA") == "WITH NO DATA")
    if beside:
        part = Part(
            "REFRESH CONCURRENTLY",
            on,
            Lock.EXCLUSIVE,
            Work.SCAN,
            "its query is run, and what differs is written",
            Reach.SELF,
        )
    else:
        why = "" if empty else "its query is run meanwhile"
        safer = ("REFRESH … CONCURRENTLY, which lets reads go on; it needs a unique index",)
        part = Part(
            "REFRESH",
            on,
            _STRONG,
            Work.DISCARD if empty else Work.REWRITE,
            why,
            Reach.SELF,
            None,
            safer,
        )
    return Statement("REFRESH MATERIALIZED VIEW", (part,))


def _create_trigger(at: Cursor) -> Statement:
    at.one()
    at.until("ON")
    at.need("ON")
    on = at.name()
    if at.take("FROM"):
        at.name()
    if not any(token.word == "EXECUTE" for token in at.until()):
        raise at.lost("EXECUTE FUNCTION was expected")
    return Statement("CREATE TRIGGER", (Part("CREATE TRIGGER", on, _TRIGGER),))


def _drop_trigger(at: Cursor) -> Statement:
    at.take("IF", "EXISTS")
    at.one()
    at.need("ON")
    on = at.name()
    at.either("CASCADE", "RESTRICT")
    return Statement("DROP TRIGGER", (Part("DROP TRIGGER", on, _STRONG),))


def _comment(at: Cursor) -> Statement:
    kind = at.either(*_OTHER_KINDS)
    if not kind:
        raise at.lost(f"COMMENT ON is judged of {', '.join(_OTHER_KINDS)}")
    on = at.name()
    if kind == "COLUMN":
        on = on[: _last_dot(on)]
        if not on:
            raise at.lost("the column's table was expected before it")
    at.need("IS")
    at.value()
    reach = Reach.INDEX if kind == "INDEX" else Reach.SELF
    return Statement("COMMENT", (Part(f"COMMENT ON {kind}", on, _QUIET, reach=reach),))


def _last_dot(name: str) -> int:
    """Where the last part of a name begins, quotes heeded; 0 when it has but one."""
    if name.endswith('"'):
        start = name.rfind('."')
        return max(start, 0)
    return max(name.rfind("."), 0)


_STATEMENTS: Mapping[str, Callable[[Cursor], Statement]] = {
    "ALTER TABLE": alter.table,
    "ALTER INDEX": _alter_index,
    "CREATE UNIQUE INDEX": _create_index,
    "CREATE INDEX": _create_index,
    "DROP INDEX": _drop_index,
    "REINDEX": _reindex,
    "DROP TABLE": _drop_table,
    "TRUNCATE": _truncate,
    "VACUUM": _vacuum,
    "CLUSTER": _cluster,
    "REFRESH MATERIALIZED VIEW": _refresh,
    "CREATE OR REPLACE TRIGGER": _create_trigger,
    "CREATE CONSTRAINT TRIGGER": _create_trigger,
    "CREATE TRIGGER": _create_trigger,
    "DROP TRIGGER": _drop_trigger,
    "COMMENT ON": _comment,
}
KNOWN = ", ".join(
    name
    for name in _STATEMENTS
    if name not in {"CREATE UNIQUE INDEX", "CREATE OR REPLACE TRIGGER", "CREATE CONSTRAINT TRIGGER"}
)
"""Statements that are judged."""
