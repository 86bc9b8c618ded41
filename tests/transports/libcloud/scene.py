"""Providers asked through the transport, and what probes make of their answers."""

import json
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from opsconsole.domains.cloud.provider import INTEGRATION
from opsconsole.spec import Probe
from opsconsole.transports.libcloud import LibcloudTransport
from tests.domains.database.redis.scene import Table, table
from tests.servers.providers import Say, provider
from tests.servers.sampler import Heard

STACK = {"auth_url": "http://keystone.example:5000", "project": "lab", "regions": "RegionOne"}
AZURE = {
    "tenant": "77777777-7777-7777-7777-777777777777",
    "project": "99999999-9999-9999-9999-999999999999",
}


async def seen(name: str, say: Say, *probes: Probe[Any], **settings: object) -> list[Table]:
    """Rows of probes, asked of that provider; and its counted calls that were refused."""
    transport, heard = LibcloudTransport(), Heard()
    rows: list[Table] = []
    async with provider(say) as server:
        to = server.target(name, **settings)
        session = await transport.open(to, INTEGRATION.questions, 1.0, heard)
        try:
            for probe in probes:
                number = len(heard.answers)
                session.ask(probe.exchange)
                await heard.until(partial(_more, number), 60)
                said = heard.answers[-1]
                if said.error is not None:
                    raise said.error
                rows.append(table(probe, said.payload))
        finally:
            await session.close()
            await transport.close()
    return rows


def _more(number: int, heard: Heard) -> bool:
    return len(heard.answers) > number


def key_file(folder: Path) -> str:
    """A file as Google gives it to service accounts."""
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "key.json"
    said = {"client_email": "ops@lab", "private_key": key.decode(), "project_id": "lab"}
    file.write_text(json.dumps(said))
    return str(file)
