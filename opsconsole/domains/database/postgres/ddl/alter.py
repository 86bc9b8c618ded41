"""ALTER TABLE: what each of its parts locks and reads, as `AlterTableGetLockLevel` has it."""

from collections.abc import Callable, Mapping

from opsconsole.domains.database.postgres.ddl import constraint
from opsconsole.domains.database.postgres.ddl.claim import Ask, Lock, Part, Reach, Statement, Work
from opsconsole.domains.database.postgres.ddl.cursor import Cursor, calls, plain

_STRONG, _TRIGGER, _QUIET = (
    Lock.ACCESS_EXCLUSIVE,
    Lock.SHARE_ROW_EXCLUSIVE,
    Lock.SHARE_UPDATE_EXCLUSIVE,
)
_QUIET_OPTIONS = (
    "fillfactor",
    "parallel_workers",
    "toast_tuple_target",
    "vacuum_index_cleanup",
    "vacuum_truncate",
    "autovacuum_",
    "log_autovacuum_",
    "toast.",
)
_TYPE_STOPS = (
    "COLLATE",
    "USING",
    "DEFAULT",
    "NOT",
    "NULL",
    "CONSTRAINT",
    "CHECK",
    "UNIQUE",
    "PRIMARY",
    "REFERENCES",
    "GENERATED",
    "STORAGE",
    "COMPRESSION",
)
_LATER = (
    "ADD COLUMN without the default, then ALTER COLUMN … SET DEFAULT, then UPDATE in small batches"
)
_BATCHES = (
    "a new column of the new type, filled by a trigger and UPDATE in small batches, and then the"
    " names exchanged"
)
_MOVE = "pg_repack --tablespace moves it while others go on"

GOES = "it goes, too: CASCADE"

Parts = list[Part]


def table(at: Cursor) -> Statement:
    """Behind `ALTER TABLE`."""
    at.take("IF", "EXISTS")
    reach = Reach.SELF if at.take("ONLY") else Reach.TREE
    on = at.name()
    at.take("*")
    found = _whole(at, on, reach)
    if found is None:
        pieces = at.split()
        found = [part for piece in pieces for part in _ended(piece, on, reach)]
    at.end()
    return Statement("ALTER TABLE", tuple(found), *_modes(found))


def _modes(found: Parts) -> tuple[bool, bool, int]:
    """Whether it waits, stands alone, and since when there is such a thing."""
    concurrent = any(part.what.endswith("CONCURRENTLY") for part in found)
    return concurrent, concurrent, 140000 if concurrent else 0


def _ended(piece: Cursor, on: str, reach: Reach) -> Parts:
    found = _one(piece, on, reach)
    piece.end()
    return found


def _whole(at: Cursor, on: str, reach: Reach) -> Parts | None:
    """What stands alone in its statement: partitions, and the name of the table."""
    if at.take("ATTACH", "PARTITION"):
        other = at.name()
        at.until()
        why = "to see whether they belong there; not with a CHECK that says so"
        safer = (f"ADD CHECK (the bounds) NOT VALID to {other}, then VALIDATE it: no scan then",)
        return [
            Part("ATTACH PARTITION", on, _QUIET, reach=Reach.SELF),
            Part(
                "ATTACH PARTITION",
                on,
                _STRONG,
                Work.SCAN,
                "rows that belong to the new one",
                Reach.DEFAULT,
            ),
            Part("ATTACH PARTITION", other, _STRONG, Work.SCAN, why, safer=safer),
        ]
    if at.take("DETACH", "PARTITION"):
        return _detached(at, on)
    if at.take("RENAME", "TO"):
        at.one()
        return [Part("RENAME", on, _STRONG, reach=Reach.SELF)]
    if at.take("SET", "SCHEMA"):
        at.one()
        return [Part("SET SCHEMA", on, _STRONG, reach=Reach.SELF)]
    if at.take("RENAME"):
        kind = at.either("CONSTRAINT", "COLUMN") or "COLUMN"
        at.one()
        at.need("TO")
        at.one()
        return [Part(f"RENAME {kind}", on, _STRONG, reach=reach)]
    return None


