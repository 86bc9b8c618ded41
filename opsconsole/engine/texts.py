"""The console's way to texts of objects: asks the executor across the bus."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from opsconsole.executor import CEASE, INQUIRE, MORE, Ask
from opsconsole.plan import Thing
from opsconsole.ports import Opened, Passage


class ConsoleTexts:
    """The console's `TextPort`."""

    def __init__(self, call: Callable[[str, object], Awaitable[bytes]]) -> None:
        """`call` sends a verb with its body and returns the reply's; raises `Refused`."""
        self._call = call

    async def open(
        self, inquiry: str, things: Sequence[Thing], arguments: Mapping[str, str], reason: str = ""
    ) -> Opened:
        """Begin to read. Raises `Refused` or `BusClosed`."""
        body = await self._call(INQUIRE, Ask(inquiry, tuple(things), dict(arguments), reason))
        return msgspec.msgpack.decode(body, type=Opened)

    async def more(self, text: int) -> Passage:
        """What came since the last call. Raises `Refused` or `BusClosed`."""
        return msgspec.msgpack.decode(await self._call(MORE, text), type=Passage)

    async def close(self, text: int) -> None:
        """Stop reading it. Raises `BusClosed`."""
        await self._call(CEASE, text)
