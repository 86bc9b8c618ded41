"""Sessions: end what one does, or end it altogether."""

from collections.abc import Mapping

from opsconsole.domains.database import looking
from opsconsole.domains.database.mysql.action.right import LOOKS
from opsconsole.errors import Gone
from opsconsole.model import Value
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

PROBES = ("mysql.session", "mysql.lock")
PINS = ("id", "started")

# One text for both families: MySQL reads what stands after `/*!50700`, MariaDB what after `/*M!`.
_LOOK = (
    "SELECT p.id AS id, (SELECT CAST(UNIX_TIMESTAMP() - variable_value AS SIGNED) FROM"
    " /*!50700 performance_schema.global_status */ /*M! information_schema.global_status */"
    " WHERE variable_name = 'Uptime') AS started, LEFT(p.user, 64) AS user,"
    " LEFT(p.host, 128) AS host, p.command AS command, p.state AS state, p.time AS seconds,"
    " LEFT(p.info, 300) AS statement, t.trx_state AS transaction,"
    " TIMESTAMPDIFF(SECOND, t.trx_started, NOW()) AS age, t.trx_rows_locked AS locked,"
    " t.trx_rows_modified AS modified, CONNECTION_ID() AS ours"
    " FROM information_schema.processlist p LEFT JOIN information_schema.innodb_trx t"
    " ON t.trx_mysql_thread_id = p.id WHERE p.id = %s"
)
# MariaDB has the session itself answer, which one that waits for a lock does not.
_EXPLAIN = (
    "/*!50700 EXPLAIN FOR CONNECTION */"
    " /*M! SET STATEMENT max_statement_time = 1 FOR SHOW EXPLAIN FOR */"
)
_SYSTEM = ("system user", "event_scheduler")
_CARRIES = ("Binlog Dump", "Binlog Dump GTID", "Slave_IO", "Slave_SQL", "Slave_worker", "Daemon")


def _look(thing: Thing) -> tuple[str, ...]:
    return (_LOOK, looking.number(thing, "id"))


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of a session; raises `Gone`, `Denied` or `Malformed`."""
    found = looking.rows(thing, status, out, LOOKS)
    if not found:
        raise Gone(f"{thing.target}: connection {looking.number(thing, 'id')} is gone")
    row = found[0]
    return {
        "id": looking.said(row, "id"),
        "started": looking.said(row, "started"),
        "user": looking.said(row, "user"),
        "host": looking.said(row, "host"),
        "command": looking.said(row, "command"),
        "state": looking.said(row, "state"),
        "seconds": looking.said(row, "seconds"),
        "statement": looking.said(row, "statement", limit=300),
        "transaction": looking.said(row, "transaction").lower(),
        "transaction_s": looking.said(row, "age"),
        "rows_locked": looking.said(row, "locked"),
        "rows_modified": looking.said(row, "modified"),
    }


LOOK = Look(_look, read)


def _explain(thing: Thing, _arguments: Arguments) -> tuple[str, ...]:
    """How the statement is carried out; the number is no value here but a word of the grammar."""
    return (f"{_EXPLAIN} {looking.number(thing, 'id')}",)


def _bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["user"] in _SYSTEM:
        return f"it is the server's own: {facts['user']}"
    if facts["command"] in _CARRIES:
        return f"it carries replication ({facts['command']}): mysql.stop-replica stops a replica"
    if facts["command"] == "Killed":
        return "it is being ended already: what it changed is rolled back"
    return ""


def _query_bars(thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["command"] == "Sleep":
        return "it runs no statement; its transaction ends with the connection"
    return _bars(thing, facts, arguments)


def _kill(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return (Step(("KILL CONNECTION %s", facts["id"]), 10.0, root=False),)


def _kill_query(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return (Step(("KILL QUERY %s", facts["id"]), 10.0, root=False),)


def _undone(facts: Facts) -> str:
    modified = facts["rows_modified"]
    if not facts["transaction"]:
        return "no transaction is open, nothing is rolled back"
    if modified in {"", "0"}:
        return "its transaction changed no row"
    return f"{modified} rows that its transaction changed are rolled back, which may take as long"


def _effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    who = f"{facts['user']}'s connection {facts['id']}"
    return f"{who} ends; {_undone(facts)}; {facts['rows_locked'] or '0'} locked rows are let go"


def _query_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    who = f"{facts['user']}'s statement on connection {facts['id']}"
    return f"{who} ends, and what it changed is rolled back; its transaction and locks stay"


def _ended(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is None or any(now[name] != before[name] for name in PINS)


def _idle(before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    if now is None or _ended(before, now, arguments):
        return True
    return now["command"] == "Sleep" or now["statement"] != before["statement"]


def _fits(row: Mapping[str, Value]) -> bool:
    return row.get("user") not in _SYSTEM and row.get("command") not in _CARRIES


def _busy(row: Mapping[str, Value]) -> bool:
    return _fits(row) and row.get("command") != "Sleep"


KILL_QUERY = Action(
    id="mysql.kill-query",
    title="Kill query",
    letter="Q",
    about="Ends the statement that runs; the connection and its transaction stay.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_kill_query,
    effect=_query_effect,
    verify=Verify("the statement no longer runs", _idle, within_s=30.0),
    timeout=10.0,
    expected_s=2.0,
    fits=_busy,
    bars=_query_bars,
    preview=_explain,
)

KILL_CONNECTION = Action(
    id="mysql.kill-connection",
    title="Kill connection",
    letter="K",
    about="Ends exactly this connection: its transaction is rolled back, its locks are let go.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_kill,
    effect=_effect,
    verify=Verify("the connection is gone", _ended, within_s=60.0),
    timeout=10.0,
    expected_s=3.0,
    fits=_fits,
    bars=_bars,
)

ACTIONS = (KILL_QUERY, KILL_CONNECTION)
