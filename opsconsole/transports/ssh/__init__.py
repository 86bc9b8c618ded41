"""Hosts over SSH: the operator's configuration, keys and known hosts; nothing to install there.

asyncssh is imported when the first target is opened: the console itself never pays for it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from opsconsole.errors import Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer, Session
from opsconsole.question import Script

if TYPE_CHECKING:
    from opsconsole.transports.ssh.fleet import Fleet


class SshTransport:
    """Runs samplers on hosts over SSH, and single programs when something is to be done.

    Target settings: `identity`, `certificate`, `known_hosts`, `ssh_config` (paths), `jump`
    (`[user@]host[:port]`, several with commas, or `none`), `password` (a `Secret`). They and the
    target's user and port override ssh configuration; all else is taken from there.
    """

    name = "ssh"

    def __init__(self) -> None:
        self._fleet: Fleet | None = None

    async def open(
        self,
        target: Target,
        script: Script,
        interval: float,
        deliver: Callable[[Answer], None],
    ) -> Session:
        """Log in, start the sampler and return at its first answer, which is delivered before."""
        return await self._ready(target).open(target, script, interval, deliver)

    async def execute(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Run one program beside the sampler, or over a connection of its own; see `ports.Doer`."""
        return await self._ready(target).execute(target, argv, heard)

    def _ready(self, target: Target) -> "Fleet":
        if self._fleet is None:
            try:
                from opsconsole.transports.ssh.fleet import Fleet
            except ImportError as error:
                what = f"{target.id}: the SSH library is not usable: {error}"
                raise Unsupported(what, "pip install 'asyncssh>=2.20'") from error
            self._fleet = Fleet()
        return self._fleet

    async def close(self) -> None:
        """End all sessions, jump hosts and agents."""
        if self._fleet is not None:
            await self._fleet.close()
            self._fleet = None


TRANSPORT = SshTransport
