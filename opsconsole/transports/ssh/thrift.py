"""A connection that is logged in holds only what is still read: 13 KB less, for each of thousands.

The library has no word for this. Nothing is done where its own names have changed, or while keys
are exchanged: then all stays as it is, only larger.
"""

import asyncio
import sys
from collections.abc import Iterable
from functools import cache
from typing import cast

import asyncssh

_OFFERS = ("_client_kexinit", "_server_kexinit")
"""Both sides' offers of algorithms: the next key exchange replaces them."""

_SETS = ("_trusted_ca_keys", "_revoked_host_keys", "_x509_revoked_certs")
"""Asked for members, or replaced as a whole; never added to after the log-in."""

_EMPTY: frozenset[object] = frozenset()
"""One for all, and nothing can be put into it."""

_ALGORITHMS = {
    "_kex_algs": "kex_algs",
    "_enc_algs": "encryption_algs",
    "_mac_algs": "mac_algs",
    "_cmp_algs": "compression_algs",
    "_sig_algs": "signature_algs",
}
"""Lists that the next key exchange reads, and the options they were taken from."""

_SPENT = {"_protocol_factory": "protocol_factory", "_known_hosts": "known_hosts"}
"""Read once, when the network is through: what they gave is held elsewhere in the connection."""


def forget_login(
    conn: asyncssh.SSHClientConnection, shared: asyncssh.SSHClientConnectionOptions
) -> None:
    """Let go of what only the log-in read, and of second copies of what is kept.

    `shared` are the options that the connection's own were derived from: one object for all hosts
    that are configured alike. Call it once the session has started; options are not read after.
    """
    parts: dict[str, object] = getattr(conn, "__dict__", {})
    if parts.get("_kex", conn) is not None or parts.get("_kexinit_sent", True):
        return
    _forget(parts)
    if isinstance(parts.get("_options"), type(shared)):
        parts["_options"] = shared
        _share(parts, shared)
    _join_keys(parts)
    if isinstance(told := parts.get("_extra"), dict):
        for name, value in cast("dict[str, object]", told).items():
            if type(value) is str:  # versions and algorithms
                told[name] = sys.intern(value)


def _forget(parts: dict[str, object]) -> None:
    for name in _OFFERS:
        if isinstance(parts.get(name), bytes):
            parts[name] = b""
    if isinstance(parts.get("_server_sig_algs"), set):
        parts["_server_sig_algs"] = _EMPTY  # only a log-in asks what it holds
    for name in _SETS:
        if parts.get(name) == set():
            parts[name] = _EMPTY
    if isinstance(waiter := parts.get("_waiter"), asyncio.Future) and waiter.done():
        parts["_waiter"] = None  # of whoever connected


def _share(parts: dict[str, object], shared: asyncssh.SSHClientConnectionOptions) -> None:
    for name, source in _ALGORITHMS.items():
        if name in parts and parts[name] == getattr(shared, source, None):
            parts[name] = getattr(shared, source)
    for name, source in _SPENT.items():
        if name in parts and hasattr(shared, source):
            parts[name] = getattr(shared, source)
    # Which types of host keys to ask for depends on those that are known: a few lists for all.
    for name in ("_server_host_key_algs", "_preferred_auth"):
        if isinstance(names := parts.get(name), list):
            parts[name] = _one(tuple(cast("list[bytes]", names)))


@cache
def _one(names: tuple[bytes, ...]) -> list[bytes]:
    return list(names)


def _join_keys(parts: dict[str, object]) -> None:
    """The key the host showed is one of those it is trusted by: keep that one only."""
    trusted, shown = parts.get("_trusted_host_keys"), parts.get("_server_host_key")
    if isinstance(trusted, set):
        for key in cast("Iterable[object]", trusted):
            if key == shown:
                parts["_server_host_key"] = key
