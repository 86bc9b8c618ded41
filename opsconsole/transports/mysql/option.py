"""What an option file (`~/.my.cnf`) says of an account: the group `[client]` alone."""

from opsconsole.model import Target
from opsconsole.secret import Secret

_KEYS = ("user", "password")


async def told(target: Target) -> dict[str, str]:
    """User and password, as far as the file names them; nothing without a file.

    Raises `Unsupported` for one that others may read, as for any file with a secret.
    """
    path = target.settings.get("option_file")
    if not path:
        return {}
    return read(await Secret("file", (str(path),)).reveal())


def read(text: str) -> dict[str, str]:
    """The same of the file's text. What includes name, and other groups, are passed over."""
    found: dict[str, str] = {}
    group = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            group = line.strip("[]").strip()
        name, equals, value = line.partition("=")
        key = name.strip().replace("_", "-")
        if group == "client" and equals and key in _KEYS and not line.startswith(("#", ";")):
            found[key] = _plain(value.strip())
    return found


def _plain(value: str) -> str:
    """A value without its quotes, or without the comment behind it."""
    if len(value) > 1 and value[0] in "'\"" and value[0] == value[-1]:
        return value[1:-1]
    return value.partition(" #")[0].rstrip()
