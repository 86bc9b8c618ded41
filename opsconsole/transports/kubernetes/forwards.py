"""All ports that are forwarded from here: begun, listed and ended by calls, kept meanwhile."""

import asyncio
import errno
import itertools
import json
import os
import socket
from collections.abc import Callable

from opsconsole.clean import clean
from opsconsole.errors import Refused
from opsconsole.model import Target
from opsconsole.transports.kubernetes.channel import named
from opsconsole.transports.kubernetes.client import Client
from opsconsole.transports.kubernetes.forwarding import Forward

FORWARD, LIST, STOP = "FORWARD", "FORWARDS", "UNFORWARD"
CALLS = frozenset({FORWARD, LIST, STOP})
"""First words of calls that are meant here."""

MOST = 50
"""Ports of all clusters at once."""

ENDED = 20
"""Those that ended by themselves and are remembered, so that somebody sees why."""


class Forwards:
    """What is kept, by number, and the target it is of."""

    def __init__(self, client: Callable[[Target], Client]) -> None:
        """`client` makes one to a target."""
        self._client = client
        self._numbers = itertools.count(1)
        self._kept: dict[str, tuple[str, str, Forward]] = {}

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Do what the words say: `FORWARD NAMESPACE POD LOCAL:REMOTE [SERVICE]`, `UNFORWARD NUMBER`
        or `FORWARDS`. `heard` gets a line and a document as of any call; returns 0 when it was
        done. Raises `Refused` for other words, and a `TargetError` when there is no such pod.
        """
        match argv:
            case ("FORWARDS",):
                heard(b"200 \n" + self.listed(target.id, _free()))
                return 0
            case ("UNFORWARD", number) if self._kept.get(number, ("",))[0] == target.id:
                await self._kept.pop(number)[2].close()
                return _said(heard, 200, "it listens no more")
            case ("UNFORWARD", _):
                return _said(heard, 404, "there is no such forward any more")
            case ("FORWARD", space, pod, ports, *rest) if len(rest) < 2 and named(
                space, pod, *rest
            ):
                return await self._begin(target, (space, pod), ports, "".join(rest), heard)
            case _:
                words = str(clean(" ".join(argv[:4]), 80))
                what = f"{target.id}: {words!r}: FORWARD NAMESPACE POD LOCAL:REMOTE"
                raise Refused(what, "argument")

    async def _begin(
        self,
        target: Target,
        place: tuple[str, str],
        ports: str,
        service: str,
        heard: Callable[[bytes], None],
    ) -> int:
        local, _, remote = ports.partition(":")
        if not (_port(local) and _port(remote) and int(remote)):
            raise Refused(f"{target.id}: {ports!r} is no LOCAL:REMOTE", "argument")
        if sum(not one.ended for _, _, one in self._kept.values()) >= MOST:
            return _said(heard, 409, f"{MOST} ports are forwarded already: end some")
        one = Forward(self._client(target), place, int(remote))
        try:
            await one.listen(int(local))
        except OSError as error:
            return _said(heard, 409, f"127.0.0.1:{local}: {_why(error)}: choose another port")
        finally:
            if not one.port:
                await one.close()
        self._kept[str(next(self._numbers))] = target.id, service, one
        self._forget()
        said = f"127.0.0.1:{one.port} is port {remote} of {'/'.join(place)}"
        return _said(heard, 200, said)

    def _forget(self) -> None:
        """Let the oldest of those go that ended by themselves."""
        over = [number for number, (_, _, one) in self._kept.items() if one.ended]
        for number in over[: max(0, len(over) - ENDED)]:
            del self._kept[number]

    def listed(self, target: str, free: int = 0) -> bytes:
        """Those of a target, as a document, and a port for the next one."""
        found = [
            {
                "number": number,
                "namespace": one.place[0],
                "pod": one.place[1],
                "uid": one.uid,
                "service": service,
                "local": one.port,
                "remote": one.remote,
                "since": one.since,
                "state": one.state,
                "open": one.open,
                "connections": one.connections,
                "received": one.received,
                "sent": one.sent,
                "error": one.error,
            }
            for number, (whose, service, one) in self._kept.items()
            if whose == target
        ]
        return json.dumps({"forwards": found, "free": free}).encode()

    async def close(self) -> None:
        """End all of them."""
        kept, self._kept = self._kept, {}
        await asyncio.gather(*(one.close() for _, _, one in kept.values()))


def _free() -> int:
    """A port that nobody listens on: a plan names the one that it will take."""
    with socket.socket() as one:
        try:
            one.bind(("127.0.0.1", 0))
        except OSError:
            return 0
        return int(one.getsockname()[1])


def _port(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) < 6 and int(said) < 65536


def _why(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "something listens there already"
    return os.strerror(error.errno) if error.errno else str(error)


def _said(heard: Callable[[bytes], None], status: int, message: str) -> int:
    heard(b"%d \n" % status + json.dumps({"message": message}).encode())
    return 0 if status == 200 else status
