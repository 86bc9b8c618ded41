"""What goes wrong on command: at requests, and in the middle of watches."""

import re
from dataclasses import dataclass, field

from tests.servers.kubernetes.refusal import Json, Refusal


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong.

    `what` at a request: `status`, `slow`, `reset`, `half` (half the body, then the connection
    ends). At a watch: `gone` (ERROR 410), `error` (ERROR 500), `half` (half a line), `cut` (a line
    in two chunks), `garbage` (a line that is no JSON), `stall`, `reset`, `end`.
    """

    what: str
    path: str = ""
    """A regular expression that the path with its query must contain."""
    method: str = ""
    times: int = 1
    """How often; -1 for ever."""
    code: int = 500
    reason: str = ""
    message: str = ""
    retry_after: int | None = None
    delay: float = 0.0
    """Seconds: of a slow answer, or between the two chunks of a cut line; of these below 0 until
    it is healed.
    """
    after: int = 0
    """Of a watch: how many events go before."""
    watch: bool = False
    """Whether it is for watches."""

    def hits(self, method: str, path: str) -> bool:
        return self.method in {"", method} and re.search(self.path, path) is not None


REASONS = {429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable",
           504: "Timeout", 401: "Unauthorized", 403: "Forbidden"}  # fmt: skip
MESSAGES = {429: "too many requests, please try again later",
            500: "an error on the server has prevented the request from succeeding",
            503: "the server is currently unable to handle the request"}  # fmt: skip


@dataclass(slots=True)
class Faults:
    """All that are armed, oldest first."""

    armed: list[Fault] = field(default_factory=list[Fault])

    def take(self, method: str, path: str, watch: bool) -> Fault | None:
        """The first that hits, used up by one."""
        for fault in self.armed:
            if fault.watch is watch and fault.hits(method, path):
                fault.times -= 1
                if fault.times == 0:
                    self.armed.remove(fault)
                return fault
        return None


def refusal(fault: Fault) -> Refusal:
    """What a fault of the kind `status` says."""
    told: Json = {}
    headers: dict[str, str] = {}
    if fault.retry_after is not None:
        told["retryAfterSeconds"] = fault.retry_after
        headers["Retry-After"] = str(fault.retry_after)
    reason = fault.reason or REASONS.get(fault.code, "")
    message = fault.message or MESSAGES.get(fault.code, "it failed on command")
    return Refusal(fault.code, reason, message, told, headers)
