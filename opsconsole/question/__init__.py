"""What a target that is no shell is asked: requests as data, their answers as one payload."""

from collections.abc import Mapping
from typing import TypeVar

from opsconsole.errors import Unsupported
from opsconsole.question.cloud import CloudCall
from opsconsole.question.data import Command, Held, Statement, Watched
from opsconsole.question.device import Mapped, NutAnswer, NutQuery, SoapAnswer, SoapCall
from opsconsole.question.frame import Part, headed, joined, parted
from opsconsole.question.http import HttpCrawl, HttpRequest, IsapiRequest
from opsconsole.question.snmp import Snmp, SnmpChoice, SnmpChosen, SnmpGet, SnmpWalk
from opsconsole.question.verb import EXPLAINED, verb

__all__ = [
    "EXPLAINED",
    "Asked",
    "CloudCall",
    "Command",
    "Held",
    "HttpCrawl",
    "HttpRequest",
    "IsapiRequest",
    "Mapped",
    "NutAnswer",
    "NutQuery",
    "Part",
    "Question",
    "Questions",
    "Script",
    "Snmp",
    "SnmpChoice",
    "SnmpChosen",
    "SnmpGet",
    "SnmpWalk",
    "SoapAnswer",
    "SoapCall",
    "Statement",
    "Watched",
    "headed",
    "joined",
    "of_kind",
    "parted",
    "verb",
]

Question = (
    HttpRequest
    | Statement
    | Command
    | Watched
    | Held
    | CloudCall
    | Snmp
    | NutQuery
    | Mapped
    | SoapCall
)
"""One request to a target, for its transport; a transport of another kind adds its own here."""

Questions = Mapping[str, tuple[Question, ...]]
"""What is asked for each exchange, by its name; the answers become one payload, see `joined`."""

Script = str | Questions
"""What an integration has its transport do: a sampler for a shell, or questions to ask."""


Asked = TypeVar(
    "Asked", HttpRequest, Statement, Command, Watched, CloudCall, Snmp, NutQuery, Mapped, SoapCall
)


def of_kind(
    questions: Questions, kind: type[Asked], target: str = ""
) -> dict[str, tuple[Asked, ...]]:
    """The same questions, all of the kind that a transport asks. Raises `Unsupported`, which names
    the target.
    """
    found: dict[str, tuple[Asked, ...]] = {}
    for exchange, asked in questions.items():
        mine = tuple(one for one in asked if isinstance(one, kind))
        if len(mine) != len(asked):
            where = f"{target}: {exchange}" if target else exchange
            what = f"{where}: is asked in another way than by a {kind.__name__}"
            raise Unsupported(what, "name another transport for the target in the estate")
        found[exchange] = mine
    return found
