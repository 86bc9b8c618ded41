"""An account that is asked, and what was heard of it."""

import contextlib
from collections.abc import AsyncGenerator
from typing import Any

import msgspec

from opsconsole import cloud, ports
from opsconsole.cloud import Reading
from opsconsole.model import Target
from opsconsole.ports import Session
from opsconsole.question import CloudCall, Questions, parted
from opsconsole.transports.aws import AwsTransport
from tests.servers.cloud import IDENTITY, Answer, refusal
from tests.servers.sampler import Heard

IDS = CloudCall(
    "ec2", "describe_instances", results="Reservations[].Instances[].InstanceId", page=5
)
ONE: Questions = {"one": (IDS,)}


@contextlib.asynccontextmanager
async def opened(
    to: Target, questions: Questions = ONE
) -> AsyncGenerator[tuple[Session, Heard], None]:
    """A session within the context."""
    transport, heard = AwsTransport(), Heard()
    try:
        yield await transport.open(to, questions, 1.0, heard), heard
    finally:
        await transport.close()


async def answer(session: Session, heard: Heard, exchange: str = "one") -> ports.Answer:
    """Ask, and wait for the answer."""
    number = len(heard.answers)
    session.ask(exchange)
    await heard.until(lambda all_: len(all_.answers) > number, 60)
    return heard.answers[-1]


async def read(
    session: Session, heard: Heard, exchange: str = "one", parts: int = 1
) -> list[Reading]:
    """Ask, and take the answer apart."""
    said = await answer(session, heard, exchange)
    assert said.error is None
    return [cloud.reading(part.body) for part in parted(said.payload, parts)]


def items(reading: Reading) -> dict[str, list[Any]]:
    """What was found, by region."""
    return {
        one.region: [msgspec.json.decode(item) for item in one.items] for one in reading.regions
    }


def instances(*ids: str, token: str = "") -> tuple[int, bytes]:
    """DescribeInstances with these instances, and perhaps a page after it."""
    rows = "".join(f"<item><instanceId>{one}</instanceId></item>" for one in ids)
    more = f"<nextToken>{token}</nextToken>" if token else ""
    text = (
        "<DescribeInstancesResponse><reservationSet><item><instancesSet>"
        f"{rows}</instancesSet></item></reservationSet>{more}</DescribeInstancesResponse>"
    )
    return 200, text.encode()


def known(operation: str) -> Answer:
    """What every account answers; a refusal for the rest."""
    if operation == "GetCallerIdentity":
        return IDENTITY
    return refusal(400, "InvalidAction", operation)
