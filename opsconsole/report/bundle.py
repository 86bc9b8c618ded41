"""The incident file: a zip with a signed manifest of what is in it; whether one still holds."""

import enum
import hashlib
import os
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from opsconsole.clean import clean
from opsconsole.errors import UsageError
from opsconsole.report import signature
from opsconsole.report.signature import Signer

SCHEMA = "opsconsole-incident/1"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.sig"
LARGEST = 64 * 1024 * 1024
"""Bytes of a manifest or a signature that can be ours."""
_PIECE = 1024 * 1024


class Member(msgspec.Struct, frozen=True):
    """One file in it."""

    name: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What is in the file, and what was taken out of it."""

    schema: str
    title: str
    made: str
    """UTC, ISO 8601."""
    by: str
    since: str
    until: str
    targets: list[str]
    signed: bool
    """Whether there must be a signature beside it."""
    redacted: dict[str, int]
    """How many secrets of which kind were masked."""
    members: list[Member]
    notes: list[str] = []
    """What is missing, and why."""


class Wrong(enum.StrEnum):
    """What can be wrong with a member."""

    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found."""

    manifest: Manifest
    wrong: tuple[tuple[Wrong, str], ...]
    """What, and the name of the member."""
    signer: Signer | None
    """None when it is not signed."""
    fault: str = ""
    """What is wrong with the signature; empty when nothing is."""

    @property
    def whole(self) -> bool:
        """Whether every member is what the manifest says, and nothing else is there."""
        return not self.wrong

    @property
    def proven(self) -> bool:
        """Whether all of it is what somebody signed."""
        return self.whole and not self.fault and self.signer is not None


def members_of(contents: Mapping[str, bytes | Path]) -> list[Member]:
    """The lines of a manifest."""
    return [_member(name, content) for name, content in sorted(contents.items())]


def _member(name: str, content: bytes | Path) -> Member:
    if isinstance(content, bytes):
        return Member(name, len(content), hashlib.sha256(content).hexdigest())
    with content.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return Member(name, file.tell(), digest.hexdigest())


def write(
    out: Path, manifest: Manifest, contents: Mapping[str, bytes | Path], key: Path | None
) -> None:
    """Write the file as a whole or not at all, readable by its owner alone; raises `UsageError`."""
    listed = msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
    signed = signature.sign(listed, key) if key is not None else None
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        with os.fdopen(os.open(beside, flags, 0o600), "wb") as raw:
            _pack(raw, listed, signed, contents)
        os.link(beside, out)  # unlike a rename, this replaces nothing
    except FileExistsError:
        raise UsageError(f"{out} is there already: an incident file is never overwritten") from None
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)


def _pack(
    raw: IO[bytes], listed: bytes, signed: bytes | None, contents: Mapping[str, bytes | Path]
) -> None:
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(MANIFEST, listed)
        if signed is not None:
            file.writestr(SIGNATURE, signed)
        for name, content in sorted(contents.items()):
            if isinstance(content, bytes):
                file.writestr(name, content)
            else:
                file.write(content, name)


def verify(path: Path, signers: Path | None = None) -> Verdict:
    """Hold every member against the manifest, and the manifest against its signature.

    Nothing is unpacked. Raises `UsageError` for what is no incident file.
    """
    with _opened(path) as file:
        listed = _small(file, MANIFEST)
        if listed is None:
            raise UsageError(f"{path} is no incident file: it has no {MANIFEST}")
        manifest = _manifest(path, listed)
        wrong = tuple(_wrong(file, manifest))
        signed = _small(file, SIGNATURE)
    if signed is None:
        fault = "its signature is missing: it was signed once" if manifest.signed else ""
        return Verdict(manifest, wrong, None, fault)
    found = signature.check(listed, signed, signers)
    return Verdict(manifest, wrong, found, "" if found.good else f"bad signature: {found.why}")


def unpack(path: Path, name: str, to: Path) -> None:
    """Write one member to a new file, if it is what the manifest says; raises `UsageError`."""
    with _opened(path) as file:
        listed = _small(file, MANIFEST)
        manifest = _manifest(path, listed or b"")
        member = next((one for one in manifest.members if one.name == name), None)
        if member is None or name not in file.namelist():
            raise UsageError(f"{path} has no {name}")
        digest, left = hashlib.sha256(), member.bytes
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            with file.open(name) as source, os.fdopen(os.open(to, flags, 0o600), "wb") as target:
                while left > 0 and (piece := source.read(min(_PIECE, left))):
                    digest.update(piece)
                    target.write(piece)
                    left -= len(piece)
        except (OSError, zipfile.BadZipFile) as error:
            raise UsageError(f"{name} of {path} cannot be read: {error}") from error
        if digest.hexdigest() != member.sha256:
            to.unlink(missing_ok=True)
            raise UsageError(f"{name} of {path} was changed")


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise UsageError(f"there is no {path}") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise UsageError(f"{path} is no incident file: {error}") from error


def _small(file: zipfile.ZipFile, name: str) -> bytes | None:
    """A member that is read as a whole; None when it is not there."""
    if name not in file.namelist():
        return None
    try:
        with file.open(name) as source:
            content = source.read(LARGEST + 1)
    except (OSError, zipfile.BadZipFile, RuntimeError) as error:
        raise UsageError(f"{name} cannot be read: {error}") from error
    if len(content) > LARGEST:
        raise UsageError(f"{name} is larger than any that was written by us")
    return content


def _manifest(path: Path, listed: bytes) -> Manifest:
    try:
        manifest = msgspec.json.decode(listed, type=Manifest)
    except msgspec.MsgspecError as error:
        raise UsageError(f"{path} is no incident file: its manifest is none: {error}") from error
    if manifest.schema != SCHEMA:
        raise UsageError(f"{path} has schema {clean(manifest.schema)!r}, and not {SCHEMA!r}")
    return manifest


def _wrong(file: zipfile.ZipFile, manifest: Manifest) -> Iterator[tuple[Wrong, str]]:
    there = file.namelist()
    listed = {member.name for member in manifest.members}
    for name in dict.fromkeys(name for name in there if there.count(name) > 1):
        yield Wrong.TWICE, name
    for member in manifest.members:
        if member.name not in there:
            yield Wrong.MISSING, member.name
        elif not _same(file, member):
            yield Wrong.CHANGED, member.name
    for name in there:
        if name not in listed and name not in (MANIFEST, SIGNATURE):
            yield Wrong.ADDED, name


def _same(file: zipfile.ZipFile, member: Member) -> bool:
    """Whether its content is what was written; no more of it is unpacked than there may be."""
    digest, left = hashlib.sha256(), member.bytes
    try:
        with file.open(member.name) as source:
            while piece := source.read(min(_PIECE, left + 1)):
                digest.update(piece)
                left -= len(piece)
                if left < 0:
                    return False
    except (OSError, zipfile.BadZipFile, RuntimeError, EOFError, ValueError):
        return False
    return left == 0 and digest.hexdigest() == member.sha256
