"""The plan of a statement that somebody else wrote, which is understood and never run."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from opsconsole import table
from opsconsole.clean import clean
from opsconsole.errors import Refused
from opsconsole.question import EXPLAINED, Part, Statement, verb
from opsconsole.transports.postgres.faults import of_losing
from opsconsole.transports.postgres.line import Line

VERB = "EXPLAIN"
"""As the first word of a call: then follow database, role, search_path and the statement."""

LINES = 1000
"""Of a plan that are told."""

PORTION, PAUSE = 30, 0.2
"""Lines told in one go, and seconds between two: of more, an executor tells the last ones only."""

_NAME = "opsconsole_plan"
_SET = "SELECT pg_catalog.set_config($1, $2, true)"
LIMITS = (
    ("statement_timeout", "5s"),
    ("lock_timeout", "2s"),
    # Values of parameters are not known: the plan that holds for all of them.
    ("plan_cache_mode", "force_generic_plan"),
)
"""Of the transaction."""

_GONE = Statement("SET LOCAL client_connection_check_interval = '1s'", 140000)
# Every name in full: from here on the statement's own search_path holds.
_PARAMETERS = """\
SELECT pg_catalog.cardinality(p.parameter_types)::pg_catalog.int8,
       EXISTS (SELECT 1 FROM pg_catalog.pg_type t
                WHERE t.oid OPERATOR(pg_catalog.=) ANY (p.parameter_types::pg_catalog.oid[])
                  AND t.typtype OPERATOR(pg_catalog.=) 'd')
  FROM pg_catalog.pg_prepared_statements p WHERE p.name OPERATOR(pg_catalog.=) $1"""


def call_of(target: str, argv: Sequence[str]) -> tuple[str, str, str, str]:
    """Database, role, search_path and statement of such a call; raises `Refused` for any other."""
    if len(argv) != 5 or argv[0] != VERB:
        raise Refused(f"{target}: {VERB} takes database, role, search_path, statement", "argument")
    _, database, role, path, sql = argv
    if (first := verb(sql)) not in EXPLAINED:
        said = f"{target}: {clean(first, 20) or 'it'} is no statement that has a plan"
        raise Refused(said, "argument")
    return database, role, path, sql


async def explain(
    target: str,
    conn: psycopg.AsyncConnection[Any],  # Any: the rows' type
    call: tuple[str, str, str, str],
    heard: Callable[[bytes], None],
) -> int:
    """Tell the plan, line by line, from a transaction that cannot write; 1 for a refusal.

    The statement is sent as a message that has it understood, alone. What is run is ours.
    """
    try:
        part = await _asked(Line(conn), *call[1:])
    except (psycopg.Error, OSError) as error:
        raise of_losing(target, error) from None
    refusal = table.why(part)
    if refusal is not None:
        heard(f"ERROR: {refusal.message} ({refusal.code})\n".encode("utf-8", "replace"))
        return 1
    lines = [f"{line}\n".encode("utf-8", "replace") for (line,) in table.read(part, tuple[str])]
    shown = lines[:LINES]
    if len(lines) > LINES:
        shown.append(f"and {len(lines) - LINES} more lines\n".encode())
    for at in range(0, len(shown), PORTION):
        if at:
            await asyncio.sleep(PAUSE)
        heard(b"".join(shown[at : at + PORTION]))
    return 0


async def _asked(line: Line, role: str, path: str, sql: str) -> Part:
    """The plan, or the first refusal on the way to it."""
    part = await line.run("BEGIN TRANSACTION READ ONLY", ())
    settings = [*LIMITS, ("role", role), ("search_path", path)]
    for name, value in settings:
        if value and not table.why(part):
            part = await line.run(_SET, (name, value))
    if not table.why(part):
        (late,) = await line.exchange([_GONE])
        part = late if table.why(late) else await line.parse(_NAME, sql)
    if table.why(part):
        return part
    part = await line.run(_PARAMETERS, (_NAME,))
    if table.why(part):
        return part
    ((count, domain),) = table.read(part, tuple[int, bool])
    if domain:
        # Its conditions would be run for the value that stands for the parameter.
        return table.refused("0A000", "a parameter of it is of a domain: no plan without a value")
    nulls = f"({', '.join(['NULL'] * count)})" if count else ""
    plan = await line.run(f"EXPLAIN (COSTS, FORMAT TEXT) EXECUTE {_NAME}{nulls}", ())
    await line.run("ROLLBACK", ())
    return plan
