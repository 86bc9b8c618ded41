"""Counters as rates, by the server's own clock."""

from collections.abc import Mapping
from typing import NamedTuple

from opsconsole.domains.database.mysql.asking import number


class Moment(NamedTuple):
    """All counters of a server at one moment of its clock."""

    at: float
    values: Mapping[str, str]

    def get(self, name: str) -> float | None:
        """A counter or a gauge; None where the server has none of that name."""
        return number(self.values, name)


def grown(now: Moment, before: Moment | None, *names: str) -> float | None:
    """How much counters grew together; None at first, after a restart, and for unknown ones."""
    if before is None or (now.get("uptime") or 0) < (before.get("uptime") or 0):
        return None
    total = 0.0
    for name in names:
        new, old = now.get(name), before.get(name)
        if new is None or old is None or new < old:
            return None
        total += new - old
    return total


def rate(now: Moment, before: Moment | None, *names: str) -> float | None:
    """The same per second."""
    more = grown(now, before, *names)
    seconds = now.at - before.at if before else 0.0
    return more / seconds if more is not None and 0 < seconds < 1e6 else None


def percent(part: float | None, whole: float | None) -> float | None:
    """A share of 100; None of nothing."""
    return 100 * part / whole if part is not None and whole is not None and whole > 0 else None
