"""What a device tells of its states: a subscription of seconds, which first tells all of them."""

import contextlib
from collections.abc import Mapping
from typing import cast

from opsconsole.errors import TargetError
from opsconsole.transports.onvif.client import Camera
from opsconsole.transports.onvif.xml import Fault, walk

PULLS = 4
"""Times that it is asked for more of them."""

AT_ONCE = 100
"""Messages of one answer."""


async def pulled(camera: Camera, said: Mapping[str, object]) -> Mapping[str, object]:
    """Messages of a subscription that was just made, which is ended then."""
    address = next(iter(walk(said, "SubscriptionReference.Address")), "")
    if isinstance(address, dict):  # it has attributes
        address = cast("Mapping[str, object]", address).get("", "")
    url = camera.ours(str(address))
    if url is None:
        return {"messages": []}
    messages: list[object] = []
    body = {"Timeout": "PT1S", "MessageLimit": str(AT_ONCE)}
    try:
        for _ in range(PULLS):
            more = walk(
                await camera.ask_at(url, "events", "PullMessages", body), "NotificationMessage"
            )
            messages += more
            if not more:
                break
    finally:
        with contextlib.suppress(Fault, TargetError):
            await camera.ask_at(url, "subscription", "Unsubscribe", {})
    return {"messages": messages}
