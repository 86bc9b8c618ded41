"""What goes wrong with an API server, said as our errors, with what to do about it."""

import re

import msgspec

from opsconsole.clean import Clean, clean, clean_bytes
from opsconsole.errors import Denied, Malformed, TargetError, Unreachable, Unsupported
from opsconsole.secret import mask
from opsconsole.transports.http.faults import SAID, of_failure

_LONGEST_REST = 120.0
"""Seconds that a server may have us wait."""


class Refusal(Exception):
    """An answer that cannot be taken, from a server that is there."""

    def __init__(self, status: int, error: TargetError, rest: float | None = None) -> None:
        """`rest` is how many seconds the server says to wait."""
        super().__init__(str(error))
        self.status = status
        self.error = error
        self.rest = rest


class Expired(Exception):
    """The server does not remember that far back: the list begins anew."""


class _Details(msgspec.Struct):
    retryAfterSeconds: float = 0  # noqa: N815 - the server's name for it


class Status(msgspec.Struct):
    """What an API server says besides objects."""

    message: str = ""
    reason: str = ""
    code: int = 0
    details: _Details | None = None


_STATUS = msgspec.json.Decoder(Status, strict=False)


def status_of(body: bytes) -> Status:
    """Read one; an empty one for what is none."""
    try:
        return _STATUS.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Status()


def refusal(where: str, status: int, body: bytes, after: str | None = None) -> Refusal:
    """Say what a status that is no answer means; `after` is its `Retry-After`."""
    said = status_of(body)
    text = said.message or clean_bytes(b" ".join(body[: 4 * SAID].split()), SAID)
    error = _error(where, status, mask(clean(text, 2 * SAID)), said)
    rest = None
    if after is not None and re.fullmatch(r"[0-9]{1,6}", after.strip()):
        rest = float(after)
    elif said.details is not None and said.details.retryAfterSeconds > 0:
        rest = said.details.retryAfterSeconds
    return Refusal(status, error, None if rest is None else min(rest, _LONGEST_REST))


def _error(where: str, status: int, text: Clean | str, said: Status) -> TargetError:
    what = f"{where}: status {status}{f', saying: {text}' if text else ''}"
    if status == 401:
        return Denied(what, "log in anew, or mend the account in the kubeconfig")
    if status == 403:
        return Denied(what, "have a role that allows it bound to the account")
    if status == 404 and not said.code:
        return Unsupported(what, "the cluster has no such API: install what serves it")
    if status in {404, 405}:
        return Unsupported(what, "the cluster does not know that, or not in this version")
    if status == 407:
        return Denied(what, "the proxy wants a password, which is not supported")
    if status == 429:
        return Unreachable(what, "its flow control has us wait: who asks so much there?")
    if status >= 500:
        return Unreachable(what, "it is overloaded, or what is behind it does not run")
    if 300 <= status < 400:
        return Unsupported(what, "a redirect, which is not followed: is that an API server?")
    return Malformed(what)


def failure(where: str, error: Exception) -> TargetError:
    """Say why there was no answer."""
    made = of_failure(where, error)
    remedy = made.remedy.replace("`url`", "`server`, or the kubeconfig's")
    return type(made)(str(made), remedy)
