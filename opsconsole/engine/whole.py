"""Watched lists as whole samples: for commands that print what is there, once it is all there."""

from opsconsole.model import Row, Sample
from opsconsole.ports import ConsoleEnd, Downward, Patch, Patches, Samples, Upward
from opsconsole.turn import keyed

Pair = tuple[str, str]


class WholeEnd:
    """A `ConsoleEnd` that tells a watched list as a sample of all its rows.

    While it loads there are `Samples` without any: something comes.
    """

    def __init__(self, end: ConsoleEnd) -> None:
        self._end = end
        self._lists: dict[Pair, dict[Row, Row]] = {}

    def send(self, message: Downward) -> None:
        """Queue a message; never blocks. Says nothing to a closed bus."""
        self._end.send(message)

    async def receive(self) -> Upward:
        """Next message of the collector; raises `BusClosed` when it is gone."""
        message = await self._end.receive()
        if not isinstance(message, Patches):
            return message
        return Samples([self._laid(patch) for patch in message.patches if not self._loads(patch)])

    def _loads(self, patch: Patch) -> bool:
        """Take in a patch; whether more of the list is to come."""
        pair = (patch.probe, patch.target)
        rows = {} if patch.whole else self._lists.get(pair, {})
        for key in patch.gone:
            rows.pop(key, None)
        key_of = keyed(patch.key)
        rows.update((key_of(row), row) for row in patch.rows)
        self._lists[pair] = rows
        return patch.loading

    def _laid(self, patch: Patch) -> Sample:
        rows = list(self._lists[patch.probe, patch.target].values())
        return Sample(patch.probe, patch.target, patch.at, rows, None, patch.period)

    def close(self) -> None:
        """Let go; safe to call twice."""
        self._end.close()
