"""Where an estate's files are, and whether they may be trusted."""

import os
import re
import stat
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from opsconsole.clean import clean
from opsconsole.errors import EstateError, Problem
from opsconsole.estate.table import Items

SYSTEM = Path("/etc/opsconsole")
"""The folder for all users of a machine."""

_AT = re.compile(r"(.*) \(at line (\d+), column (\d+)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the estate, parsed."""

    path: Path
    name: str
    """As messages show it."""
    items: Items


def find(path: Path | None, env: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the estate's files, in order; none means the built-in estate.

    Raises `EstateError` when a path that somebody named is not there.
    """
    if path is not None:
        return _named(path, "--estate")
    if said := env.get("OPSCONSOLE_ESTATE"):
        return _named(Path(said), "OPSCONSOLE_ESTATE")
    for folder in (*_user_folders(env), SYSTEM):
        if found := _in_folder(folder):
            return found
    return ()


def read(path: Path, problems: list[Problem]) -> Source | None:
    """Read and parse one file; None when there is a problem."""
    name = shown_path(path)
    data = read_trusted(path, problems)
    if data is None:
        return None
    try:
        return Source(path, name, tomllib.loads(data.decode()))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.append(Problem(f"{name}:{line}", "bytes that are not UTF-8", "UTF-8 text"))
    except tomllib.TOMLDecodeError as error:
        problems.append(_syntax(name, str(error)))
    return None


def read_trusted(path: Path, problems: list[Problem], owner: bool = True) -> bytes | None:
    """Read a file that can make us run commands or connect: nobody else may be able to write it."""
    name = shown_path(path)
    try:
        with path.open("rb") as file:
            if not _trusted(os.fstat(file.fileno()), name, problems, owner):
                return None
            return file.read()
    except OSError as error:
        found = error.strerror or "an unreadable file"
        problems.append(Problem(name, found, "a file that can be read"))
        return None


def check_folder(folder: Path, problems: list[Problem]) -> None:
    """Note a folder into which others may put files."""
    status = folder.stat()
    if not status.st_mode & stat.S_ISVTX:
        _trusted(status, shown_path(folder), problems, owner=True)


def shown_path(path: Path) -> str:
    """Write a path as the operator would: from here, or from their home."""
    for folder, mark in ((Path.cwd(), ""), (Path.home(), "~/")):
        if path.is_absolute() and path.is_relative_to(folder) and path != folder:
            return clean(f"{mark}{path.relative_to(folder)}")
    return clean(str(path))


def _named(path: Path, who: str) -> tuple[Path, ...]:
    path = path.expanduser()
    if path.is_dir():
        files = _files(path)
        if files:
            return files
        problem = Problem(shown_path(path), "a folder without *.toml files", "one file or more")
    elif path.exists():
        return (path,)
    else:
        problem = Problem(
            shown_path(path),
            f"no such file or folder ({who})",
            "an estate file or a folder of them",
        )
    raise EstateError((problem,))


def _in_folder(folder: Path) -> tuple[Path, ...]:
    single = folder / "estate.toml"
    return (*((single,) if single.exists() else ()), *_files(folder / "estate.d"))


def _files(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(path for path in folder.glob("*.toml") if not path.name.startswith(".")))


def _user_folders(env: Mapping[str, str]) -> tuple[Path, ...]:
    said = env.get("XDG_CONFIG_HOME", "")
    if Path(said).is_absolute():
        return (Path(said) / "opsconsole",)
    usual = Path.home() / ".config" / "opsconsole"
    if sys.platform != "darwin":
        return (usual,)
    import platformdirs  # costs more than reading an estate, and agrees on Linux

    return (usual, platformdirs.user_config_path("opsconsole"))


def _trusted(status: os.stat_result, name: str, problems: list[Problem], owner: bool) -> bool:
    before = len(problems)
    if status.st_mode & stat.S_IWOTH:
        mode = stat.S_IMODE(status.st_mode)
        problems.append(
            Problem(name, f"everybody may write it (mode {mode:04o})", f"chmod o-w {name}")
        )
    if owner and status.st_uid not in {0, os.geteuid()}:
        problems.append(
            Problem(
                name,
                f"it belongs to uid {status.st_uid}",
                f"your own files (uid {os.geteuid()}) and root's",
            )
        )
    return len(problems) == before


def _syntax(name: str, message: str) -> Problem:
    at = _AT.fullmatch(message)
    where = f"{name}:{at[2]}:{at[3]}" if at else name
    return Problem(where, f"no TOML: {clean(at[1] if at else message)}", "TOML 1.0")
