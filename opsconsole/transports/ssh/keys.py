"""The operator's keys: identity files, certificates and the agent, loaded once for all hosts."""

import copy
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncssh
from asyncssh.public_key import load_identities

from opsconsole.errors import Denied
from opsconsole.transports.ssh.trust import stamp

DEFAULTS = ("id_ed25519", "id_ecdsa", "id_rsa", "id_ed25519_sk", "id_ecdsa_sk")
"""What `ssh` tries in ~/.ssh when nothing is configured."""

AGENT_AGE = 10.0
"""Seconds the agent's list of keys is good for."""


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
        self._agents: dict[str, asyncssh.SSHAgentClient] = {}
        self._listed: dict[str, tuple[float, Sequence[asyncssh.SSHKeyPair]]] = {}

    async def load(self, wanted: Identities) -> list[asyncssh.SSHKeyPair]:
        """Return key pairs to offer, best first; raises `Denied` for an unusable required file.

        They are copies: a log-in notes in them which signature the server takes.
        """
        held = list(await self._agent(wanted.agent)) if wanted.agent else []
        if wanted.only:
            allowed = _public(wanted.files, wanted.certificates)
            held = [pair for pair in held if pair.public_data in allowed]
        certificates = _certificates(wanted.certificates)
        certified = [
            _certified(pair, certificate)
            for pair in held
            for certificate in certificates
            if certificate.key.public_data == pair.key_public_data
        ]
        files = self._from_files(wanted, have_agent=bool(held))
        return [*certified, *(copy.copy(pair) for pair in (*files, *held))]

    async def _agent(self, path: str) -> Sequence[asyncssh.SSHKeyPair]:
        at, listed = self._listed.get(path, (-AGENT_AGE, ()))
        if time.monotonic() - at < AGENT_AGE:
            return listed
        agent = self._agents.setdefault(path, asyncssh.SSHAgentClient(path))
        try:
            listed = await agent.get_keys()
        except (ValueError, OSError):  # no agent behind the path: as if none was named
            listed = ()
        self._listed[path] = (time.monotonic(), listed)
        return listed

    def _from_files(self, wanted: Identities, *, have_agent: bool) -> list[asyncssh.SSHKeyPair]:
        pairs: list[asyncssh.SSHKeyPair] = []
        for path in wanted.files:
            question = (path, wanted.certificates, *map(stamp, (path, *wanted.certificates)))
            if question not in self._loaded:
                try:
                    self._loaded[question] = _read(path, wanted.certificates)
                except (OSError, ValueError) as error:
                    if wanted.required and not (have_agent and path.endswith(".pub")):
                        raise _unusable(path, error) from error
                    self._loaded[question] = []
            pairs += self._loaded[question]
        return pairs

    async def close(self) -> None:
        """Let the agents go."""
        agents = list(self._agents.values())
        self._agents.clear()
        for agent in agents:
            agent.close()
            await agent.wait_closed()


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
