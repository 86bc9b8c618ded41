"""Receives SNMP traps and informs (v1, v2c, v3), and acknowledges informs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from opsconsole.errors import Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer, Session
from opsconsole.question import Script
from opsconsole.spec import Kind, Setting
from opsconsole.transports.snmp import SETTINGS as ASKED

if TYPE_CHECKING:
    from opsconsole.transports.trap.pool import Pool

_SHARED = frozenset({"port", "community", "user", "auth", "auth_password", "priv", "priv_password"})

SETTINGS = (
    Setting("listen", Kind.TEXT, "address of ours to listen at; all of IPv4 unless given",
            "an address, `::` for IPv6", r"[0-9A-Fa-f.:%a-z]+"),
    *(one for one in ASKED if one.key in _SHARED),
)  # fmt: skip


class TrapTransport:
    """Listens for each of its targets; several may share an address and port, each with a
    community or a user of its own. `port` is 162 unless given. Payloads are those of `trap`.
    """

    name = "trap"

    def __init__(self) -> None:
        self._pool: Pool | None = None

    async def open(
        self,
        target: Target,
        script: Script,  # noqa: ARG002 - nothing is asked
        interval: float,
        deliver: Callable[[Answer], None],
    ) -> Session:
        """Begin to listen; raises a `TargetError` where that cannot be."""
        if self._pool is None:
            try:
                from opsconsole.transports.trap.pool import Pool
            except ImportError as error:
                what = f"{target.id}: the cryptography library is not usable: {error}"
                raise Unsupported(what, "pip install cryptography") from error
            self._pool = Pool()
        return await self._pool.open(target, interval, deliver)

    async def execute(
        self,
        target: Target,
        argv: tuple[str, ...],  # noqa: ARG002 - whatever it is
        heard: Callable[[bytes], None],  # noqa: ARG002
    ) -> int:
        """Nothing can be done to it."""
        raise Unsupported(f"{target.id}: a receiver of traps does nothing")

    async def close(self) -> None:
        """Listen no more; safe to call twice."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


TRANSPORT = TrapTransport
