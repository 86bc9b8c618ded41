"""What asyncssh and the operating system say, in the operator's words: what, where, what to do."""

import os
import shlex
from collections.abc import Sequence

import asyncssh
from asyncssh.constants import OPEN_ADMINISTRATIVELY_PROHIBITED

from opsconsole.clean import clean
from opsconsole.errors import (
    Denied,
    Lost,
    Malformed,
    TargetError,
    Unreachable,
    Unsupported,
    Untrusted,
)
from opsconsole.transports.ssh.config import Endpoint
from opsconsole.transports.ssh.trust import PORT, Known

DROPPED = (
    asyncssh.ConnectionLost,
    ConnectionResetError,
    ConnectionAbortedError,
    BrokenPipeError,
)
"""A connection closed while logging in: a busy sshd does that, and the next try may pass."""


def command(endpoint: Endpoint, hops: Sequence[Endpoint], *extra: str) -> str:
    """Return the `ssh` command line that reaches an endpoint the way we do, shell-quoted."""
    asked = endpoint.asked
    argv = ["ssh", *extra]
    if own := asked.text("ssh_config"):
        argv += ["-F", own]
    if own := asked.text("known_hosts"):
        argv += ["-o", f"UserKnownHostsFile={own}"]
    if own := asked.text("identity"):
        argv += ["-i", own]
    if own := asked.text("certificate"):
        argv += ["-o", f"CertificateFile={own}"]
    if asked.port:
        argv += ["-p", str(asked.port)]
    if asked.user:
        argv += ["-l", asked.user]
    if hops:
        argv += ["-J", ",".join(_hop(hop) for hop in hops)]
    return shlex.join([*argv, asked.name, "true"])


def _hop(endpoint: Endpoint) -> str:
    asked = endpoint.asked
    host = f"[{asked.name}]" if ":" in asked.name and asked.port else asked.name
    user = f"{asked.user}@" if asked.user else ""
    return f"{user}{host}{f':{asked.port}' if asked.port else ''}"


def untrusted_key(
    endpoint: Endpoint, hops: Sequence[Endpoint], known: Known, key: asyncssh.SSHKey
) -> Untrusted:
    """Say that a host key is unknown or not the one we know."""
    name = _bracketed(endpoint)
    kind = key.get_algorithm()
    offer = f"{endpoint.where} offers the {kind} key {key.get_fingerprint()}"
    # Asked for by type, so that the key the operator confirms is the one we were offered.
    trust = command(
        endpoint, hops, "-o", "StrictHostKeyChecking=ask", "-o", f"HostKeyAlgorithms={_types(kind)}"
    )
    if not known.keys:
        return Untrusted(f"unknown host key: {offer}, and no key is known for {name}", trust)
    old = known.keys[0]
    places = ", ".join(f"{entry.path} line {entry.line}" for entry in known.keys)
    forget = shlex.join(["ssh-keygen", "-R", name, "-f", old.path])
    return Untrusted(
        f"CHANGED host key: {offer}, but {places} holds another for {name}",
        f"if the host was reinstalled: {forget} && {trust}",
    )


def untrusted_authority(endpoint: Endpoint, known: Known, key: asyncssh.SSHKey) -> Untrusted:
    """Say that a host certificate is signed by somebody we do not know."""
    where = ", ".join(f"{entry.path} line {entry.line}" for entry in known.authorities)
    return Untrusted(
        f"unknown host authority: {endpoint.where} shows a certificate signed by "
        f"{key.get_fingerprint()}, {where or 'no file'} names another",
        f"if that authority is yours, add: @cert-authority {_bracketed(endpoint)} "
        f"{key.export_public_key().decode().strip()}",
    )


