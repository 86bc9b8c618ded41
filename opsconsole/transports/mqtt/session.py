"""A live way to one broker: what its devices published last, each with how old that is."""

import time
from collections.abc import Callable, Mapping

from opsconsole.errors import Malformed, TargetError, Unsupported
from opsconsole.fieldmap.message import packed
from opsconsole.ports import Answer
from opsconsole.question import Mapped, joined
from opsconsole.transports.live import LiveSession
from opsconsole.transports.mqtt.line import Line


class MqttSession(LiveSession):
    """Tells what was heard when it is asked; ends when the connection does."""

    line: Line

    def __init__(
        self,
        target: str,
        questions: Mapping[str, tuple[Mapped, ...]],
        deliver: Callable[[Answer], None],
        closed: Callable[["MqttSession"], None],
    ) -> None:
        """`closed` is called when all is let go. Its `line` is given to it once that begins."""
        super().__init__(target, deliver, closed)
        self._questions = questions

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes received and sent."""
        return self.line.wire.traffic

    async def _answer(self, exchange: str) -> None:
        try:
            if exchange not in self._questions:
                raise self._unknown(exchange)
            payload = joined([packed(await self.line.told())])
        except (Malformed, Unsupported) as error:
            self._give(Answer(exchange, b"", time.time(), error))
        except TargetError as error:
            self.fail(error)
        else:
            self._give(Answer(exchange, payload, time.time()))

    async def _let_go(self) -> None:
        self.line.wire.close()
