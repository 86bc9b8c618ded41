"""Who may ask a gateway: HTTP digest authentication, from the server's side (RFC 7616)."""

import hashlib
import hmac
import re
import secrets
import time

GOOD_S = 300.0
"""Seconds for which a nonce is taken."""

REMEMBERED = 2048
"""Proofs that are remembered, so that none is good twice."""

REALM = "osdp-gateway"
_PAIR = re.compile(r'(\w+)=(?:"([^"]{0,500})"|([^\s,"]{1,500}))')


class Door:
    """Judges proofs of one account."""

    def __init__(self, user: str, password: str) -> None:
        self._user = user
        self._secret = _hash(user, REALM, password)
        self._key = secrets.token_bytes(32)
        self._used: dict[tuple[str, str], None] = {}

    def challenge(self, stale: bool = False) -> str:
        """The header `WWW-Authenticate`."""
        more = ", stale=true" if stale else ""
        nonce = self._nonce(f"{int(time.monotonic())}-{secrets.token_hex(8)}")
        return f'Digest realm="{REALM}", qop="auth", algorithm=SHA-256, nonce="{nonce}"{more}'

    def judge(self, method: str, target: str, header: str) -> str:
        """Judge the header `Authorization`: empty when it is good, else `stale` or `wrong`."""
        word = {name: quoted or plain for name, quoted, plain in _PAIR.findall(header[:4096])}
        nonce, count = word.get("nonce", ""), word.get("nc", "")
        if not header.startswith("Digest ") or word.get("uri") != target:
            return "wrong"
        wanted = _hash(
            self._secret, nonce, count, word.get("cnonce", ""), "auth", _hash(method, target)
        )
        good = hmac.compare_digest(wanted, word.get("response", ""))
        if not good or word.get("qop") != "auth" or word.get("username") != self._user:
            return "wrong"
        if (nonce, count) in self._used or not self._fresh(nonce):
            return "stale"
        self._used[nonce, count] = None
        if len(self._used) > REMEMBERED:
            del self._used[next(iter(self._used))]
        return ""

    def _nonce(self, name: str) -> str:
        return f"{name}-{hmac.new(self._key, name.encode(), hashlib.sha256).hexdigest()}"

    def _fresh(self, nonce: str) -> bool:
        at = nonce.partition("-")[0]
        if not at.isdecimal() or len(at) > 12:
            return False
        young = 0 <= time.monotonic() - int(at) <= GOOD_S
        return young and hmac.compare_digest(nonce, self._nonce(nonce.rpartition("-")[0]))


def _hash(*words: str) -> str:
    return hashlib.sha256(":".join(words).encode()).hexdigest()
