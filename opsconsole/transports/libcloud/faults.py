"""What goes wrong between us and a provider, said as our errors, with what to do about it."""

from typing import Any, cast

import requests
from libcloud.common import exceptions, types

from opsconsole.clean import clean
from opsconsole.cloud import Stale
from opsconsole.errors import (
    Denied,
    Lost,
    Malformed,
    TargetError,
    Unreachable,
    Unsupported,
    Untrusted,
)
from opsconsole.secret import mask

SAID = 300
"""Characters of a refusal's own words."""


class Flood(Exception):
    """An answer without bounds."""


FAILURES = (
    TargetError,
    types.LibcloudError,
    exceptions.BaseHTTPError,
    requests.RequestException,
    NotImplementedError,
    Flood,
    OSError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What libcloud raises, also by tripping over an answer that is none."""


def of_failure(where: str, error: BaseException) -> TargetError:
    """Say why there was no answer; `where` names target, region and call."""
    match error:
        case TargetError():
            return error
        case requests.RequestException() | TimeoutError():
            return _of_way(where, error)
        case types.InvalidCredsError():
            return Stale(f"{where}: {_told(error)}", "the account is not let in: mend its secret")
        case exceptions.RateLimitReachedError():
            return Unreachable(f"{where}: {_told(error)}", "raise `intervals` of this target")
        case exceptions.BaseHTTPError():
            return of_status(where, cast("Any", error).code, _told(error))
        case types.ProviderError():
            return of_status(where, cast("Any", error).http_code, _told(error))
        case NotImplementedError():
            return Unsupported(f"{where}: libcloud cannot do that there")
        case Flood():
            return Malformed(f"{where}: an answer without bounds")
        case _:
            return Malformed(f"{where}: no proper answer: {_told(error)}")


def _of_way(where: str, error: BaseException) -> TargetError:
    match error:
        case requests.exceptions.SSLError():
            return Untrusted(f"{where}: TLS failed: {_told(error)}", 'ca = "PATH", or `proxy`')
        case requests.Timeout() | TimeoutError():
            return Unreachable(f"{where}: no whole answer in time", "a firewall between?")
        case requests.ConnectionError():
            return Unreachable(f"{where}: {_told(error)}", "is its address right, or a proxy?")
        case _:
            return Malformed(f"{where}: no proper answer: {_told(error)}")


def of_status(where: str, status: Any, said: str) -> TargetError:
    """Say what a status that is no answer means."""
    what = f"{where}: status {clean(str(status), 10)}: {said}"
    if status == 401:
        return Stale(what, "the account is not let in: mend its secret")
    if status == 403:
        return Denied(what, "give the account the right to that")
    if status in {429, 500, 502, 503, 504}:
        return Unreachable(what, "the provider is overloaded; or raise `intervals` of this target")
    return Malformed(what)


def lost(where: str, error: BaseException) -> TargetError:
    """The same for a call that may have been made although there is no answer."""
    said = of_failure(where, error)
    sure = isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError)
    refused = isinstance(error, requests.ConnectionError) and "refused" in str(error)
    if sure or refused or isinstance(said, Denied | Unsupported):
        return said
    return Lost(f"{said}: whether it was done is not known", said.remedy)


def _told(error: BaseException) -> str:
    return mask(clean(str(error) or type(error).__name__, SAID))
