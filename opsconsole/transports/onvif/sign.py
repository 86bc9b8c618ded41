"""Who we are, without telling the password: a WS-UsernameToken, or HTTP digest (RFC 7616)."""

import base64
import datetime
import hashlib
import re
import secrets
from collections.abc import Callable
from typing import Protocol
from xml.sax.saxutils import escape

_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"


class Hashed(Protocol):
    """What hashlib makes."""

    def hexdigest(self) -> str:
        """The hash in hexadecimal."""
        ...


_FIELD = re.compile(
    r'([a-z0-9-]+)\s*=\s*(?:"((?:[^"\\]|\\.){0,400})"|([^\s,"]{1,100}))', re.IGNORECASE
)

_HASHES: dict[str, Callable[[bytes], Hashed]] = {
    "md5": hashlib.md5,
    "sha-256": hashlib.sha256,
}


def token(user: str, password: str, at: float, nonce: bytes | None = None) -> str:
    """The security header; `at` is the device's time, which takes no old one, as Unix time."""
    salt = secrets.token_bytes(16) if nonce is None else nonce
    moment = datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    # The profile knows SHA-1 alone; HTTP digest is better where a device has it.
    proof = hashlib.sha1(salt + moment.encode() + password.encode(), usedforsecurity=False)
    encoding = f"{_WSS}soap-message-security-1.0#Base64Binary"
    return (
        f'<w:Security s:mustUnderstand="1" xmlns:w="{_WSS}wssecurity-secext-1.0.xsd"'
        f' xmlns:u="{_WSS}wssecurity-utility-1.0.xsd"><w:UsernameToken>'
        f"<w:Username>{escape(user)}</w:Username>"
        f'<w:Password Type="{_WSS}username-token-profile-1.0#PasswordDigest">'
        f"{base64.b64encode(proof.digest()).decode()}</w:Password>"
        f'<w:Nonce EncodingType="{encoding}">{base64.b64encode(salt).decode()}</w:Nonce>'
        f"<u:Created>{moment}</u:Created></w:UsernameToken></w:Security>"
    )


class Challenge:
    """What a server wants hashed; answers it for one request after another."""

    def __init__(self, fields: dict[str, str]) -> None:
        """`fields` as `read` found them."""
        self._fields = fields
        self._count = 0

    def header(self, user: str, password: str, method: str, uri: str) -> str:
        """The value of `Authorization` for one request."""
        self._count += 1
        made = _HASHES[self._fields.get("algorithm", "MD5").lower()]

        def hashed(text: str) -> str:
            return made(text.encode()).hexdigest()

        realm, nonce = self._fields.get("realm", ""), self._fields.get("nonce", "")
        once, count = secrets.token_hex(8), f"{self._count:08x}"
        who, what = hashed(f"{user}:{realm}:{password}"), hashed(f"{method}:{uri}")
        quoted = {"username": _quoted(user), "realm": realm, "nonce": nonce, "uri": uri}
        plain: dict[str, str] = {}
        if "qop" in self._fields:
            plain = {"qop": "auth", "nc": count}
            quoted["cnonce"] = once
            quoted["response"] = hashed(f"{who}:{nonce}:{count}:{once}:auth:{what}")
        else:
            quoted["response"] = hashed(f"{who}:{nonce}:{what}")
        if "algorithm" in self._fields:
            plain["algorithm"] = self._fields["algorithm"]
        if "opaque" in self._fields:
            quoted["opaque"] = self._fields["opaque"]
        said = [f'{key}="{value}"' for key, value in quoted.items()]
        return "Digest " + ", ".join([*said, *(f"{key}={one}" for key, one in plain.items())])


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def read(headers: list[str]) -> Challenge | None:
    """The best of the challenges that can be answered without telling the password."""
    found: list[dict[str, str]] = []
    for header in headers:
        scheme, _, rest = header.strip().partition(" ")
        if scheme.lower() != "digest" or not rest.isascii() or not rest.isprintable():
            continue
        fields = {one[1].lower(): one[2] or one[3] or "" for one in _FIELD.finditer(rest[:4000])}
        qop = {word.strip() for word in fields.get("qop", "auth").lower().split(",")}
        if fields.get("algorithm", "MD5").lower() in _HASHES and "auth" in qop:
            found.append(fields)
    best = max(found, key=lambda one: one.get("algorithm", "").lower() == "sha-256", default=None)
    return Challenge(best) if best is not None else None
