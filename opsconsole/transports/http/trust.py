"""Whose certificates are believed, and which one we show: the settings of a target as TLS."""

import ssl
from pathlib import Path

from opsconsole.errors import Unsupported
from opsconsole.model import Target


def context(target: Target) -> ssl.SSLContext:
    """TLS as the target's settings want it. Reads files; raises `Unsupported` for bad ones."""
    ca, cert, key = (str(target.settings.get(name) or "") for name in ("ca", "cert", "key"))
    try:
        made = ssl.create_default_context(cafile=ca or None)
    except (OSError, ssl.SSLError) as error:
        raise _unusable(target, "ca", ca, error) from error
    if target.settings.get("insecure"):
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if cert:
        try:
            made.load_cert_chain(cert, key or None, password=_no_password)
        except (OSError, ssl.SSLError, ValueError) as error:
            raise _unusable(target, "cert", cert, error) from error
    return made


def _no_password() -> str:
    """Called for an encrypted key: OpenSSL would ask on the terminal otherwise."""
    raise ValueError("the key is encrypted")


def _unusable(target: Target, key: str, path: str, error: Exception) -> Unsupported:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    if not Path(path).exists():
        why = "there is no such file"
    what = f"{target.id}: {key} {path}: {why}"
    return Unsupported(what, "name a file in PEM form, and an unencrypted key, that we may read")