def _detached(at: Cursor, on: str) -> Parts:
    other = at.name()
    if at.take("CONCURRENTLY"):
        return [
            Part("DETACH PARTITION CONCURRENTLY", on, _QUIET, reach=Reach.SELF),
            Part("DETACH PARTITION CONCURRENTLY", other, _STRONG, why="for a moment, at the end"),
        ]
    if at.take("FINALIZE"):
        return [
            Part("DETACH PARTITION FINALIZE", on, _QUIET, reach=Reach.SELF),
            Part("DETACH PARTITION FINALIZE", other, _STRONG),
        ]
    safer = ("DETACH PARTITION … CONCURRENTLY (14 and later), which blocks the parent for nobody",)
    return [
        Part("DETACH PARTITION", on, _STRONG, reach=Reach.SELF, safer=safer),
        Part("DETACH PARTITION", on, _STRONG, reach=Reach.DEFAULT),
        Part("DETACH PARTITION", other, _STRONG),
    ]


def _one(at: Cursor, on: str, reach: Reach) -> Parts:
    """One of the parts with commas between."""
    first = at.here.word
    if first == "ADD":
        return _added(at, on, reach)
    if first == "DROP":
        return _dropped(at, on, reach)
    if first == "ALTER" and at.take("ALTER", "CONSTRAINT"):
        at.until()
        return [Part("ALTER CONSTRAINT", on, _STRONG, reach=reach)]
    if at.take("ALTER"):
        at.take("COLUMN")
        return [_column(at, on, reach, at.one())]
    if at.take("VALIDATE", "CONSTRAINT"):
        return constraint.validated(at.one(), on, reach)
    for phrase, (lock, work) in _SIMPLE.items():
        if at.take(*phrase.split()):
            _rest(at, phrase)
            return [Part(phrase, on, lock, work, reach=Reach.SELF)]
    return _set(at, on)


def _rest(at: Cursor, phrase: str) -> None:
    """The name behind such a phrase."""
    if phrase.endswith((" TRIGGER", " RULE", " TO", "CLUSTER ON", " OF", "INHERIT")):
        at.name()
    elif phrase == "REPLICA IDENTITY" and not at.either("DEFAULT", "FULL", "NOTHING"):
        at.need("USING", "INDEX")
        at.one()


_SIMPLE: Mapping[str, tuple[Lock, Work]] = {
    "ENABLE ROW LEVEL SECURITY": (_STRONG, Work.NOTHING),
    "DISABLE ROW LEVEL SECURITY": (_STRONG, Work.NOTHING),
    "FORCE ROW LEVEL SECURITY": (_STRONG, Work.NOTHING),
    "NO FORCE ROW LEVEL SECURITY": (_STRONG, Work.NOTHING),
    "ENABLE REPLICA TRIGGER": (_TRIGGER, Work.NOTHING),
    "ENABLE ALWAYS TRIGGER": (_TRIGGER, Work.NOTHING),
    "ENABLE TRIGGER": (_TRIGGER, Work.NOTHING),
    "DISABLE TRIGGER": (_TRIGGER, Work.NOTHING),
    "ENABLE REPLICA RULE": (_STRONG, Work.NOTHING),
    "ENABLE ALWAYS RULE": (_STRONG, Work.NOTHING),
    "ENABLE RULE": (_STRONG, Work.NOTHING),
    "DISABLE RULE": (_STRONG, Work.NOTHING),
    "CLUSTER ON": (_QUIET, Work.NOTHING),
    "SET WITHOUT CLUSTER": (_QUIET, Work.NOTHING),
    "OWNER TO": (_STRONG, Work.NOTHING),
    "REPLICA IDENTITY": (_STRONG, Work.NOTHING),
}


