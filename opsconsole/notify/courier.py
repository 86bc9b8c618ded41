"""A process of its own that hands one message to apprise: it blocks, and imports all it knows.

Run as `python -m opsconsole.notify.courier`; an `Errand` as JSON comes on stdin, so that no secret
stands in an argv, and a `Report` leaves on stdout.
"""

import re
import sys
from typing import Any

import msgspec


class Errand(msgspec.Struct):
    """What to deliver, and where."""

    url: str
    title: str
    body: str
    over: bool
    """Whether all of it is good news."""


class Report(msgspec.Struct):
    """How that went."""

    known: bool
    """Whether apprise knows such a URL."""
    received: bool
    said: str
    """What the library logged, without what stands in the URL."""


def deliver(errand: Errand) -> Report:
    """Deliver it; blocks until the service answered or did not."""
    import apprise  # Any below: it says only some of its types

    door: Any = apprise.Apprise()
    kind = apprise.NotifyType.SUCCESS if errand.over else apprise.NotifyType.FAILURE
    capture: Any = apprise.LogCapture
    with capture(level=apprise.logging.WARNING) as heard:
        known = bool(door.add(errand.url))
        tell = door.notify
        received = known and tell(
            body=errand.body,
            title=errand.title,
            notify_type=kind,
            body_format=apprise.NotifyFormat.TEXT,
            interpret_escapes=False,
        )
        said = _without(errand.url, str(heard.getvalue()))
    return Report(known, bool(received), said)


def _without(url: str, said: str) -> str:
    """Take out the URL, and each part of it that is long enough for a token."""
    for part in (url, *sorted(re.split(r"[/:@?&=]+", url), key=len, reverse=True)):
        if len(part) >= 6:
            said = said.replace(part, "***")
    return " ".join(said.split())


def main() -> None:
    """Read an errand, deliver it, report."""
    errand = msgspec.json.decode(sys.stdin.buffer.read(), type=Errand)
    sys.stdout.buffer.write(msgspec.json.encode(deliver(errand)))


if __name__ == "__main__":
    main()
