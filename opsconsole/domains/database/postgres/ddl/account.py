"""A judged statement in lines: what each table feels, who is in the way now, and a safer way."""

from collections.abc import Iterator, Sequence

from opsconsole.clean import clean
from opsconsole.domains.database.discretion import discreet
from opsconsole.domains.database.postgres.ddl.catalog import Held, Relation, Session
from opsconsole.domains.database.postgres.ddl.claim import (
    CONFLICTS,
    MODES,
    WORK,
    Lock,
    Part,
    Work,
    blocks,
)
from opsconsole.domains.database.postgres.ddl.judge import Effect, Judged
from opsconsole.model import Quantity
from opsconsole.spelling import counted, lasting, spelled

TABLES, SESSIONS = 20, 10
"""Relations that are told in full, and sessions of each; of more, how many."""
_KINDS = {
    "r": "table",
    "p": "partitioned table",
    "i": "index",
    "I": "partitioned index",
    "m": "materialized view",
    "v": "view",
    "f": "foreign table",
    "t": "toast table",
}
_VACUUM = "autovacuum worker"
PATIENCE = (
    "SET lock_timeout = '2s' before it, and try again: while it waits, all who come later wait"
)
_LONG = 60.0


def lines(judged: Judged) -> list[str]:
    """All of it."""
    catalog, statement = judged.catalog, judged.statement
    said = [
        f"{statement.title} on PostgreSQL {catalog.server.partition(' ')[0]},"
        f" database {catalog.database};"
        " nothing of it is run"
    ]
    said += _hindered(judged)
    for effect in judged.effects[:TABLES]:
        said += ["", *_effect(effect, judged)]
    if (more := len(judged.effects) - TABLES) > 0:
        said.append(f"and {counted(more, 'relation')} more, of the same kind")
    if catalog.cut:
        said.append("there are more relations around it than were looked at")
    if judged.effects:
        said += ["", *_waits(judged), *_replicas(judged), *_safer(judged)]
    return [clean(line, 400) for line in said]


def _hindered(judged: Judged) -> Iterator[str]:
    """Why the server would refuse it, as far as that is seen."""
    catalog, statement = judged.catalog, judged.statement
    for name in judged.missing:
        path = catalog.path or "nothing"
        yield f"{name}: no such relation is found (search_path: {path}); write its schema before it"
    if catalog.standby:
        yield "this is a standby, which refuses it: judged as for its primary, with locks of here"
    if statement.since > catalog.version:
        yield f"this version refuses it: it is known since {statement.since // 10000}"
    if statement.alone:
        yield "it is refused in a transaction block"


def _effect(effect: Effect, judged: Judged) -> Iterator[str]:
    one = effect.relation
    kind = _KINDS.get(one.kind, "relation")
    yield f"{kind} {one.label}: {effect.lock.words}, {blocks(effect.lock)}"
    yield f"  {_size(one)}"
    most = {part.what: part.work for part in sorted(effect.parts, key=lambda part: part.work)}
    told = (part for part in effect.parts if part.work or not most[part.what])
    yield from dict.fromkeys(f"  {part.what}: {_work(part, one)}" for part in told)
    held = [lock for lock in judged.catalog.locks if lock.relation == one.oid]
    yield from _locks(held, effect.lock)


def _work(part: Part, one: Relation) -> str:
    said = WORK[part.work] if one.kind not in "iI" or part.work < Work.INDEX else "is built anew"
    if part.work is Work.REWRITE:
        said += f": about {_bytes(one.bytes + one.index_bytes)} more disk until its end, and WAL"
    return said + (f" ({part.why})" if part.why else "")


def _size(one: Relation) -> str:
    if one.kind in "vf":
        return "no rows of its own"
    rows = (
        "rows not known: never analyzed"
        if one.rows < 0
        else (f"about {spelled(Quantity.COUNT, one.rows)} rows")
    )
    indexes = ""
    if one.indexes:
        indexes = f", {counted(one.indexes, 'index', 'indexes')} of {_bytes(one.index_bytes)}"
    return f"{_bytes(one.bytes)}{indexes}, {rows}; as of its last vacuum or analyze"


def _bytes(count: float) -> str:
    return spelled(Quantity.BYTES, count)


def _locks(held: Sequence[Held], wanted: Lock) -> Iterator[str]:
    """Sessions that would hold it up, then those that wait already."""
    against = CONFLICTS[wanted]
    found = [lock for lock in held if MODES.get(lock.mode) in against]
    granted = {lock.pid: lock for lock in found if lock.granted}
    queued = {lock.pid: lock for lock in found if not lock.granted}
    if not granted and not queued:
        yield "  nobody holds a lock now that it would wait for"
        return
    if granted:
        yield f"  it would wait now for {counted(len(granted), 'session')}:"
    for lock in list(granted.values())[:SESSIONS]:
        gives = (
            "; it gives way by itself, unless against wraparound" if lock.type == _VACUUM else ""
        )
        yield f"    {_session(lock)} holds {MODES[lock.mode].words}{gives}"
    if len(granted) > SESSIONS:
        yield f"    and {counted(len(granted) - SESSIONS, 'session')} more"
    if queued:
        pids = ", ".join(str(pid) for pid in list(queued)[:SESSIONS])
        yield f"  and {counted(len(queued), 'session')} that wait for locks already: {pids}"


def _session(one: Session) -> str:
    if not one.pid:
        return "a prepared transaction"
    who = " ".join(word for word in (one.user, one.application, one.state) if word)
    age = f", transaction of {lasting(one.seconds)}" if one.seconds is not None else ""
    query = " ".join(discreet(one.query).split())[:80]
    return f"pid {one.pid} {who}{age}{f': {query}' if query else ''}; it"


def _waits(judged: Judged) -> Iterator[str]:
    """What holds it up beside locks on its tables."""
    oldest = judged.catalog.oldest[:1]
    if judged.statement.waits:
        yield "it waits for all transactions that are older than it, in any table"
        for one in oldest:
            yield f"  the oldest: {_session(one).removesuffix('; it')}"
        if judged.catalog.prepared:
            yield f"  and for {counted(judged.catalog.prepared, 'prepared transaction')}"
        yield "  if it fails, it leaves something invalid behind, which has to be dropped"
    elif oldest and (oldest[0].seconds or 0) >= _LONG:
        yield f"oldest transaction: {_session(oldest[0]).removesuffix('; it')}"


def _replicas(judged: Judged) -> Iterator[str]:
    found = judged.catalog.replicas
    strongest = max(effect.lock for effect in judged.effects)
    if found:
        behind = max((one.behind or 0.0 for one in found), default=0.0)
        yield f"{counted(len(found), 'replica')} stream; the last is {_bytes(behind)} behind"
        if strongest is Lock.ACCESS_EXCLUSIVE:
            yield (
                "  replay takes ACCESS EXCLUSIVE there, too: it waits for queries of a standby,"
                " or cancels them (max_standby_streaming_delay)"
            )
        if _rewritten(judged):
            yield "  they receive all that is written anew, and fall behind meanwhile"


def _rewritten(judged: Judged) -> bool:
    return any(effect.work >= Work.INDEX for effect in judged.effects)


def _safer(judged: Judged) -> Iterator[str]:
    effects = judged.effects
    found = [said for effect in effects for part in effect.parts for said in part.safer]
    if max(effect.lock for effect in effects) > Lock.SHARE_UPDATE_EXCLUSIVE:
        found.append(PATIENCE)
    for at, said in enumerate(dict.fromkeys(found)):
        yield f"{'safer: ' if not at else '       '}{said}"
