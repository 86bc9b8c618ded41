"""What goes wrong between us and AWS, said as our errors, with what to do about it."""

from typing import Any

from botocore import exceptions as of

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

STALE = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
"""Who we say we are is not believed (any more)."""

THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "429",
    }
)

_FORBIDDEN = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "UnauthorizedOperation",
        "OptInRequired",
        "403",
    }
)


def code_of(error: of.ClientError) -> str:
    """The code of a refusal."""
    said: Any = error.response
    return str(said.get("Error", {}).get("Code", ""))


def message_of(error: of.ClientError) -> str:
    """The words of a refusal, masked."""
    said: Any = error.response
    return mask(clean(str(said.get("Error", {}).get("Message", "")), SAID))


def of_failure(where: str, error: Exception) -> TargetError:
    """Say why there was no answer; `where` names target, region and call."""
    match error:
        case TargetError():
            return error
        case of.ClientError():
            return _of_refusal(where, error)
        case of.HTTPClientError() | of.ConnectionError() | TimeoutError():
            return _of_way(where, error)
        case of.NoCredentialsError() | of.PartialCredentialsError():
            remedy = "write `profile`, or `user` and `password`; or run where there is a role"
            return Stale(f"{where}: there are no credentials: {_told(error)}", remedy)
        case of.ProfileNotFound():
            return Unsupported(f"{where}: {_told(error)}", "mend `profile`, or ~/.aws/config")
        case of.CredentialRetrievalError() | of.TokenRetrievalError() | of.SSOError():
            return Stale(f"{where}: {_told(error)}", "sign in anew: aws sso login")
        case of.ParamValidationError() | of.UnknownServiceError() | of.DataNotFoundError():
            return Unsupported(f"{where}: {_told(error)}", "does boto3 here know it? update it")
        case _:
            return Malformed(f"{where}: no proper answer: {_told(error)}", "mend `endpoint`")


def _of_way(where: str, error: Exception) -> TargetError:
    match error:
        case of.SSLError():
            return Untrusted(f"{where}: TLS failed: {_told(error)}", 'ca = "PATH", or `proxy`')
        case of.ReadTimeoutError() | of.ConnectTimeoutError() | TimeoutError():
            remedy = "a firewall between, or the region has trouble: health.aws.amazon.com"
            return Unreachable(f"{where}: no whole answer in time", remedy)
        case of.ConnectionClosedError():
            return Lost(f"{where}: the connection went: {_told(error)}")
        case _:
            return Unreachable(f"{where}: {_told(error)}", "is the region's name right? a proxy?")


def _of_refusal(where: str, error: of.ClientError) -> TargetError:
    code = code_of(error)
    what = f"{where}: {clean(code, 60)}: {message_of(error)}"
    if code in STALE:
        return Stale(what, "credentials have run out or are wrong; is the region one of yours?")
    if code in THROTTLED:
        return Unreachable(what, "AWS wants fewer calls: raise `intervals` of this target")
    if code in _FORBIDDEN:
        return Denied(what, "the role may not call that: docs/cloud.md has its policy")
    if code in {"UnknownOperationException", "InvalidAction", "404", "501", "NotImplemented"}:
        return Unsupported(what, "this endpoint does not know that call")
    return Malformed(what)


def _told(error: Exception) -> str:
    return mask(clean(str(error) or type(error).__name__, SAID))
