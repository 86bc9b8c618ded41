"""Constraints that are added, alone or with a column, and validated."""

from opsconsole.domains.database.postgres.ddl.claim import Ask, Lock, Part, Reach, Work
from opsconsole.domains.database.postgres.ddl.cursor import Cursor

_STRONG, _KEY = Lock.ACCESS_EXCLUSIVE, Lock.SHARE_ROW_EXCLUSIVE
_LATER = "ADD … NOT VALID, which is quick, then VALIDATE CONSTRAINT, which blocks no writes"
_BESIDE = (
    "CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT … USING INDEX, which is quick"
)
_TIMING = (
    "NOT DEFERRABLE",
    "DEFERRABLE",
    "INITIALLY DEFERRED",
    "INITIALLY IMMEDIATE",
    "NOT ENFORCED",
    "ENFORCED",
)

Parts = list[Part]


def added(at: Cursor, on: str, reach: Reach) -> Parts | None:
    """Behind `ADD`; None when it is a column."""
    named = at.sees("CONSTRAINT")
    if named:
        at.need("CONSTRAINT")
        at.one()
    if at.sees("CHECK", "("):
        return [_check(at, on, reach)]
    if at.take("FOREIGN", "KEY"):
        at.names()
        return _foreign(at, on, "ADD FOREIGN KEY", scans=True)
    for words in ("UNIQUE", "PRIMARY KEY"):
        if at.take(*words.split()):
            return [_unique(at, on, words, reach)]
    if at.sees("EXCLUDE"):
        at.until()
        return [Part("ADD EXCLUDE", on, _STRONG, Work.INDEX, reach=reach)]
    if at.take("NOT", "NULL"):
        return [_not_null(at, on, reach)]
    if named:
        raise at.lost("not one of the constraints that are known here")
    return None


def _check(at: Cursor, on: str, reach: Reach) -> Part:
    at.need("CHECK")
    at.bracket()
    at.take("NO", "INHERIT")
    if _later(at):
        return Part("ADD CHECK NOT VALID", on, _STRONG, reach=reach)
    return Part(
        "ADD CHECK", on, _STRONG, Work.SCAN, "to see that each row passes", reach, None, (_LATER,)
    )


def _not_null(at: Cursor, on: str, reach: Reach) -> Part:
    name = at.one()
    if _later(at):
        return Part(f"ADD NOT NULL {name} NOT VALID", on, _STRONG, reach=reach)
    return Part(
        f"ADD NOT NULL {name}",
        on,
        _STRONG,
        Work.SCAN,
        "to see that none is null",
        reach,
        Ask("not null", name),
        (_LATER,),
    )


def _unique(at: Cursor, on: str, words: str, reach: Reach) -> Part:
    if at.take("USING", "INDEX"):
        index = at.one()
        _later(at)
        key = words == "PRIMARY KEY"
        ask = Ask("key index", index) if key else None
        work = Work.SCAN if key else Work.NOTHING
        return Part(f"ADD {words} USING INDEX", on, _STRONG, work, "", reach, ask)
    at.either("NULLS NOT DISTINCT", "NULLS DISTINCT")
    at.bracket()
    if at.take("INCLUDE"):
        at.bracket()
    if at.take("WITH"):
        at.bracket()
    if at.take("USING", "INDEX", "TABLESPACE"):
        at.one()
    _later(at)
    return Part(f"ADD {words}", on, _STRONG, Work.INDEX, "", reach, None, (_BESIDE,))


def _foreign(at: Cursor, on: str, what: str, *, scans: bool) -> Parts:
    """Behind the columns of a foreign key."""
    other = _references(at)
    if _later(at):
        what, scans = f"{what} NOT VALID", False
    work, safer = (Work.SCAN, (_LATER,)) if scans else (Work.NOTHING, ())
    why = "to see that each value is there" if scans else ""
    return [
        Part(what, on, _KEY, work, why, Reach.TREE, None, safer),
        Part(what, other, _KEY, work, why, Reach.TREE),
    ]


def _references(at: Cursor) -> str:
    at.need("REFERENCES")
    other = at.name()
    if at.sees("("):
        at.names()
    while True:
        if at.take("MATCH"):
            at.one()
        elif at.either("ON DELETE", "ON UPDATE"):
            if not at.either("NO ACTION", "RESTRICT", "CASCADE"):
                at.need("SET")
                if not at.either("NULL", "DEFAULT"):
                    raise at.lost()
                if at.sees("("):
                    at.names()
        else:
            return other


def _later(at: Cursor) -> bool:
    """Behind the words at the end of a constraint; whether NOT VALID is among them."""
    later = False
    while True:
        if at.take("NOT", "VALID"):
            later = True
        elif not at.either(*_TIMING):
            return later


def inline(at: Cursor, on: str, reach: Reach, what: str, defaulted: bool) -> Parts:
    """One constraint behind the type of a new column."""
    if at.sees("CHECK", "("):
        at.need("CHECK")
        at.bracket()
        at.take("NO", "INHERIT")
        _later(at)
        return [Part(what, on, _STRONG, Work.SCAN, "to see that each row passes", reach)]
    for words in ("UNIQUE", "PRIMARY KEY"):
        if at.take(*words.split()):
            at.either("NULLS NOT DISTINCT", "NULLS DISTINCT")
            _later(at)
            return [Part(what, on, _STRONG, Work.INDEX, words, reach)]
    if at.sees("REFERENCES"):
        return _foreign(at, on, what, scans=defaulted)
    raise at.lost("not one of the words behind a column that are known here")


def validated(name: str, on: str, reach: Reach) -> Parts:
    """`VALIDATE CONSTRAINT name`."""
    what, quiet = f"VALIDATE CONSTRAINT {name}", Lock.SHARE_UPDATE_EXCLUSIVE
    ask = Ask("validate", name)
    return [
        Part(what, on, quiet, Work.SCAN, "while others go on", reach, ask),
        Part(what, on, Lock.ROW_SHARE, Work.SCAN, "", Reach.REFERENCED, ask),
    ]
