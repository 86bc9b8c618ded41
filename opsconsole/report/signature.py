"""Signs and checks with the operator's own SSH key, through ssh-keygen."""

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from opsconsole.clean import clean
from opsconsole.errors import UsageError

NAMESPACE = "opsconsole-incident"
"""So that a signature made for something else is none for this."""

USUAL = ("id_ed25519", "id_ecdsa", "id_rsa")
"""Keys in ~/.ssh that are tried, in this order."""

LIMIT_S = 120.0
"""A person may have to touch a token, or type a passphrase."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, as far as that is known."""

    good: bool
    key: str
    """What ssh-keygen says of the key: `ED25519 key SHA256:…`."""
    who: str = ""
    """Principal in the file of allowed signers; empty where none was given."""
    why: str = ""
    """What is wrong."""


def usual_key(home: Path | None = None) -> Path | None:
    """The operator's key; None when there is none in its usual place."""
    folder = (home or Path.home()) / ".ssh"
    return next((folder / name for name in USUAL if (folder / name).is_file()), None)


def sign(content: bytes, key: Path) -> bytes:
    """The armoured signature; raises `UsageError` when the key cannot sign."""
    with tempfile.TemporaryDirectory(prefix="opsconsole-") as folder:
        path = Path(folder) / "content"
        path.write_bytes(content)
        done = _run(("-Y", "sign", "-f", str(key), "-n", NAMESPACE, str(path)))
        made = path.with_name("content.sig")
        if done.returncode or not made.is_file():
            said = _last(done)
            raise UsageError(f"{key} cannot sign: {said}; name another with --key, or --unsigned")
        return made.read_bytes()


def check(content: bytes, signature: bytes, signers: Path | None = None) -> Signer:
    """Whether the signature is of this content, and of whom; raises `UsageError`."""
    with tempfile.TemporaryDirectory(prefix="opsconsole-") as folder:
        path = Path(folder) / "signature"
        path.write_bytes(signature)
        with_it = ("-n", NAMESPACE, "-s", str(path))
        done = _run(("-Y", "check-novalidate", *with_it), content)
        if done.returncode:
            return Signer(good=False, key="", why=_last(done) or "the signature does not fit")
        key = clean(_text(done.stdout).strip().rpartition(" with ")[2], 200)
        if signers is None:
            return Signer(good=True, key=key)
        found = _run(("-Y", "find-principals", "-s", str(path), "-f", str(signers)))
        who = _text(found.stdout).strip().partition("\n")[0]
        if found.returncode or not who:
            return Signer(good=False, key=key, why=f"the key is not in {signers}")
        sure = _run(("-Y", "verify", "-f", str(signers), "-I", who, *with_it), content)
        if sure.returncode:
            return Signer(good=False, key=key, why=_last(sure))
        return Signer(good=True, key=key, who=clean(who, 200))


def _run(arguments: Sequence[str], content: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            ("ssh-keygen", *arguments),
            input=content,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
    except FileNotFoundError:
        raise UsageError("there is no ssh-keygen here: install OpenSSH's client") from None
    except subprocess.TimeoutExpired:
        raise UsageError("ssh-keygen did not answer: is it waiting for a passphrase?") from None


def _last(done: "subprocess.CompletedProcess[bytes]") -> str:
    """What it said last, on one line."""
    said = [line for line in _text(done.stderr or done.stdout).splitlines() if line.strip()]
    return clean(said[-1] if said else f"ssh-keygen ended with {done.returncode}", 300)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
