"""Providers that apache-libcloud knows, by the same verbs: calls in threads, each bounded in time.

libcloud is imported when the first target is opened: the console itself never pays for it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from opsconsole.errors import Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer, Session
from opsconsole.question import Script
from opsconsole.spec import Kind, Setting
from opsconsole.transports.aws import SETTINGS as _AWS

if TYPE_CHECKING:
    from opsconsole.transports.libcloud.pool import Pool

SETTINGS = (
    Setting(
        "provider",
        Kind.TEXT,
        "whose cloud it is",
        "openstack, azure, gce, aliyun or digitalocean",
        r"openstack|azure|gce|aliyun|digitalocean",
        required=True,
    ),
    Setting("project", Kind.TEXT, "project of OpenStack and Google; subscription of Azure"),
    Setting("tenant", Kind.TEXT, "tenant (directory) of Azure"),
    Setting("domain", Kind.TEXT, "domain of the user, of OpenStack; Default unless said"),
    Setting(
        "auth_url",
        Kind.TEXT,
        "Keystone of OpenStack",
        "an address without user and query: `https://keystone.example:5000`",
        r"https?://(?![^/]*@)[^\s/?#]+(/[^\s?#]*)?",
    ),
    Setting("key_file", Kind.PATH, "the JSON file of a service account of Google"),
    *(
        setting
        for setting in _AWS
        if setting.key in {"profile", "regions", "endpoint", "user", "password", "ca", "proxy"}
    ),
)


class LibcloudTransport:
    """Asks clouds by calls; see `question.CloudCall` for what, `SETTINGS` for how."""

    name = "libcloud"

    def __init__(self) -> None:
        self._pool: Pool | None = None

    async def open(
        self,
        target: Target,
        script: Script,
        interval: float,  # noqa: ARG002 - nothing is pushed
        deliver: Callable[[Answer], None],
    ) -> Session:
        """Find credentials; whether they are good is said by the first answer."""
        if isinstance(script, str):
            what = f"{target.id}: has a sampler for a shell, and a cloud is none"
            raise Unsupported(what, "name another transport for it in the estate")
        return await self._ready(target).open(target, script, deliver)

    async def execute(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call: `compute`, verb, region and parameters as JSON; or read: `ask`, region
        (`all` for those of the target) and calls as `cloud.written` writes them. Returns 0, or 1
        when the provider refuses.

        `heard` gets the answer as JSON, or the refusal. See `ports.Doer`.
        """
        return await self._ready(target).call(target, argv, heard)

    def _ready(self, target: Target) -> "Pool":
        if self._pool is None:
            try:
                from opsconsole.transports.libcloud.pool import Pool
            except ImportError as error:
                what = f"{target.id}: the library for clouds is not usable: {error}"
                raise Unsupported(what, "pip install 'opsconsole[cloud]'") from error
            self._pool = Pool()
        return self._pool

    async def close(self) -> None:
        """End all sessions."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


TRANSPORT = LibcloudTransport
