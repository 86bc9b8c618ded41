"""Accounts of AWS: calls by boto3 in threads, all regions side by side, each bounded in time.

boto3 is imported when the first target is opened: the console itself never pays for it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from opsconsole.errors import Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer, Session
from opsconsole.question import Script
from opsconsole.spec import Kind, Setting
from opsconsole.transports.http import SETTINGS as _HTTP

if TYPE_CHECKING:
    from opsconsole.transports.aws.pool import Pool

_SHARED = {
    setting.key: setting
    for setting in _HTTP
    if setting.key in {"user", "password", "token", "ca", "proxy"}
}
"""Keys that mean the same to several transports are one object."""

SETTINGS = (
    Setting("profile", Kind.TEXT, "a section of the provider's own files: ~/.aws/config"),
    Setting(
        "regions",
        Kind.TEXT,
        "the regions to ask, or `all` that the account has; that of the profile unless said",
        "names with blanks between: `eu-west-1 us-east-1`, or `all`",
        r"[a-z0-9-]+([ ,]+[a-z0-9-]+)*",
    ),
    Setting(
        "endpoint",
        Kind.TEXT,
        "ask here instead of at the provider: a private endpoint, a simulator",
        "an address without user and query: `https://vpce.example`",
        r"https?://(?![^/]*@)[^\s/?#]+(/[^\s?#]*)?",
    ),
    *_SHARED.values(),
)


class AwsTransport:
    """Asks accounts by calls; see `question.CloudCall` for what, `SETTINGS` for how."""

    name = "aws"

    def __init__(self) -> None:
        self._pool: Pool | None = None

    async def open(
        self,
        target: Target,
        script: Script,
        interval: float,  # noqa: ARG002 - nothing is pushed
        deliver: Callable[[Answer], None],
    ) -> Session:
        """Find credentials and regions, and ask who we are, so that a key that is none is told."""
        if isinstance(script, str):
            what = f"{target.id}: has a sampler for a shell, and an account of AWS is none"
            raise Unsupported(what, "name another transport for it in the estate")
        return await self._ready(target).open(target, script, deliver)

    async def execute(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call: service, operation, region and parameters as JSON; or read: `ask`, region
        (`all` for those of the target) and calls as `cloud.written` writes them. Returns 0, or 1
        when AWS refuses.

        `heard` gets the answer as JSON, or the refusal: code and message. See `ports.Doer`.
        """
        return await self._ready(target).call(target, argv, heard)

    def _ready(self, target: Target) -> "Pool":
        if self._pool is None:
            try:
                from opsconsole.transports.aws.pool import Pool
            except ImportError as error:
                what = f"{target.id}: the library for AWS is not usable: {error}"
                raise Unsupported(what, "pip install 'opsconsole[aws]'") from error
            self._pool = Pool()
        return self._pool

    async def close(self) -> None:
        """End all sessions."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


TRANSPORT = AwsTransport
