"""Management controllers that speak Redfish: HTTP, with a session of theirs where they have one.

A controller that has no sessions is asked with the password each time (basic authentication).
"""

from opsconsole.spec import Setting
from opsconsole.transports.http import SETTINGS as HTTP
from opsconsole.transports.pooled import Pool, PooledTransport

_TAKEN = frozenset({"url", "user", "password", "ca", "cert", "key", "insecure", "proxy"})

SETTINGS: tuple[Setting, ...] = tuple(one for one in HTTP if one.key in _TAKEN)


class RedfishTransport(PooledTransport):
    """Asks controllers; see `question.HttpCrawl` for what, `SETTINGS` for how.

    A call is a method, a path and, if there is one, a body, and behind it the version (ETag) that
    the document must still have. What it answers is as `HttpTransport` says.
    """

    name = "redfish"
    refusal = "no shell answers Redfish"
    library = "HTTP"
    remedy = "pip install 'aiohttp>=3.11'"

    def made(self) -> Pool:
        """The pool; raises `ImportError` where the library is missing."""
        from opsconsole.transports.redfish.pool import Pool as Targets

        return Targets()


TRANSPORT = RedfishTransport
