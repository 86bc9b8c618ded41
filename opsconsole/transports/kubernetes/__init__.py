"""Clusters behind a Kubernetes API server: lists that are watched, requests, calls, streams, ports.

aiohttp is imported when the first target is opened, and the `kubernetes` package in a short-lived
process beside us alone: see `loading`. The console itself never pays for either.
"""

import asyncio
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from opsconsole.errors import Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer, Session
from opsconsole.question import Script
from opsconsole.spec import Kind, Setting
from opsconsole.transports.http import SETTINGS as _HTTP

if TYPE_CHECKING:
    from opsconsole.transports.kubernetes.pool import Pool

POOL = "opsconsole.transports.kubernetes.pool"
"""What imports the library."""

_SHARED = {setting.key: setting for setting in _HTTP}
"""Keys that mean the same to several transports are one object."""

SETTINGS = (
    Setting(
        "kubeconfig",
        Kind.PATH,
        "the file that names cluster and account; else $KUBECONFIG, else ~/.kube/config, else the"
        " service account of the pod we run in",
    ),
    Setting("context", Kind.TEXT, "of the kubeconfig; else its current one"),
    Setting("in_cluster", Kind.FLAG, "true takes the service account of the pod we run in"),
    Setting(
        "server",
        Kind.TEXT,
        "where the API server answers, instead of a kubeconfig",
        "an address without user and query: `https://10.0.0.1:6443`",
        r"https?://(?![^/]*@)[^\s/?#]+(/[^\s?#]*)?",
    ),
    *(_SHARED[key] for key in ("token", "ca", "cert", "key", "insecure", "proxy")),
    Setting(
        "server_name",
        Kind.TEXT,
        "the name that stands in the server's certificate, where it is reached by another one",
        "a host name: `kubernetes.default.svc`",
        r"[A-Za-z0-9.:_*-]{1,253}",
    ),
    Setting("as", Kind.TEXT, "act as this user: impersonation", "one line", r"[!-~ ]+"),
    Setting(
        "as_groups", Kind.TEXT, "and as a member of these groups", "names, by comma", r"[!-~ ]+"
    ),
    Setting(
        "page",
        Kind.WHOLE,
        "objects of one page of a list, at most; 500, of pods 250",
        low=1,
        high=5000,
    ),
    Setting(
        "requests", Kind.WHOLE, "requests to it at once besides what is watched; 4", low=1, high=64
    ),
    Setting(
        "streamed",
        Kind.FLAG,
        "true fills lists by one stream from the server's memory, which spares its store but takes"
        " longer; needs Kubernetes 1.32, and goes on in pages where that does not come",
    ),
    Setting(
        "compression",
        Kind.TEXT,
        "whether answers are asked for compressed; `auto` where the server is not near",
        "auto, on or off",
        "auto|on|off",
    ),
)


class KubernetesTransport:
    """Watches lists and asks over HTTP; see `question.Watched` for what, `SETTINGS` for how."""

    name = "kubernetes"

    def __init__(self) -> None:
        self._pool: Pool | None = None

    async def open(
        self,
        target: Target,
        script: Script,
        interval: float,  # noqa: ARG002 - nothing is pushed
        deliver: Callable[[Answer], None],
    ) -> Session:
        """Find out who we are there, and ask its version, so that faults are told as such."""
        if isinstance(script, str):
            what = f"{target.id}: has a sampler for a shell, and an API server runs none"
            raise Unsupported(what, "name another transport for it in the estate")
        return await (await self._ready(target)).open(target, script, deliver)

    async def execute(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call: method, path and, if there is one, body and its content type (of a GET
        an empty body and `table`: the server's own table); returns 0
        for a status of 2xx, the status otherwise. `heard` gets a line `STATUS DATE`, then the body
        as it comes. Or run a command in a container to its end: `EXEC`, namespace, pod, container
        (empty for its first), `--`, the command; its output and exit status. Or keep a port of ours
        joined to one of a pod: see `Forwards.call`. See `ports.Doer`.
        """
        return await (await self._ready(target)).call(target, argv, heard)

    async def _ready(self, target: Target) -> "Pool":
        if self._pool is None:
            try:
                # It takes half a second, in which other targets have something to say.
                made = (await asyncio.to_thread(import_module, POOL)).Pool
            except ImportError as error:
                what = f"{target.id}: the HTTP library is not usable: {error}"
                raise Unsupported(what, "pip install 'opsconsole[kubernetes]'") from error
            return self._pooled(made)
        return self._pool

    def _pooled(self, made: type["Pool"]) -> "Pool":
        """The one pool: another target may have been faster."""
        if self._pool is None:
            self._pool = made()
        return self._pool

    async def close(self) -> None:
        """End all sessions."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


TRANSPORT = KubernetesTransport
