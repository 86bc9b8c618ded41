"""TLS to a real Redis server: certificates are checked, and ours is shown."""

from collections.abc import Generator
from pathlib import Path

import pytest

from opsconsole.errors import Denied, Lost, Malformed, TargetError, Unreachable, Untrusted
from opsconsole.transports.redis import wire
from tests.servers.authority import Authority
from tests.servers.redis import Server
from tests.transports.redis.scene import answered, target, value

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def guarded(
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[tuple[Server, Authority], None, None]:
    """A server that speaks TLS alone, and wants a certificate of its clients."""
    folder = tmp_path_factory.mktemp("tls")
    authority = Authority(folder)
    one = Server(folder)
    cert, key = authority.sign("server", one.address)
    mine, mine_key = authority.sign("mine")
    one.flags("--tls-port", str(one.port), "--port", "0", "--tls-cert-file", str(cert),
              "--tls-key-file", str(key), "--tls-ca-cert-file", str(authority.path))  # fmt: skip
    login = ("--tls", "--cacert", authority.path, "--cert", mine, "--key", mine_key)
    try:
        one.start(tuple(map(str, login)))
        yield one, authority
    finally:
        one.kill()


async def test_certificates_of_both(guarded: tuple[Server, Authority], tmp_path: Path) -> None:
    one, authority = guarded
    cert, key = authority.sign("ours")
    (pong,) = await answered(target(one, ca=authority.path, cert=cert, key=key), "PING")
    assert value(pong) == b"PONG"
    (pong,) = await answered(target(one, insecure=True, cert=cert, key=key), "PING")
    assert value(pong) == b"PONG"
    with pytest.raises(Untrusted) as caught:
        await answered(target(one, tls=True, cert=cert, key=key), "PING")
    assert 'ca = "PATH"' in caught.value.remedy
    stranger = Authority(tmp_path, "stranger")
    with pytest.raises(Untrusted):
        await answered(target(one, ca=stranger.path, cert=cert, key=key), "PING")


async def test_none_of_ours(guarded: tuple[Server, Authority]) -> None:
    one, authority = guarded
    with pytest.raises(TargetError) as caught:
        await answered(target(one, ca=authority.path), "PING")
    assert isinstance(caught.value, Denied | Lost | Untrusted)


async def test_one_side_speaks_tls_only(
    guarded: tuple[Server, Authority], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, authority = guarded
    with pytest.raises(Lost) as caught:
        await answered(target(one), "PING")
    assert "`tls`" in caught.value.remedy
    plain = Server(tmp_path, "--protected-mode", "no")
    try:
        plain.start()
        monkeypatch.setattr(wire, "CONNECT_S", 1.0)  # Redis may wait for the end of a line
        with pytest.raises(TargetError) as other:
            await answered(target(plain, ca=authority.path), "PING")
        assert isinstance(other.value, Malformed | Unreachable)
        assert "TLS" in str(other.value) + other.value.remedy
    finally:
        plain.kill()
