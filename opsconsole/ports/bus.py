"""The two ends of a bus."""

from typing import Protocol

from opsconsole.ports.message import Downward, Upward


class CollectorEnd(Protocol):
    """The collector's end of a bus."""

    @property
    def dropped(self) -> int:
        """Samples replaced by newer ones before they could be sent."""
        ...

    def publish(self, message: Upward) -> None:
        """Queue a message; never blocks. A waiting sample gives way to a newer one of its pair."""
        ...

    async def receive(self) -> Downward:
        """Next message of the console; raises `BusClosed` when the console is gone."""
        ...

    def close(self) -> None:
        """Let go; safe to call twice."""
        ...


class ConsoleEnd(Protocol):
    """The console's end of a bus."""

    def send(self, message: Downward) -> None:
        """Queue a message; never blocks."""
        ...

    async def receive(self) -> Upward:
        """Next message of the collector; raises `BusClosed` when it is gone."""
        ...

    def close(self) -> None:
        """Let go; safe to call twice."""
        ...
