"""Who we are: numbers of the specifications, and challenges that cannot be answered."""

import base64

import pytest

from opsconsole.transports.onvif.sign import read, token

RFC = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=%s,'
    ' nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMk"'
)


def test_a_token_is_the_one_of_the_onvif_programmers_guide() -> None:
    nonce = base64.b64decode("LKqI6G/AikKCQrN0zqZFlg==")
    said = token("user&", "userpassword", 1284623445.0, nonce)
    assert "<w:Username>user&amp;</w:Username>" in said
    assert "<u:Created>2010-09-16T07:50:45Z</u:Created>" in said
    assert ">tuOSpGlFlIXsozq4HFNeeGeFLEI=</w:Password>" in said
    assert ">LKqI6G/AikKCQrN0zqZFlg==</w:Nonce>" in said
    assert "userpassword" not in said


@pytest.mark.parametrize(("offered", "wanted"), [("MD5", "MD5"), ("SHA-256", "SHA-256")])
def test_a_challenge_is_answered_for_each_request_anew(offered: str, wanted: str) -> None:
    challenge = read([RFC % offered])
    assert challenge is not None
    first, second = (challenge.header("Mufasa", "Circle of Life", "GET", "/dir") for _ in range(2))
    assert f"algorithm={wanted}" in first
    assert 'opaque="FQhe/qaU925kfnzjCev0ciny7QMk"' in first
    assert ("nc=00000001" in first, "nc=00000002" in second) == (True, True)
    assert "Circle" not in first + second


def test_the_better_hash_is_taken() -> None:
    challenge = read([RFC % "MD5", RFC % "SHA-256"])
    assert challenge is not None
    assert "algorithm=SHA-256" in challenge.header("a", "b", "GET", "/")


@pytest.mark.parametrize(
    "header",
    ["", "Basic realm=x", "Digest", RFC % "MD5-sess", RFC % "SHA-512-256",
     'Digest realm="x", qop="auth-int", nonce="n"', 'Digest realm="x\r\nX: y", nonce="n"'],
)  # fmt: skip
def test_what_would_tell_the_password_or_is_unknown_is_not_answered(header: str) -> None:
    found = read([header])
    assert found is None or (header == "Digest" and "Digest" in found.header("a", "b", "GET", "/"))
