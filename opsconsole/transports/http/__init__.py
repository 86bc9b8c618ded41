"""Targets that answer HTTP: one pool of connections each, certificates checked, secrets hidden.

aiohttp is imported when the first target is opened: the console itself never pays for it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from opsconsole.errors import Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer, Session
from opsconsole.question import Script
from opsconsole.spec import Kind, Setting

if TYPE_CHECKING:
    from opsconsole.transports.http.pool import Pool

_URL = r"https?://(?![^/]*@)[^\s/?#]+(/[^\s?#]*)?"

SETTINGS = (
    Setting(
        "url",
        Kind.TEXT,
        "where it answers; a path in front of all of its pages may follow",
        "an address without user and query: `https://alerts.example:9093/prefix`",
        _URL,
        required=True,
    ),
    Setting("user", Kind.TEXT, "for basic authentication, with `password`"),
    Setting("password", Kind.SECRET, "for basic authentication"),
    Setting("token", Kind.SECRET, "a bearer token"),
    Setting(
        "header",
        Kind.TEXT,
        "the header that carries the token, instead of `Authorization: Bearer`",
        "a header's name: `X-Api-Key`",
        r"[A-Za-z][A-Za-z0-9-]{0,63}",
    ),
    Setting("ca", Kind.PATH, "certificates of the authorities to trust, instead of the system's"),
    Setting("cert", Kind.PATH, "our own certificate, with those between it and its authority"),
    Setting("key", Kind.PATH, "its private key, unless that stands in the same file"),
    Setting("insecure", Kind.FLAG, "true takes any certificate: for a laboratory"),
    Setting(
        "proxy",
        Kind.TEXT,
        "reach it through this one; the environment is not asked",
        "an address without user and path: `http://proxy.example:3128`",
        r"http://(?!.*@)[^\s/?#]+/?",
    ),
)


class HttpTransport:
    """Asks targets over HTTP; see `question.HttpRequest` for what, `SETTINGS` for how."""

    name = "http"

    def __init__(self) -> None:
        self._pool: Pool | None = None

    async def open(
        self,
        target: Target,
        script: Script,
        interval: float,  # noqa: ARG002 - nothing is pushed
        deliver: Callable[[Answer], None],
    ) -> Session:
        """Ask the first question once, so that a target that is not there is told as such."""
        if isinstance(script, str):
            what = f"{target.id}: has a sampler for a shell, and no shell answers HTTP"
            raise Unsupported(what, "name another transport for it in the estate")
        return await self._ready(target).open(target, script, deliver)

    async def execute(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call: method, path and, if there is one, body; returns 0 for a status of 2xx,
        the status otherwise. `heard` gets a line `STATUS DATE`, then the body. See `ports.Doer`.
        """
        return await self._ready(target).call(target, argv, heard)

    def _ready(self, target: Target) -> "Pool":
        if self._pool is None:
            try:
                from opsconsole.transports.http.pool import Pool
            except ImportError as error:
                what = f"{target.id}: the HTTP library is not usable: {error}"
                raise Unsupported(what, "pip install 'aiohttp>=3.11'") from error
            self._pool = Pool()
        return self._pool

    async def close(self) -> None:
        """End all sessions."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


TRANSPORT = HttpTransport
