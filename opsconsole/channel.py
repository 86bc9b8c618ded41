"""Whom to tell of alerts, as the estate says it: one channel each, no I/O."""

from dataclasses import dataclass

from opsconsole.alert import Alert
from opsconsole.match import Match, read
from opsconsole.model import Level, Target
from opsconsole.secret import Secret


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to tell somebody, and what is told there."""

    name: str
    webhook: str = ""
    """Where JSON is posted; empty when `url` says where."""
    url: Secret | None = None
    """What apprise calls a URL: it holds tokens, and is a secret for that."""
    signature: Secret | None = None
    """Key of the webhook's HMAC."""
    token: Secret | None = None
    """Bearer token of the webhook."""
    ca: str = ""
    """Path of the authorities that a webhook's certificate may be signed by."""
    min_level: Level = Level.WARN
    match: str = ""
    """Which alerts, in the form of `match.FORM`; empty for all."""
    only_calling: bool = True
    """Not what is acknowledged, silenced, or explained by another alert."""
    resolved: bool = True
    """Also tell that it is over, of what was told."""
    gather_s: float = 10.0
    """Seconds in which alerts are gathered into one message."""
    pause_s: float = 60.0
    """Seconds between two messages at least."""


def wrong(match: str) -> str:
    """What is wrong with a filter; empty when nothing is."""
    found = read(match) if match else ""
    return found if isinstance(found, str) else ""


def fits(match: str, alert: Alert, target: Target | None) -> bool:
    """Whether a filter names that alert; `target` is what the estate knows of its target."""
    found = read(match)
    return not match or (isinstance(found, Match) and found.fits(alert, target))