def _set(at: Cursor, on: str) -> Parts:
    """SET and RESET of the table."""
    if logged := at.either("SET LOGGED", "SET UNLOGGED"):
        ask = Ask("persistence", logged.split()[1])
        return [Part(logged, on, _STRONG, Work.REWRITE, reach=Reach.SELF, ask=ask)]
    if at.take("SET", "TABLESPACE"):
        at.one()
        at.take("NOWAIT")
        why = "its files are copied to the other place; its indexes stay where they are"
        ask = Ask("storage")
        return [Part("SET TABLESPACE", on, _STRONG, Work.REWRITE, why, Reach.SELF, ask, (_MOVE,))]
    if at.take("SET", "ACCESS", "METHOD"):
        at.one()
        return [Part("SET ACCESS METHOD", on, _STRONG, Work.REWRITE, reach=Reach.SELF)]
    verb = at.either("SET", "RESET")
    if not verb:
        raise at.lost("not one of the parts of ALTER TABLE that are known here")
    options = [piece.name().lower() for piece in Cursor(at.bracket()).split()]
    quiet = all(option.startswith(_QUIET_OPTIONS) for option in options)
    lock = _QUIET if quiet else _STRONG
    return [Part(f"{verb} ({', '.join(options)})", on, lock, reach=Reach.SELF)]


# -- columns ------------------------------------------------------------------------------------


def _column(at: Cursor, on: str, reach: Reach, name: str) -> Part:
    """Behind `ALTER COLUMN name`."""
    if at.either("SET DATA TYPE", "TYPE"):
        return _retyped(at, on, reach, name)
    if at.take("SET", "NOT", "NULL"):
        safer = (
            f"ADD CHECK ({name} IS NOT NULL) NOT VALID, VALIDATE it, then SET NOT NULL: no scan",
        )
        ask = Ask("not null", name)
        return Part(
            f"SET NOT NULL {name}",
            on,
            _STRONG,
            Work.SCAN,
            "to see that none is null",
            reach,
            ask,
            safer,
        )
    if at.take("SET", "EXPRESSION"):
        at.need("AS")
        at.bracket()
        return Part(f"SET EXPRESSION {name}", on, _STRONG, Work.REWRITE, reach=reach)
    for phrase, (lock, read) in _OF_COLUMN.items():
        if at.take(*phrase.split()):
            read(at)
            return Part(f"{phrase} {name}", on, lock, reach=reach)
    raise at.lost("not one of the parts of ALTER COLUMN that are known here")


def _nothing(_at: Cursor) -> None:
    return None


def _all(at: Cursor) -> None:
    at.until()


_OF_COLUMN: Mapping[str, tuple[Lock, Callable[[Cursor], object]]] = {
    "SET DEFAULT": (_STRONG, _all),
    "DROP DEFAULT": (_STRONG, _nothing),
    "DROP NOT NULL": (_STRONG, _nothing),
    "DROP IDENTITY": (_STRONG, lambda at: at.take("IF", "EXISTS")),
    "DROP EXPRESSION": (_STRONG, lambda at: at.take("IF", "EXISTS")),
    "ADD GENERATED": (_STRONG, _all),
    "SET GENERATED": (_STRONG, _all),
    "RESTART": (_STRONG, _all),
    "SET STATISTICS": (_QUIET, Cursor.value),
    "SET STORAGE": (_STRONG, Cursor.one),
    "SET COMPRESSION": (_STRONG, Cursor.one),
    "SET": (_QUIET, Cursor.bracket),
    "RESET": (_QUIET, Cursor.bracket),
}
"""The longer phrases first."""


def _retyped(at: Cursor, on: str, reach: Reach, name: str) -> Part:
    kind = plain(at.until(*_TYPE_STOPS))
    if not kind:
        raise at.lost("a type was expected")
    collated = at.take("COLLATE") and bool(at.name())
    using = at.until() if at.take("USING") else []
    ask = Ask(
        "type", name, kind, (), not collated and plain(using) in ("", name, f"{name}::{kind}")
    )
    return Part(f"TYPE of {name} to {kind}", on, _STRONG, Work.REWRITE, "", reach, ask, (_BATCHES,))


