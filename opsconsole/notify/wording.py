"""What a notification says: a title and a text for people, JSON for programs."""

import msgspec

from opsconsole import __version__
from opsconsole.alert import Alert, Phase
from opsconsole.model import Level
from opsconsole.notify.digest import Message

LISTED = 20
"""Alerts that are spelled out for people; the others are counted."""

SCHEMA = "opsconsole.alerts/1"


def title(message: Message) -> str:
    """`2 critical, 1 warning, 3 resolved`."""
    counts = (
        (sum(one.level is Level.CRIT for one in message.open), "critical"),
        (sum(one.level is not Level.CRIT for one in message.open), "warning"),
        (len(message.over), "resolved"),
        (message.left_out, "more"),
    )
    said = ", ".join(f"{count} {word}" for count, word in counts if count)
    if len(message.alerts) == 1 and not message.left_out:
        return f"{_word(message.alerts[0])}: {_head(message.alerts[0])}"
    return said or "nothing"


def text(message: Message) -> str:
    """One line per alert, the worst first, at most `LISTED` of them."""
    lines = [_line(alert) for alert in message.alerts[:LISTED]]
    more = len(message.alerts) - len(lines) + message.left_out
    return "\n".join([*lines, *([f"… and {more} more"] if more else [])])


def body(message: Message, channel: str, sent: float) -> bytes:
    """The document that a webhook gets; docs/notify.md has its fields."""
    return msgspec.json.encode(
        {
            "schema": SCHEMA,
            "from": f"opsconsole {__version__}",
            "channel": channel,
            "sent": sent,
            "title": title(message),
            "left_out": message.left_out,
            "alerts": [_document(alert) for alert in message.alerts],
        }
    )


def _word(alert: Alert) -> str:
    if alert.phase is Phase.RESOLVED:
        return "resolved"
    return "critical" if alert.level is Level.CRIT else "warning"


def _head(alert: Alert) -> str:
    where = " ".join(part for part in (alert.target, alert.thing) if part)
    return f"{where}: {alert.title}" if where else str(alert.title)


def _line(alert: Alert) -> str:
    why = f" ({alert.why})" if alert.why else ""
    return f"{_word(alert).upper()} {_head(alert)}{why}"


def _document(alert: Alert) -> dict[str, object]:
    return {
        "id": alert.id,
        "status": "resolved" if alert.phase is Phase.RESOLVED else alert.phase.value,
        "level": alert.level.name.lower(),
        "rule": alert.rule,
        "target": alert.target,
        "object": alert.object,
        "title": alert.title,
        "why": alert.why,
        "value": alert.value,
        "limit": alert.limit,
        "since": alert.since,
        "changed": alert.changed,
        "remedies": list(alert.remedies),
        "source": alert.source,
        "origin": alert.origin,
        "cause": alert.cause,
        "silenced": alert.silenced,
        "acknowledged": alert.acknowledged.who if alert.acknowledged else None,
        "times": alert.times,
    }
