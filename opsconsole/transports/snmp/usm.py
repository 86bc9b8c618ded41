"""The user-based security model: keys from passwords, digests, ciphers (RFC 3414, 3826, 7860)."""

import hashlib
import hmac
import os
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher

from opsconsole.errors import Malformed

try:
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
except ImportError:  # they moved there as they aged; SNMP has no others
    from cryptography.hazmat.primitives.ciphers.algorithms import TripleDES
    from cryptography.hazmat.primitives.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

AUTHS = {
    "md5": 12, "sha": 12, "sha224": 16, "sha256": 24, "sha384": 32, "sha512": 48,
}  # fmt: skip
"""Bytes of the digest that are sent, by the name of the hash."""

PRIVS = {"des": 16, "aes": 16, "aes192": 24, "aes256": 32, "aes192c": 24, "aes256c": 32}
"""Bytes of the key, by the name of the cipher; those with `c` stretch it as Cisco does."""

BLOCK = 16
"""Bytes of a block of AES."""

_EXPANDED = 1 << 20
"""Bytes that a password is repeated to."""


class Hash(Protocol):
    """What `hashlib` makes."""

    block_size: int

    def copy(self) -> "Hash":
        """One that goes on from here."""
        ...

    def update(self, data: bytes, /) -> None:
        """Take more."""
        ...

    def digest(self) -> bytes:
        """What it comes to."""
        ...


def _hash(auth: str) -> Callable[[bytes], Hash]:
    found: Callable[[bytes], Hash] = getattr(hashlib, "sha1" if auth == "sha" else auth)
    return found


@lru_cache(4096)
def master(auth: str, password: bytes) -> bytes:
    """The key of a password for any engine; takes milliseconds, so that it is kept."""
    count = _EXPANDED // len(password) + 1
    return _hash(auth)((password * count)[:_EXPANDED]).digest()


def localized(auth: str, key: bytes, engine: bytes) -> bytes:
    """The key for one engine."""
    return _hash(auth)(key + engine + key).digest()


def stretched(auth: str, priv: str, key: bytes, engine: bytes) -> bytes:
    """A localised key, as long as the cipher needs it."""
    size = PRIVS[priv]
    while len(key) < size:
        if priv.endswith("c"):  # draft-reeder-snmpv3-usm-3desede
            key += localized(auth, master(auth, key), engine)
        else:  # draft-blumenthal-aes-usm-04
            key += _hash(auth)(key).digest()
    return key[:size]


class Seal:
    """Digests of messages under one key."""

    def __init__(self, auth: str, key: bytes) -> None:
        """`key` is localised."""
        self.size = AUTHS[auth]
        made = _hash(auth)
        block = made(b"").block_size
        padded = key.ljust(block, b"\0")
        self._inner = made(bytes(byte ^ 0x36 for byte in padded))
        self._outer = made(bytes(byte ^ 0x5C for byte in padded))

    def digest(self, message: bytes) -> bytes:
        """Of a message in which the digest itself is zero."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()[: self.size]

    def fits(self, message: bytes, at: int, digest: bytes) -> bool:
        """Whether the digest at `at` is that of the message."""
        if len(digest) != self.size:
            return False
        bare = message[:at] + bytes(self.size) + message[at + self.size :]
        return hmac.compare_digest(self.digest(bare), digest)


class _Flow:
    """AES in CFB, of which the contexts stay: to make one costs more than a message does."""

    def __init__(self, key: bytes) -> None:
        algorithm = AES(key)
        # Single blocks are enciphered to make the stream that CFB itself would make.
        self._block = Cipher(algorithm, ECB()).encryptor()  # noqa: S305
        self._chain = Cipher(algorithm, CFB(bytes(BLOCK))).encryptor()
        self._last = bytes(BLOCK)
        """Of the chain: what it makes its next block of."""

    def hide(self, content: bytes, vector: bytes) -> bytes:
        """The content enciphered."""
        # What goes in first comes out as the vector, from which the chain then goes on.
        first = _mixed(vector, self._block.update(self._last))
        size = BLOCK + len(content)
        found = self._chain.update(first + content + bytes(-len(content) % BLOCK))
        self._last = found[-BLOCK:]
        return found[BLOCK:size]

    def reveal(self, content: bytes, vector: bytes) -> bytes:
        """The content of what was enciphered."""
        size = len(content)
        stream = self._block.update((vector + content)[: size + -size % BLOCK])
        return _mixed(content, stream[:size])


def _mixed(one: bytes, other: bytes) -> bytes:
    """Two texts of the same length, bit by bit."""
    mixed = int.from_bytes(one, "big") ^ int.from_bytes(other, "big")
    return mixed.to_bytes(len(one), "big")


class Veil:
    """Enciphers and deciphers under one key."""

    def __init__(self, priv: str, key: bytes) -> None:
        """`key` is localised and stretched."""
        self._des = priv == "des"
        self._key = key
        self._flow: _Flow | None = None
        self._count = int.from_bytes(os.urandom(8), "big")

    def hide(self, content: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        """The content enciphered, and the salt that goes with it, never the same twice."""
        self._count = self._count + 1 & 0xFFFFFFFFFFFFFFFF
        salt = self._count.to_bytes(8, "big")
        if not self._des:
            return self._aes().hide(content, _vector(salt, boots, time)), salt
        salt = (boots & 0xFFFFFFFF).to_bytes(4, "big") + salt[4:]
        cipher = self._cipher(salt).encryptor()
        return cipher.update(content + bytes(-len(content) % 8)) + cipher.finalize(), salt

    def reveal(self, content: bytes, salt: bytes, boots: int, time: int) -> bytes:
        """The content; raises `Malformed` when it cannot be one."""
        if len(salt) != 8 or (self._des and len(content) % 8):
            raise Malformed("an answer that is enciphered in another way")
        if not self._des:
            return self._aes().reveal(content, _vector(salt, boots, time))
        cipher = self._cipher(salt).decryptor()
        return cipher.update(content) + cipher.finalize()

    def _aes(self) -> _Flow:
        if self._flow is None:  # not before it is needed: who sends chooses how many there are
            self._flow = _Flow(self._key)
        return self._flow

    def _cipher(self, salt: bytes) -> "Cipher[CBC]":
        vector = bytes(a ^ b for a, b in zip(self._key[8:16], salt, strict=True))
        return Cipher(TripleDES(self._key[:8] * 3), CBC(vector))


def _vector(salt: bytes, boots: int, time: int) -> bytes:
    clocks = (boots & 0xFFFFFFFF) << 32 | time & 0xFFFFFFFF
    return clocks.to_bytes(8, "big") + salt
