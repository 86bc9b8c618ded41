"""Who may ask a gateway: proofs of its account, each good once."""

import hashlib
import re

import pytest

from opsconsole.osdp import digest
from opsconsole.osdp.digest import REALM, REMEMBERED, Door

PATH = "/ISAPI/System/time"


def sha(*words: str) -> str:
    return hashlib.sha256(":".join(words).encode()).hexdigest()


def nonce(door: Door) -> str:
    found = re.search(r'nonce="([^"]+)"', door.challenge())
    assert found
    return found[1]


def proof(
    given: str, *, user: str = "ops", password: str = "x", count: str = "00000001",
    uri: str = PATH, qop: str = "auth",
) -> str:  # fmt: skip
    response = sha(sha(user, REALM, password), given, count, "c", "auth", sha("GET", uri))
    return (f'Digest username="{user}", realm="{REALM}", nonce="{given}", uri="{uri}", nc={count}, '
            f'cnonce="c", qop={qop}, algorithm=SHA-256, response="{response}"')  # fmt: skip


def test_a_proof_is_good_once() -> None:
    door = Door("ops", "x")
    given = nonce(door)
    assert door.judge("GET", PATH, proof(given)) == ""
    assert door.judge("GET", PATH, proof(given)) == "stale"
    assert door.judge("GET", PATH, proof(given, count="00000002")) == ""
    assert given != nonce(door)


@pytest.mark.parametrize(
    "change",
    [{"user": "root"}, {"password": "y"}, {"uri": "/other"}, {"qop": "auth-int"}],
)
def test_what_is_no_proof(change: dict[str, str]) -> None:
    door = Door("ops", "x")
    assert door.judge("GET", PATH, proof(nonce(door), **change)) == "wrong"
    for said in ("", "Basic b3BzOng=", "Digest", 'Digest uri="' + "x" * 9999, "Digest \x00"):
        assert door.judge("GET", PATH, said) == "wrong"
    assert door.judge("PUT", PATH, proof(nonce(door))) == "wrong"


def test_a_nonce_is_ours_and_young(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door("ops", "x")
    given = nonce(door)
    for made_up in ("", "x", "0-0-0", nonce(Door("ops", "x"))):
        assert door.judge("GET", PATH, proof(made_up)) == "stale"
    monkeypatch.setattr(digest, "GOOD_S", -1.0)
    assert door.judge("GET", PATH, proof(given)) == "stale"
    assert "stale=true" in door.challenge(stale=True)


def test_what_is_remembered_is_bounded() -> None:
    door = Door("ops", "x")
    given = nonce(door)
    for number in range(REMEMBERED + 10):
        assert door.judge("GET", PATH, proof(given, count=f"{number:08x}")) == ""
    assert door.judge("GET", PATH, proof(given, count=f"{REMEMBERED:08x}")) == "stale"
