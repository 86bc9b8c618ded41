"""`[recording]`: what the flight recorder keeps, and where."""

from dataclasses import dataclass

from opsconsole.estate.table import Table

KEYS = ("enabled", "max_size_mb", "max_age_h", "directory")


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is recorded of an estate."""

    enabled: bool = True
    max_size_mb: int = 1024
    max_age_h: int = 168
    directory: str = ""
    """Folder of all recordings; empty for the usual one."""


class KeepingReader:
    """Gathers what all files say; the last word counts, but what is off in any file is off."""

    def __init__(self) -> None:
        self._enabled = True
        usual = Keeping()
        self._size, self._age = usual.max_size_mb, usual.max_age_h
        self._directory = ""

    def read(self, root: Table) -> None:
        """Read one file's table; problems go to its list."""
        table = root.table("recording")
        if table is None:
            return
        table.only(KEYS)
        if table.flag("enabled") is False:
            self._enabled = False
        self._size = table.whole("max_size_mb", 16, 10**6) or self._size
        self._age = table.whole("max_age_h", 1, 10**5) or self._age
        self._directory = table.path("directory") or self._directory

    def keeping(self) -> Keeping:
        """What they say together."""
        return Keeping(self._enabled, self._size, self._age, self._directory)
