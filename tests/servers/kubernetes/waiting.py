"""Waiting for what the fake's controllers do."""

import asyncio
from collections.abc import Callable
from typing import Any  # a condition may be of any kind

from tests.servers.kubernetes.client import Client
from tests.servers.kubernetes.refusal import Json


async def eventually(met: Callable[[], Any]) -> Any:
    """Wait until a condition holds; what it was."""
    until = asyncio.get_running_loop().time() + 60
    while not (found := met()):
        assert asyncio.get_running_loop().time() < until, "it never came"
        await asyncio.sleep(0.01)
    return found


async def becoming(client: Client, path: str, met: Callable[[Json], Any]) -> Json:
    """Ask until what stands there meets a condition; that answer."""
    until = asyncio.get_running_loop().time() + 60
    while True:
        found: Json = (await client.get(path)).body
        if met(found):
            return found
        assert asyncio.get_running_loop().time() < until, found
        await asyncio.sleep(0.01)
