"""Answers of the simulated controller as rows by column."""

import json
from typing import Any, Protocol

from opsconsole.domains.lowvoltage.door import INTEGRATION
from opsconsole.domains.lowvoltage.door.shape import QUESTIONS
from opsconsole.question import Part, joined
from opsconsole.spec import Probe
from opsconsole.transports.isapi import IsapiTransport
from tests.servers.isapi import PASSWORD
from tests.servers.sampler import Heard
from tests.transports.isapi.test_pool import target

Table = list[dict[str, Any]]
AT = 1_790_000_000.0


class Reached(Protocol):
    """What answers as a controller."""

    url: str


async def asked(one: Reached, password: str = PASSWORD) -> bytes:
    """What it answers to all that is always asked."""
    transport, heard = IsapiTransport(), Heard()
    session = await transport.open(target(one.url, password), INTEGRATION.questions, 1.0, heard)
    try:
        session.ask("doors")
        await heard.until(lambda all_: bool(all_.answers), 60)
    finally:
        await session.close()
        await transport.close()
    if (error := heard.answers[0].error) is not None:
        raise error
    return heard.answers[0].payload


def payload(work: Any, *rest: Any, since: list[float] | None = None, at: float = AT) -> bytes:
    """An answer made of documents in the order of the questions; None for those left out."""
    said = [{"AcsWorkStatus": work}, *rest, *[None] * (len(QUESTIONS) - 1 - len(rest))]
    whole = [{"at": at, "since": since or [], "said": one} for one in said]
    return joined([Part(200, json.dumps(one).encode()) for one in whole])


def log(*entries: dict[str, Any]) -> dict[str, Any]:
    """An answer to a search."""
    return {"AcsEvent": {"InfoList": list(entries), "totalMatches": len(entries)}}


def table(probe: Probe[Any], answer: bytes) -> Table:
    """Rows by the keys of their columns."""
    keys = [column.key for column in probe.columns]
    return [dict(zip(keys, row, strict=True)) for row in probe.rows(probe.read(answer), None)]
