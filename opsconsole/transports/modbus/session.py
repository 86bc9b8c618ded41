"""A live way to one device: all points of its map, each with its value or why it has none."""

import time
from collections.abc import Callable, Mapping

from opsconsole.errors import Malformed, TargetError, Unreachable, Unsupported
from opsconsole.fieldmap import Kept
from opsconsole.fieldmap.register import Answer as Told
from opsconsole.fieldmap.register import Heard, Point, packed
from opsconsole.ports import Answer
from opsconsole.question import Mapped, joined
from opsconsole.transports.live import LiveSession
from opsconsole.transports.modbus.plan import Block, blocks, wall
from opsconsole.transports.modbus.wire import Refused, Silent, Wire

Found = dict[str, Heard]

PASSING = frozenset({5, 6, 10, 11})
"""Exceptions of the moment, or of a whole unit: smaller requests fare no better."""


class ModbusSession(LiveSession):
    """Asks as it is told to; ends when nothing of the device answers any more."""

    def __init__(
        self,
        target: str,
        questions: Mapping[str, tuple[Mapped, ...]],
        wire: Wire,
        points: Kept[dict[str, Point]],
        deliver: Callable[[Answer], None],
        closed: Callable[["ModbusSession"], None],
    ) -> None:
        """`closed` is called when all is let go."""
        super().__init__(target, deliver, closed)
        self.wire = wire
        self.points = points
        self._questions = questions
        self._walls: set[str] = set()
        """Points that begin a request, because with those before them the device refused it."""

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes received and sent."""
        return self.wire.received, self.wire.sent

    async def _answer(self, exchange: str) -> None:
        try:
            if exchange not in self._questions:
                raise self._unknown(exchange)
            payload = joined([packed(await self._read())])
        except (Malformed, Unsupported) as error:
            self._give(Answer(exchange, b"", time.time(), error))
        except TargetError as error:
            self.fail(error)
        else:
            self._give(Answer(exchange, payload, time.time()))

    async def _read(self) -> Told:
        points = await self.points.now()
        before = self.wire.requests
        found: Found = {}
        silent: set[int] = set()
        for block in blocks(points, self._walls):
            if block.unit in silent:
                found |= _failed(points, block, _mute(block.unit))
                continue
            try:
                found |= await self._block(points, block)
            except Silent:
                silent.add(block.unit)
                found |= _failed(points, block, _mute(block.unit))
        if silent and silent == {point.unit_id for point in points.values()}:
            what = f"{self.target}: connected, and no unit of its map answers"
            raise Unreachable(what, "mend `unit_id` in the map; is the device behind it on?")
        heard = [found[key] for key in points]
        return Told(self.points.name, heard, self.wire.requests - before)

    async def _block(self, points: Mapping[str, Point], block: Block) -> Found:
        """A block at once; in ever smaller ones when it is refused, so that one spoils no other."""
        try:
            words = await self.wire.read(block.fc, block.unit, block.address, block.size)
        except Refused as error:
            if len(block.keys) == 1 or error.code in PASSING:
                return _failed(points, block, str(error))
            self._walls.add(wall(points, block))
            found: Found = {}
            for one in blocks({key: points[key] for key in block.keys}, self._walls):
                found |= await self._block(points, one)
            return found
        return {key: _cut(key, points[key], block, words) for key in block.keys}

    async def _let_go(self) -> None:
        self.wire.close()


def _cut(key: str, point: Point, block: Block, words: list[int]) -> Heard:
    start = point.address - block.address
    return Heard(key, point, words[start : start + point.count])


def _failed(points: Mapping[str, Point], block: Block, why: str) -> Found:
    return {key: Heard(key, points[key], [], why) for key in block.keys}


def _mute(unit: int) -> str:
    return f"unit {unit} does not answer"
