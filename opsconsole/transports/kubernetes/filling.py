"""A list that comes as the first events of a watch: its objects as pages like any other's."""

from collections.abc import Iterator, Sequence

import msgspec

from opsconsole.turn import Phase, framed

_ADDED = b'{"type":"ADDED","object":'
_PAGE = b'{"items":['


class _Event(msgspec.Struct):
    object: msgspec.Raw


_EVENT = msgspec.json.Decoder(_Event)


class Filling:
    """Gathers objects until they fill a page; what is left when all have come is the last one."""

    def __init__(self, page: int) -> None:
        self._page = page
        self._objects: list[bytes] = []
        self._phase = Phase.FIRST

    def feed(self, lines: Sequence[bytes]) -> Iterator[bytes]:
        """The pages that are full with these."""
        for line in lines:
            self._objects.append(_object(line))
            if len(self._objects) == self._page:
                yield self._full()

    def rest(self) -> Iterator[bytes]:
        """What is left, and the word that this is all."""
        if self._objects or self._phase is Phase.FIRST:
            yield self._full()
        yield framed(Phase.LISTED)

    def _full(self) -> bytes:
        payload = framed(self._phase, _PAGE + b",".join(self._objects) + b"]}")
        self._phase = Phase.PAGE
        self._objects.clear()
        return payload


def _object(line: bytes) -> bytes:
    """What stands in an event; as it comes from a server nothing of it need be read."""
    if line.startswith(_ADDED) and line.endswith(b"}}"):
        return line[len(_ADDED) : -1]
    return bytes(_EVENT.decode(line).object)
