"""One log-in: network, host key, authentication, each with its deadline and its own errors."""

import asyncio
import hashlib
import random
import socket
from base64 import b64encode
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from ipaddress import ip_address
from typing import cast

import asyncssh
from asyncssh.public_key import get_default_certificate_algs, get_default_public_key_algs

from opsconsole.clean import clean
from opsconsole.errors import Unreachable, Untrusted
from opsconsole.secret import Secret
from opsconsole.transports.ssh import faults
from opsconsole.transports.ssh.config import Endpoint
from opsconsole.transports.ssh.gate import Gate
from opsconsole.transports.ssh.keys import Keys
from opsconsole.transports.ssh.trust import Entry, Known, Trust

Address = tuple[int, int, int, str, tuple[str | int, ...] | tuple[int, bytes]]
"""One line of `getaddrinfo`."""

TRIES = 6
"""Log-ins that sshd may drop before that is a fault."""

BACKOFF = 0.3, 5.0
"""Seconds before the second try, and at most; doubled each time and jittered."""

PREFERRED = (b"ssh-ed25519", b"ecdsa-sha2-nistp256", b"rsa-sha2-512", b"rsa-sha2-256")
"""Host key types asked for first where none is known, as OpenSSH does."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds each phase may take."""

    connect: float = 12.0
    """Network; `ConnectTimeout` in ssh configuration overrides."""
    login: float = 15.0
    """Key exchange and authentication."""
    start: float = 15.0
    """From log-in to the sampler's first answer, on top of its interval."""


