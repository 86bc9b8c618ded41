"""The device's clock, as `GetSystemDateAndTime` tells it."""

import datetime
from collections.abc import Mapping
from typing import cast

from opsconsole.transports.onvif.xml import walk

_FIELDS = ("Date.Year", "Date.Month", "Date.Day", "Time.Hour", "Time.Minute", "Time.Second")


def seconds(said: Mapping[str, object]) -> float | None:
    """Unix time of the answer, in the middle of the second that it names; None for no time."""
    found = [walk(said, f"SystemDateAndTime.UTCDateTime.{field}") for field in _FIELDS]
    try:
        year, month, day, hour, minute, second = (int(cast("str", one[0])) for one in found)
        # A leap second is told as 60, which no datetime takes.
        at = datetime.datetime(year, month, day, hour, minute, min(second, 59), tzinfo=datetime.UTC)
    except (IndexError, TypeError, ValueError, OverflowError):
        return None
    return at.timestamp() + 0.5


def utc(at: float) -> Mapping[str, object]:
    """A Unix time as a `UTCDateTime`, to the nearest second."""
    told = datetime.datetime.fromtimestamp(round(at), datetime.UTC)
    return {
        "Time": {"Hour": told.hour, "Minute": told.minute, "Second": told.second},
        "Date": {"Year": told.year, "Month": told.month, "Day": told.day},
    }
