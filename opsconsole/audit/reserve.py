"""Room on the disk kept for the outcome of what has begun, given up when there is no other."""

import contextlib
import errno
import os
from pathlib import Path

from opsconsole.audit.folder import put, sync_folder

NAME = "audit.reserve"
SIZE = 64 * 1024
"""Bytes: a few long outcomes."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What a write says that finds no room."""


def keep(folder: Path) -> None:
    """Set the room aside unless it is; raises `OSError` when there is none."""
    path = folder / NAME
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size == SIZE:
            return
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(path, flags, 0o600)
    try:
        # Random: a file system that compresses or leaves holes would set nothing aside for zeros.
        put(descriptor, os.urandom(SIZE))
    except OSError:
        path.unlink()
        raise
    finally:
        os.close(descriptor)


def give_up(folder: Path) -> bool:
    """Hand the room back to the disk; returns whether there was any."""
    try:
        (folder / NAME).unlink()
    except FileNotFoundError:
        return False
    sync_folder(folder)  # some file systems free the blocks only then
    return True