class Judge(asyncssh.SSHClient):
    """Hears what a log-in meets: it is asked about each key and method that is not settled."""

    def __init__(self, pairs: Sequence[asyncssh.SSHKeyPair]) -> None:
        self._pairs = pairs
        self.met = False
        """The network is through and asyncssh holds it."""
        self.offered: asyncssh.SSHKey | None = None
        self.authority: asyncssh.SSHKey | None = None
        self.methods: list[str] = []
        self.on_meeting: Callable[[], None] | None = None
        self.on_loss: Callable[[Exception | None], None] | None = None

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:  # noqa: ARG002
        """The network is through: the next phase begins."""
        self.met = True
        if self.on_meeting:
            self.on_meeting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who holds the connection."""
        if self.on_loss:
            self.on_loss(exc)

    def validate_host_public_key(
        self,
        host: str,  # noqa: ARG002
        addr: str,  # noqa: ARG002
        port: int,  # noqa: ARG002
        key: asyncssh.SSHKey,
    ) -> bool:
        """Refuse a key that is not known, and keep it for the message."""
        self.offered = key
        return False

    def validate_host_ca_key(
        self,
        host: str,  # noqa: ARG002
        addr: str,  # noqa: ARG002
        port: int,  # noqa: ARG002
        key: asyncssh.SSHKey,
    ) -> bool:
        """Refuse an authority that is not known, and keep it for the message."""
        self.authority = key
        return False

    def public_key_auth_requested(self) -> Sequence[asyncssh.SSHKeyPair]:
        """Note the method and offer all keys, once.

        Handed over here rather than as an option: with that, asyncssh would ask the agent itself,
        for all its keys, over one more connection that it keeps.
        """
        self.methods.append("publickey")
        pairs, self._pairs = self._pairs, ()
        return pairs

    def password_auth_requested(self) -> None:
        """Note the method; there is no password, or it was wrong."""
        self.methods.append("password")

    def kbdint_auth_requested(self) -> str | None:
        """Note the method; a password, if there is one, answers its prompt."""
        self.methods.append("keyboard-interactive")
        return cast("str | None", super().kbdint_auth_requested())


class Login:
    """Logs in to endpoints: bounded, retried when dropped, host key before credentials."""

    def __init__(self, deadlines: Deadlines) -> None:
        self.deadlines = deadlines
        self._gate = Gate()
        self._keys = Keys()
        self._trust = Trust()
        # A dead name server holds a thread for seconds: it must hold none of the default pool.
        self._resolver = ThreadPoolExecutor(32, "resolve")

    def close(self) -> None:
        """Let the threads go."""
        self._resolver.shutdown(wait=False, cancel_futures=True)

    async def connect(
        self,
        endpoint: Endpoint,
        hops: Sequence[Endpoint],
        tunnel: asyncssh.SSHClientConnection | None,
    ) -> tuple[asyncssh.SSHClientConnection, Judge]:
        """Return a connection that is logged in; raises a `TargetError`."""
        delay, longest = BACKOFF
        place = (endpoint.host, endpoint.port, tuple(hop.where for hop in hops))
        attempt = 1
        while True:
            try:
                async with self._gate.endpoint(place):
                    return await self._once(endpoint, hops, tunnel)
            except faults.DROPPED as error:
                if attempt == TRIES or (tunnel is not None and tunnel.is_closed()):
                    raise faults.explain(endpoint, error) from error
            await asyncio.sleep(delay * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, no secret
            delay = min(2 * delay, longest)
            attempt += 1

    async def _once(
        self,
        endpoint: Endpoint,
        hops: Sequence[Endpoint],
        tunnel: asyncssh.SSHClientConnection | None,
    ) -> tuple[asyncssh.SSHClientConnection, Judge]:
        known = self._trust.known(endpoint.known_hosts, endpoint.trust_name, endpoint.port)
        async with self._keys.offered(endpoint.identities) as pairs:
            judge = Judge(pairs)
            tried = [_described(pair) for pair in pairs[:6]]
            try:
                return await self._through(endpoint, judge, known, tunnel), judge
            except asyncssh.HostKeyNotVerifiable as error:
                raise _untrusted(endpoint, hops, judge, known, error.reason) from None
            except faults.DROPPED:
                raise
            except (asyncssh.Error, OSError) as error:
                if faults.is_denial(error):
                    raise faults.denied(endpoint, hops, judge.methods, tried) from None
                raise faults.explain(endpoint, error) from error

    async def _through(
        self,
        endpoint: Endpoint,
        judge: Judge,
        known: Known,
        tunnel: asyncssh.SSHClientConnection | None,
    ) -> asyncssh.SSHClientConnection:
        sock = None if tunnel or endpoint.roundabout else await self._network(endpoint)
        try:
            async with self._gate.overall(), self._phases(endpoint, judge, sock is not None):
                return await self._handshake(endpoint, judge, known, tunnel, sock)
        finally:
            # From the first meeting on it is asyncssh's to close.
            if sock is not None and not judge.met:
                sock.close()

    async def _handshake(
        self,
        endpoint: Endpoint,
        judge: Judge,
        known: Known,
        tunnel: asyncssh.SSHClientConnection | None,
        sock: socket.socket | None,
    ) -> asyncssh.SSHClientConnection:
        secret = cast("Secret | None", endpoint.asked.settings.get("password"))
        chosen = endpoint.options.config.get("HostKeyAlgorithms")
        return await asyncssh.connect(
            endpoint.asked.name if endpoint.canonicalized else endpoint.host,
            endpoint.port,
            options=endpoint.options,
            username=endpoint.user,
            # With the host's full name its configuration is read from the files again.
            config=list(endpoint.files) if endpoint.canonicalized else None,
            client_factory=lambda: judge,
            tunnel=tunnel,
            sock=sock,
            password=secret.reveal if secret else None,
            connect_timeout=None,
            known_hosts=_sworn(known),
            server_host_key_algs=() if chosen else _algorithms(known),
        )

    @asynccontextmanager
    async def _phases(
        self, endpoint: Endpoint, judge: Judge, connected: bool
    ) -> AsyncGenerator[None, None]:
        """Bound the network's phase, then the log-in's; a deadline passed names its phase."""
        loop = asyncio.get_running_loop()
        login = self.deadlines.login
        deadline = asyncio.timeout(login if connected else endpoint.timeout)
        try:
            async with deadline:
                judge.on_meeting = lambda: deadline.reschedule(loop.time() + login)
                yield
        except TimeoutError:
            if not deadline.expired():
                raise
            if judge.met:
                raise faults.too_late(endpoint, "end of the log-in", login) from None
            raise faults.too_late(endpoint, "connection", endpoint.timeout) from None
        finally:
            judge.on_meeting = None

    async def _network(self, endpoint: Endpoint) -> socket.socket:
        """Connect to the first address of the endpoint that answers."""
        try:
            async with asyncio.timeout(endpoint.timeout):
                addresses = await self._resolve(endpoint)
                error: OSError = OSError("no address")
                for address in addresses:
                    share = endpoint.timeout / len(addresses)
                    try:
                        return await _dial(address, endpoint.options.local_addr, share)
                    except OSError as refusal:
                        error = refusal
                raise faults.explain(endpoint, error) from error
        except TimeoutError:
            raise faults.too_late(endpoint, "connection", endpoint.timeout) from None

    async def _resolve(self, endpoint: Endpoint) -> Sequence[Address]:
        host, port, family = endpoint.host, endpoint.port, endpoint.options.family
        flags = socket.AI_NUMERICHOST if _is_address(host) else 0
        ask = partial(
            socket.getaddrinfo, host, port, family, socket.SOCK_STREAM, socket.IPPROTO_TCP, flags
        )
        try:
            if flags:
                return ask()
            return await asyncio.get_running_loop().run_in_executor(self._resolver, ask)
        except OSError as error:
            what = f"the name {host} cannot be resolved: {error.strerror}"
            raise Unreachable(what, f"check the name: getent hosts {host}") from error


async def _dial(address: Address, local: object, seconds: float) -> socket.socket:
    family, kind, protocol, _, place = address
    sock = socket.socket(family, kind, protocol)
    connected = False
    try:
        sock.setblocking(False)
        if local:
            sock.bind(cast("tuple[str, int]", local))
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().sock_connect(sock, place)
        connected = True
        return sock
    finally:
        if not connected:
            sock.close()


def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _sworn(known: Known) -> Callable[[str, str, int | None], tuple[object, ...]]:
    """Return what asyncssh asks for trusted keys; never by address, as ssh does not either."""
    lists = tuple(_keys(part) for part in (known.keys, known.authorities, known.revoked))
    return lambda _host, _address, _port: lists


def _keys(entries: Sequence[Entry]) -> list[asyncssh.SSHKey]:
    keys: list[asyncssh.SSHKey] = []
    for entry in entries:
        with suppress(asyncssh.KeyImportError):  # a type this library does not have
            keys.append(asyncssh.import_public_key(entry.key))
    return keys


def _algorithms(known: Known) -> tuple[str, ...]:
    """Order host key algorithms: known ones first, certificates only under a known authority."""
    mine = (algorithm for key in _keys(known.keys) for algorithm in key.sig_algorithms)
    return _ordered(tuple(dict.fromkeys(mine)), bool(known.authorities))


@cache
def _ordered(mine: tuple[bytes, ...], certified: bool) -> tuple[str, ...]:
    certificates = get_default_certificate_algs() if certified else []
    ordered = (*certificates, *mine, *PREFERRED, *get_default_public_key_algs())
    # Vendors' own spellings of the same signatures: no OpenSSH has them.
    return tuple(name.decode("ascii") for name in dict.fromkeys(ordered) if b"@ssh.com" not in name)


def _untrusted(
    endpoint: Endpoint, hops: Sequence[Endpoint], judge: Judge, known: Known, reason: str
) -> Untrusted:
    if judge.authority is not None:
        return faults.untrusted_authority(endpoint, known, judge.authority)
    if judge.offered is not None:
        return faults.untrusted_key(endpoint, hops, known, judge.offered)
    return faults.untrusted_other(endpoint, known, reason)


def _described(pair: asyncssh.SSHKeyPair) -> str:
    digest = b64encode(hashlib.sha256(pair.key_public_data).digest()).decode().rstrip("=")
    kind = pair.algorithm.decode("ascii", "replace")
    return clean(f"{kind} SHA256:{digest} ({pair.get_comment() or 'no comment'})", 160)
