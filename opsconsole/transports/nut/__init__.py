"""Servers of Network UPS Tools (upsd): one connection each, encrypted where the server can."""

from opsconsole.spec import Kind, Setting
from opsconsole.transports.http import SETTINGS as OF_HTTP
from opsconsole.transports.pooled import Pool, PooledTransport

SHARED = ("user", "password", "ca", "cert", "key", "insecure")
"""What means the same over HTTP."""

SETTINGS = (
    Setting("address", Kind.TEXT, "host name or address; the target's name unless it is given"),
    Setting("port", Kind.WHOLE, "3493 unless it is given", low=1, high=65535),
    Setting("ups", Kind.TEXT, "the one UPS of the server that the target is; else all of them",
            "a name as `upsc -l` lists it", r"[^\s\"\\*]{1,128}"),
    *(setting for setting in OF_HTTP if setting.key in SHARED),
    Setting("tls", Kind.FLAG, "true insists on STARTTLS and a good certificate, as `ca` and `cert` "
            "do; false never asks for it; unsaid, it is used where the server offers it"),
)  # fmt: skip


class NutTransport(PooledTransport):
    """Asks upsd; see `question.NutQuery` for what.

    A call is a line word by word: `LIST` and `GET` read, and `heard` gets the words of all lines as
    JSON; `INSTCMD` and `SET` say who we are before, on a connection of their own, and wait for
    what the driver made of it where the server tells. Its status is 0, or 1 when refused.
    """

    name = "nut"
    refusal = "upsd is none"
    library = "NUT"
    remedy = "none is needed: this is a defect"

    def made(self) -> Pool:
        """The pool; nothing but the standard library is needed."""
        from opsconsole.transports.nut.pool import Pool as Targets

        return Targets()


TRANSPORT = NutTransport
