"""The operator's keys: identity files, certificates and the agent, loaded once for all hosts."""

import asyncio
import copy
import os
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh
from asyncssh.public_key import load_identities

from opsconsole.errors import Denied
from opsconsole.transports.ssh.trust import stamp

DEFAULTS = ("id_ed25519", "id_ecdsa", "id_rsa", "id_ed25519_sk", "id_ecdsa_sk")
"""What `ssh` tries in ~/.ssh when nothing is configured."""

AGENT_TIMEOUT = 5.0
"""Seconds the agent has to list its keys: a forwarded one may have lost its owner."""


@dataclass(frozen=True, slots=True)
class Identities:
    """Which keys to offer to a host, by reference."""

    files: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    only: bool = False
    """Offer no agent key that is not among the files."""
    required: bool = False
    """The estate names the file: one that cannot be used is an error."""
    agent: str = ""
    """Path of the agent's socket; empty for none."""


class Keys:
    """Loads identities; the same files are read again only when they changed."""

    def __init__(self) -> None:
        self._loaded: dict[tuple[object, ...], list[asyncssh.SSHKeyPair]] = {}

    @asynccontextmanager
    async def offered(self, wanted: Identities) -> AsyncGenerator[list[asyncssh.SSHKeyPair], None]:
        """Give key pairs to offer in one log-in, best first; the agent is let go afterwards.

        Raises `Denied` for a required file that cannot be used. The pairs are copies: a log-in
        notes in them which signature the server takes. The agent is asked over a connection of its
        own: a log-in that is given up in the middle of a question would spoil a shared one.
        """
        agent = asyncssh.SSHAgentClient(wanted.agent)
        try:
            held = await _held(agent) if wanted.agent else []
            yield self._chosen(wanted, held)
        finally:
            agent.close()
            await agent.wait_closed()

    def _chosen(
        self, wanted: Identities, held: list[asyncssh.SSHKeyPair]
    ) -> list[asyncssh.SSHKeyPair]:
        if wanted.only:
            allowed = _public(wanted.files, wanted.certificates)
            held = [pair for pair in held if pair.key_public_data in allowed]
        certified = [
            _certified(pair, certificate)
            for pair in held
            for certificate in _certificates(wanted.certificates)
            if certificate.key.public_data == pair.key_public_data
        ]
        files = self._from_files(wanted, {pair.key_public_data for pair in held})
        return [*certified, *map(copy.copy, files), *held]

    def _from_files(self, wanted: Identities, held: set[bytes]) -> list[asyncssh.SSHKeyPair]:
        pairs: list[asyncssh.SSHKeyPair] = []
        for path in wanted.files:
            question = (path, wanted.certificates, *map(stamp, (path, *wanted.certificates)))
            if question not in self._loaded:
                try:
                    self._loaded[question] = _read(path, wanted.certificates)
                except (OSError, ValueError) as error:
                    # The file may lock, or only name, a key that the agent holds.
                    if wanted.required and not (_public([path], []) & held):
                        raise _unusable(path, error) from error
                    continue
            pairs += self._loaded[question]
        return pairs


async def _held(agent: asyncssh.SSHAgentClient) -> list[asyncssh.SSHKeyPair]:
    """Return the agent's keys; none when there is no agent behind its path, or it hangs."""
    try:
        async with asyncio.timeout(AGENT_TIMEOUT):
            return list(await agent.get_keys())
    except (ValueError, OSError):
        return []


def default_files() -> tuple[str, ...]:
    """Identity files that stand in the operator's ~/.ssh."""
    folder = Path.home() / ".ssh"
    return tuple(str(folder / name) for name in DEFAULTS if (folder / name).is_file())


def agent_path() -> str:
    """Return the socket of the agent this process was started with."""
    return os.environ.get("SSH_AUTH_SOCK", "")


def _read(path: str, certificates: Sequence[str]) -> list[asyncssh.SSHKeyPair]:
    return list(asyncssh.load_keypairs([path], certlist=[c for c in certificates if stamp(c)]))


def _public(files: Iterable[str], certificates: Iterable[str]) -> set[bytes]:
    allowed: set[bytes] = set()
    for path in (*files, *certificates, *(f"{path}.pub" for path in files)):
        try:
            allowed.update(load_identities([path], skip_private=True))
            allowed.add(asyncssh.read_certificate(path).key.public_data)
        except (OSError, ValueError):
            continue
    return allowed


def _certificates(paths: Iterable[str]) -> list[asyncssh.SSHCertificate]:
    found: list[asyncssh.SSHCertificate] = []
    for path in paths:
        try:
            found.append(asyncssh.read_certificate(path))
        except (OSError, ValueError):
            continue
    return found


def _certified(
    pair: asyncssh.SSHKeyPair, certificate: asyncssh.SSHCertificate
) -> asyncssh.SSHKeyPair:
    signed = copy.copy(pair)
    signed.set_certificate(certificate)
    return signed


def _unusable(path: str, error: Exception) -> Denied:
    if isinstance(error, asyncssh.KeyEncryptionError | asyncssh.KeyImportError) and (
        "passphrase" in str(error).lower() or isinstance(error, asyncssh.KeyEncryptionError)
    ):
        return Denied(f"identity {path} is encrypted", f"ssh-add {path}")
    return Denied(f"identity {path} cannot be used: {error}", "name a private key file")