def _added(at: Cursor, on: str, reach: Reach) -> Parts:
    at.need("ADD")
    if (found := constraint.added(at, on, reach)) is not None:
        return found
    at.take("COLUMN")
    at.take("IF", "NOT", "EXISTS")
    name = at.one()
    kind = plain(at.until(*_TYPE_STOPS))
    if not kind:
        raise at.lost("a type was expected")
    what = f"ADD COLUMN {name} {kind}"
    parts = [Part(what, on, _STRONG, Work.NOTHING, "", reach, Ask("new type", name, kind))]
    defaulted = False
    while not at.done:
        more, defaulted = _described(at, on, reach, what, defaulted)
        parts += more
    return parts


def _described(at: Cursor, on: str, reach: Reach, what: str, defaulted: bool) -> tuple[Parts, bool]:
    """One of the words behind a column's type, and whether the column has a value now."""

    def does(work: Work, why: str, ask: Ask | None = None, *safer: str) -> Parts:
        return [Part(what, on, _STRONG, work, why, reach, ask, safer)]

    if at.take("COLLATE") or at.either("STORAGE", "COMPRESSION"):
        at.name()
        return [], defaulted
    if at.take("DEFAULT"):
        said = at.until(*(stop for stop in _TYPE_STOPS if stop not in ("NULL", "DEFAULT")))
        if not said:
            raise at.lost("a default was expected")
        null = plain(said).upper() == "NULL"
        ask = Ask("default", functions=calls(said))
        return does(Work.NOTHING, "", ask, _LATER), not null
    if at.take("GENERATED"):
        return _generated(at, does), True
    if at.take("NOT", "NULL"):
        work = Work.NOTHING if defaulted else Work.SCAN
        return does(work, "" if defaulted else "to see that there is none"), defaulted
    if at.take("NULL"):
        return [], defaulted
    if at.take("CONSTRAINT"):
        at.one()
    return constraint.inline(at, on, reach, what, defaulted), defaulted


def _generated(at: Cursor, does: Callable[..., Parts]) -> Parts:
    at.either("ALWAYS", "BY DEFAULT")
    at.need("AS")
    if at.take("IDENTITY"):
        if at.sees("("):
            at.bracket()
        return does(Work.REWRITE, "each row gets a number")
    at.bracket()
    if at.take("VIRTUAL"):
        return does(Work.NOTHING, "", Ask("virtual"))
    if not at.take("STORED"):
        return does(Work.REWRITE, "", Ask("virtual or stored"))
    return does(Work.REWRITE, "each row gets its value")


def _dropped(at: Cursor, on: str, reach: Reach) -> Parts:
    at.need("DROP")
    if at.take("CONSTRAINT"):
        at.take("IF", "EXISTS")
        name = at.one()
        at.either("CASCADE", "RESTRICT")
        ask = Ask("drop constraint", name)
        return [
            Part(f"DROP CONSTRAINT {name}", on, _STRONG, reach=reach),
            Part(f"DROP CONSTRAINT {name}", on, _STRONG, reach=Reach.REFERENCED, ask=ask),
        ]
    at.take("COLUMN")
    at.take("IF", "EXISTS")
    name = at.one()
    cascade = at.either("CASCADE", "RESTRICT") == "CASCADE"
    what, ask = f"DROP COLUMN {name}", Ask("drop column", name)
    parts = [
        Part(what, on, _STRONG, reach=reach),
        Part(what, on, _STRONG, reach=Reach.REFERENCED, ask=ask),
    ]
    if cascade:
        parts.append(Part(what, on, _STRONG, Work.DISCARD, GOES, Reach.VIEWS, ask))
    return parts
