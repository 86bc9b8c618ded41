"""A secret by reference: where it stands and how to fetch it, never what it is."""

import contextlib
import os
import re
import signal
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from opsconsole.clean import clean, clean_bytes
from opsconsole.errors import Unsupported

if TYPE_CHECKING:  # an estate is read before anything needs an event loop
    from asyncio import StreamReader
    from asyncio.subprocess import Process
    from collections.abc import AsyncGenerator

KINDS = ("env", "file", "command", "keyring")
"""Where a secret may stand."""

TIMEOUT = 10.0
"""Seconds a command or the keyring has to answer."""

LIMIT = 64 * 1024
"""Bytes of a secret; more is not one."""

REMEMBERED = 1024
"""Secrets this process can mask; a program that hands out a new one each time must not fill it."""

MASK = "***"
"""What stands in the place of a secret."""

_SHORT = 4
_revealed: dict[str, None] = {}


@dataclass(frozen=True, slots=True)
class Secret:
    """A reference; its text is fetched by `reveal` each time and kept nowhere on it.

    Memory alone keeps what was revealed, so that `mask` finds it.
    """

    kind: str
    """One of `KINDS`."""
    reference: tuple[str, ...]
    """Name of a variable; path of a file; a command's argv; service and name in the keyring."""

    def __str__(self) -> str:
        return f"{self.kind} {clean(' '.join(self.reference))}"

    async def reveal(self) -> str:
        """Fetch the text, without the line end it was stored with.

        Raises `Unsupported` when this machine cannot give it; the remedy says what would help.
        """
        match self.kind:
            case "env":
                text = _from_environment(self.reference[0])
            case "file":
                import asyncio

                text = await asyncio.to_thread(_from_file, Path(self.reference[0]))
            case "command":
                text = await _from_command(self.reference, self.reference[0])
            case "keyring":
                text = await _from_keyring(*self.reference)
            case _:
                raise Unsupported(f"no secret can stand in {self.kind!r}", f"use {KINDS}")
        if not text:
            raise Unsupported(f"the secret from {self} is empty", "store one there")
        remember(text)
        return text


def remember(text: str) -> None:
    """Have `mask` find this as well: a secret that a library fetched."""
    _revealed.pop(text, None)
    _revealed[text] = None
    if len(_revealed) > REMEMBERED:
        del _revealed[next(iter(_revealed))]


def mask(text: str) -> str:
    """`text` with `***` for every secret this process has revealed, for what is written down.

    One of fewer than 4 characters is masked only where it stands as a word: it would be found in
    the middle of half of all others.
    """
    for known in sorted(_revealed, key=len, reverse=True):
        if known not in text:
            continue
        if len(known) < _SHORT:
            text = re.sub(rf"(?<!\w){re.escape(known)}(?!\w)", MASK, text)
        else:
            text = text.replace(known, MASK)
    return text


def _from_environment(name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise Unsupported(
            f"environment variable {name} is not set", f"export {name} before you start opsconsole"
        ) from None


def _from_file(path: Path) -> str:
    try:
        # A FIFO without a writer would hold the thread for good.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Unsupported(
            f"secret file {path}: {error.strerror}", f"write the secret to {path}"
        ) from error
    try:
        status = os.fstat(descriptor)  # what was opened, not what the path names by now
        if not stat.S_ISREG(status.st_mode):
            raise Unsupported(f"secret file {path} is not a file", "name a regular file")
        if status.st_uid not in {0, os.geteuid()}:
            raise Unsupported(
                f"secret file {path} belongs to uid {status.st_uid}", f"chown {os.geteuid()} {path}"
            )
        if status.st_mode & 0o077:
            mode = stat.S_IMODE(status.st_mode)
            raise Unsupported(
                f"secret file {path} can be used by others (mode {mode:04o})", f"chmod 600 {path}"
            )
        return _decoded(os.read(descriptor, LIMIT + 1), f"secret file {path}")
    finally:
        os.close(descriptor)


async def _from_command(argv: tuple[str, ...], name: str) -> str:
    import asyncio

    try:
        # Own session: on time-out its helpers go with it, and none can draw over our screen.
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise Unsupported(
            f"secret command {name}: {error.strerror}", f"install {name} or mend the reference"
        ) from error
    async with _bounded(process, name):
        assert process.stdout is not None
        assert process.stderr is not None
        output, complaint, status = await asyncio.gather(
            _head(process.stdout), _head(process.stderr), process.wait()
        )
    if status:
        said = clean_bytes(complaint.strip().rpartition(b"\n")[2])
        raise Unsupported(
            f"secret command {name} ended with status {status}: {said or 'no message'}",
            "run it by hand and mend what it complains about",
        )
    return _decoded(output, f"secret command {name}")


async def _from_keyring(service: str, name: str) -> str:
    import importlib.util

    if importlib.util.find_spec("keyring") is None:
        raise Unsupported(
            "the keyring library is not installed", "pip install 'opsconsole[keyring]'"
        )
    # A process of its own: a locked keyring waits for its owner, and only a process can be ended.
    argv = (sys.executable, "-m", "keyring", "get", service, name)
    return await _from_command(argv, f"keyring get {service} {name}")


async def _head(stream: "StreamReader") -> bytes:
    """Read to the end, keep the beginning: a command that never stops must not fill memory."""
    kept = b""
    while chunk := await stream.read(LIMIT):
        kept += chunk[: LIMIT + 1 - len(kept)]
    return kept


@contextlib.asynccontextmanager
async def _bounded(process: "Process", name: str) -> "AsyncGenerator[None, None]":
    """End the command with all it started when it takes too long or nobody waits any more."""
    import asyncio

    try:
        async with asyncio.timeout(TIMEOUT):
            yield
    except (TimeoutError, asyncio.CancelledError) as error:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        if isinstance(error, asyncio.CancelledError):
            raise
        raise Unsupported(
            f"secret command {name} did not answer in {TIMEOUT:g} s",
            "run it by hand: it may wait for a passphrase",
        ) from None


def _decoded(raw: bytes, source: str) -> str:
    if len(raw) > LIMIT:
        raise Unsupported(f"{source} gave more than {LIMIT} bytes", "name a single secret")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Unsupported(f"{source} is not UTF-8 text", "store it as text") from None
    return text.removesuffix("\r\n") if text.endswith("\r\n") else text.removesuffix("\n")
