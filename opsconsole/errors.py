"""The error tree: what can go wrong, said so that the reader knows where and what to do.

```
OpsError
├── EstateError        the estate cannot be used; carries every Problem found
├── UsageError         a command or an argument that makes no sense
├── BusClosed          the other side of the bus is gone
├── Refused            the executor said no to an action; names the rule
├── Gone               the object of an action does not exist (any more)
├── Unrecorded         a recording cannot be read
├── Unauditable        the audit log cannot be written, so that nothing may be done
└── TargetError        one target did not answer; becomes a Fault in its sample
    ├── Unreachable    no route, refused, timed out
    ├── Untrusted      host key or certificate unknown or changed
    ├── Denied         the target is there and does not let us in, or not that far
    ├── Lost           the connection was there and went
    ├── Malformed      an answer that cannot be what it claims
    └── Unsupported    the target or this machine lacks what the probe needs
```
"""

from dataclasses import dataclass


class OpsError(Exception):
    """Root of the tree; `str()` is fit for an operator."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in what the operator wrote."""

    where: str
    """File with line, or file with key: `estate.toml: target.web-1.port`."""
    found: str
    allowed: str
    nearest: str = ""
    """The nearest valid name, empty when none is near."""

    def __str__(self) -> str:
        hint = f" (did you mean {self.nearest!r}?)" if self.nearest else ""
        return f"{self.where}: found {self.found}; allowed: {self.allowed}{hint}"


class EstateError(OpsError):
    """The estate cannot be used as written."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class UsageError(OpsError):
    """A command or an argument that makes no sense; says what would."""


class BusClosed(OpsError):
    """The other side of the bus is gone."""


class Refused(OpsError):
    """The executor said no to an action; names the rule that did."""

    def __init__(self, message: str, rule: str = "") -> None:
        super().__init__(f"{message} (rule {rule})" if rule else message)
        self.rule = rule


class Gone(OpsError):
    """The object of an action does not exist, or not any more."""


class Unauditable(OpsError):
    """The audit log cannot be written or does not hold together; nothing may be done then."""


class Unrecorded(OpsError):
    """A recording is not there, cannot be read, or is none."""


class TargetError(OpsError):
    """A target did not answer as it should; `remedy` is what the operator can do about it."""

    kind = "fault"

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


class Unreachable(TargetError):
    """No route, connection refused, or no answer in time."""

    kind = "unreachable"


class Untrusted(TargetError):
    """The host key or certificate is unknown or changed; the remedy is how to trust it."""

    kind = "untrusted"


class Denied(TargetError):
    """The target is there and refuses us: authentication, permission."""

    kind = "denied"


class Lost(TargetError):
    """The connection was there and went."""

    kind = "lost"


class Malformed(TargetError):
    """An answer that cannot be what it claims to be."""

    kind = "malformed"


class Unsupported(TargetError):
    """The target, or this machine, lacks what the probe needs; the remedy names it."""

    kind = "unsupported"
