"""A live way to one device: all its objects, each with what it is or why that is not known."""

import time
from collections.abc import Callable, Mapping

from opsconsole.errors import Malformed, TargetError, Unsupported
from opsconsole.fieldmap import Kept
from opsconsole.fieldmap.object import Point, packed
from opsconsole.ports import Answer
from opsconsole.question import Mapped, joined
from opsconsole.transports.bacnet.device import Device
from opsconsole.transports.bacnet.wire import Silent, lost
from opsconsole.transports.live import LiveSession

Points = dict[str, Point]


class BacnetSession(LiveSession):
    """Asks as it is told to; ends when the device does not answer."""

    def __init__(
        self,
        target: str,
        questions: Mapping[str, tuple[Mapped, ...]],
        device: Device,
        points: Kept[Points] | None,
        deliver: Callable[[Answer], None],
        closed: Callable[["BacnetSession"], None],
    ) -> None:
        """`closed` is called when all is let go."""
        super().__init__(target, deliver, closed)
        self.device = device
        self.points = points
        self._questions = questions

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes received and sent."""
        return self.device.wire.received, self.device.wire.sent

    async def _answer(self, exchange: str) -> None:
        try:
            if exchange not in self._questions:
                raise self._unknown(exchange)
            points = await self.points.now() if self.points else {}
            name = self.points.name if self.points else ""
            payload = joined([packed(await self.device.told(name, points))])
        except (Malformed, Unsupported) as error:
            self._give(Answer(exchange, b"", time.time(), error))
        except Silent:
            self.fail(lost(self.target))
        except TargetError as error:
            self.fail(error)
        else:
            self._give(Answer(exchange, payload, time.time()))

    async def _let_go(self) -> None:
        self.device.wire.close()