def untrusted_other(endpoint: Endpoint, known: Known, reason: str) -> Untrusted:
    """Say why a host key or certificate was refused otherwise: revoked, expired, wrong name."""
    text = clean(reason)
    if "revoked" in reason:
        where = ", ".join(f"{entry.path} line {entry.line}" for entry in known.revoked)
        return Untrusted(
            f"REVOKED host key: {endpoint.where} offers a key that {where} revokes",
            "do not log in; give the host a new key",
        )
    return Untrusted(
        f"host certificate refused: {endpoint.where}: {text}",
        "sign the host's key again, for this name and the present",
    )


def denied(
    endpoint: Endpoint, hops: Sequence[Endpoint], methods: Sequence[str], tried: Sequence[str]
) -> Denied:
    """Say that no log-in succeeded: what the host accepts and what we had."""
    accepts = ", ".join(dict.fromkeys(methods)) or "no method we have"
    had = ["the password was refused"] if endpoint.asked.settings.get("password") else []
    if "publickey" in methods:
        had.append(f"tried {', '.join(tried)}" if tried else "there was no key to try")
    return Denied(
        f"log-in refused: {endpoint.where} accepts {accepts}{''.join(f'; {part}' for part in had)}",
        f"check user and key: {command(endpoint, hops, '-v')}",
    )


def is_denial(error: Exception) -> bool:
    """Tell whether authentication failed; sshd says so in two ways, one of them only in words."""
    return isinstance(error, asyncssh.PermissionDenied) or (
        isinstance(error, asyncssh.DisconnectError) and "authentication fail" in error.reason
    )


def explain(endpoint: Endpoint, error: Exception) -> TargetError:
    """Translate what ended a log-in, host key and authentication apart."""
    where = endpoint.where
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return Unsupported(
            f"{where} and we share no algorithm: {clean(str(error))}",
            "allow what it offers with Ciphers, KexAlgorithms or HostKeyAlgorithms in ssh_config",
        )
    if isinstance(error, asyncssh.ProtocolError | asyncssh.ProtocolNotSupported):
        return Malformed(f"{where} does not speak SSH: {clean(str(error))}", "check the port")
    if isinstance(error, asyncssh.ChannelOpenError):
        return _not_opened(where, error)
    if isinstance(error, DROPPED):
        return Unreachable(
            f"{where} closes the connection while logging in: {clean(str(error))}",
            "see its sshd log; MaxStartups, PerSourcePenalties or a firewall may drop newcomers",
        )
    if isinstance(error, asyncssh.DisconnectError):
        return Unreachable(f"{where} ended the log-in: {clean(str(error))}", "see its sshd log")
    if isinstance(error, OSError):
        # asyncio words its own, less clear than the system's.
        said = os.strerror(error.errno) if error.errno else str(error)
        return Unreachable(f"{where}: {clean(said)}", _network(endpoint))
    return Malformed(f"{where}: {clean(str(error))}", "see its sshd log")


def _not_opened(where: str, error: asyncssh.ChannelOpenError) -> TargetError:
    reason = clean(error.reason)
    if error.code == OPEN_ADMINISTRATIVELY_PROHIBITED:
        return Denied(
            f"no way through to {where}: {reason}", "allow it: AllowTcpForwarding, PermitOpen"
        )
    return Unreachable(f"no way through to {where}: {reason}", "check the address from the hop")


def too_late(endpoint: Endpoint, phase: str, seconds: float) -> Unreachable:
    """Say in which phase nothing came any more."""
    return Unreachable(f"{endpoint.where}: no {phase} within {seconds:g} s", _network(endpoint))


def lost(where: str, error: Exception | None) -> Lost:
    """Say that a connection that was there is gone."""
    reason = clean(str(error)) if error else ""
    return Lost(f"connection to {where} lost{f': {reason}' if reason else ''}")


def _network(endpoint: Endpoint) -> str:
    return f"check that {endpoint.host} is up and that sshd listens on port {endpoint.port}"


def _bracketed(endpoint: Endpoint) -> str:
    name, port = endpoint.trust_name, endpoint.port
    return name if port == PORT else f"[{name}]:{port}"


def _types(kind: str) -> str:
    return "rsa-sha2-512,rsa-sha2-256" if kind == "ssh-rsa" else kind
