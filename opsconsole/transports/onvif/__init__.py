"""Cameras and recorders that speak ONVIF: SOAP over HTTP, with a codec of our own.

Who asks is told by a WS-UsernameToken whose time is that of the device, or by HTTP digest where it
wants that; the password itself never leaves this machine.
"""

from dataclasses import replace

from opsconsole.spec import Setting
from opsconsole.transports.http import SETTINGS as HTTP
from opsconsole.transports.pooled import Pool, PooledTransport

_TAKEN = frozenset({"url", "user", "password", "ca", "cert", "key", "insecure"})

_WHO = {
    "user": "an account of the device, with `password`",
    "password": "of that account: proven by digest, never sent",
}

SETTINGS: tuple[Setting, ...] = tuple(
    replace(one, about=_WHO[one.key]) if one.key in _WHO else one
    for one in HTTP
    if one.key in _TAKEN
)


class OnvifTransport(PooledTransport):
    """Asks devices; see `question.SoapCall` for what, `SETTINGS` for how.

    A call is a service, an operation and, if there is one, its body as JSON; a fourth word `away`
    then waits until the device answers no more. Its status is 0, or 1 for a fault; `heard` gets
    the answer as JSON, or the words of the fault.
    """

    name = "onvif"
    refusal = "no shell answers ONVIF"
    library = "XML or HTTP"
    remedy = "pip install 'opsconsole[onvif]'"

    def made(self) -> Pool:
        """The pool; raises `ImportError` where a library is missing."""
        from opsconsole.transports.onvif.pool import Pool as Targets

        return Targets()


TRANSPORT = OnvifTransport
