"""Access controllers that speak ISAPI: HTTP with digest authentication, JSON or XML."""

from opsconsole.spec import Setting
from opsconsole.transports.http import SETTINGS as HTTP
from opsconsole.transports.pooled import Pool, PooledTransport

_TAKEN = frozenset({"url", "user", "password", "ca", "cert", "key", "insecure", "proxy"})

SETTINGS: tuple[Setting, ...] = tuple(one for one in HTTP if one.key in _TAKEN)


class IsapiTransport(PooledTransport):
    """Asks controllers; see `question.IsapiRequest` for what, `SETTINGS` for how.

    A call is a method, a path and, if there is one, a body. Besides what reads, only two calls go
    out, whoever asks: open a door once, restart the controller. What would keep a door locked does
    not. Its status is 0 when it was done, else that of HTTP, or the controller's own
    `statusCode`; `heard` gets a line `STATUS DATE`, then the answer as JSON.
    """

    name = "isapi"
    refusal = "no shell answers ISAPI"
    library = "HTTP or XML"
    remedy = "install the extra: pip install 'opsconsole[isapi]'"

    def made(self) -> Pool:
        """The pool; raises `ImportError` where a library is missing, or is too old."""
        from opsconsole.transports.isapi.pool import Pool as Targets

        return Targets()


TRANSPORT = IsapiTransport
