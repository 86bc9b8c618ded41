"""What a DDL statement would lock, read and write here. Nothing of it is ever sent to the server
but names: of tables, columns, types and functions.
"""

import msgspec

from opsconsole.clean import clean_bytes
from opsconsole.domains.database.postgres.action import asking
from opsconsole.domains.database.postgres.ddl.account import lines
from opsconsole.domains.database.postgres.ddl.catalog import answer, question
from opsconsole.domains.database.postgres.ddl.claim import NotUnderstood
from opsconsole.domains.database.postgres.ddl.command import parse
from opsconsole.domains.database.postgres.ddl.judge import Judged
from opsconsole.errors import Malformed
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Argument, Arguments, Facts, Verify, Weight


def _wrong(sql: str) -> str:
    try:
        if sql:  # none is refused as such; a menu judges by none
            parse(sql)
    except NotUnderstood as error:
        return str(error)
    return ""


def _preview(_thing: Thing, arguments: Arguments) -> tuple[str, ...]:
    return asking.statement("ddl"), question(parse(arguments["statement"]))


def _told(thing: Thing, arguments: Arguments, status: int, out: bytes) -> list[str]:
    if status:
        return [f"the server refuses to tell: {clean_bytes(b' '.join(out.split()), 300)}"]
    try:
        catalog = answer(out)
    except msgspec.DecodeError as error:
        raise Malformed(f"{thing.target}: no answer that can be understood: {error}") from None
    return lines(Judged(parse(arguments["statement"]), catalog))


def _steps(_thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return (Step((asking.statement("waits"),), 10.0, root=False),)


def _there(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None


JUDGE = Action(
    id="postgres.ddl",
    title="Judge a DDL statement",
    letter="w",
    about="Shows what a statement would lock, read and write, and who is in its way; runs none.",
    probes=(),
    pins=(),
    weight=Weight.REVERSIBLE,
    look=asking.look("server", lambda _thing: ()),
    steps=_steps,
    effect=lambda _thing, _facts, _arguments: (
        "nothing: what is said above is all; a yes lists who waits for locks at that moment"
    ),
    verify=Verify("the server has answered", _there, within_s=10.0),
    timeout=10.0,
    expected_s=2.0,
    preview=_preview,
    told=_told,
    arguments=(Argument("statement", "Statement", check=_wrong, required=True, pasted=True),),
    cancellable=True,
)

ACTIONS = (JUDGE,)
