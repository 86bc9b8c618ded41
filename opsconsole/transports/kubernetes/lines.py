"""Lines of a stream that arrives in pieces; what is too long is left out and counted."""

LONGEST = 8 << 20
"""Bytes of a line: an API server stores no object of half that size."""


class Lines:
    """Cuts pieces into whole lines; a long line is joined once, however many pieces it came in."""

    __slots__ = ("_longest", "_pieces", "_size", "_skipping", "skipped")

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._pieces: list[bytes] = []
        self._size = 0
        self._skipping = False
        self.skipped = 0
        """Lines left out so far because they are too long."""

    def feed(self, piece: bytes) -> list[bytes]:
        """The lines that are whole now, without their ends."""
        first, *others = piece.split(b"\n")
        self._keep(first)
        if not others:
            return []
        whole: list[bytes] = []
        if not self._skipping:
            whole.append(b"".join(self._pieces))
        self._pieces.clear()
        self._size, self._skipping = 0, False
        rest = others.pop()
        for line in others:
            if len(line) > self._longest:
                self.skipped += 1
            else:
                whole.append(line)
        self._keep(rest)
        return [line for line in whole if line]

    def _keep(self, piece: bytes) -> None:
        if self._skipping or not piece:
            return
        self._size += len(piece)
        if self._size > self._longest:
            self._skipping = True
            self._pieces.clear()
            self.skipped += 1
        else:
            self._pieces.append(piece)
