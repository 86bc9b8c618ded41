"""Targets that answer HTTP: one pool of connections each, certificates checked, secrets hidden.

aiohttp is imported when the first target is opened: the console itself never pays for it.
"""

from opsconsole.spec import Kind, Setting
from opsconsole.transports.pooled import Pool, PooledTransport

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


class HttpTransport(PooledTransport):
    """Asks targets over HTTP; see `question.HttpRequest` for what, `SETTINGS` for how.

    A call is a method, a path and, if there is one, a body: JSON, or `application/ipp` and a
    request as `ipp.worded` writes it. Its status is 0 for one of 2xx, and
    that of the answer otherwise; `heard` gets a line `STATUS DATE`, then the body.
    """

    name = "http"
    refusal = "no shell answers HTTP"
    library = "HTTP"
    remedy = "pip install 'aiohttp>=3.11'"

    def made(self) -> Pool:
        """The pool; raises `ImportError` where the library is missing."""
        from opsconsole.transports.http.pool import Pool as Targets

        return Targets()


TRANSPORT = HttpTransport
