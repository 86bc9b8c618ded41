"""Who is believed over TLS, and how secrets are sent and kept."""

import asyncio
import datetime
import logging
import os
from pathlib import Path

import pytest

from opsconsole.errors import Denied, Lost, Malformed, TargetError, Unsupported, Untrusted
from opsconsole.secret import Secret
from tests.servers.authority import Authority
from tests.servers.web import Route, page, web
from tests.transports.http.scene import opened, target

PAGES: dict[str, Route] = {"/one": page(b"1")}


async def refused(url: str, **settings: object) -> TargetError:
    """Why no session came about, or why it ended at its first question."""
    try:
        async with opened(target(url, None, **settings)) as (session, _):
            session.ask("one")
            await session.ended()
    except TargetError as error:
        return error
    raise AssertionError("nothing was wrong")


async def test_a_private_authority_is_believed_only_when_named(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with web(dict(PAGES), authority.server()) as server:
        unknown = await refused(server.url)
        assert isinstance(unknown, Untrusted)
        assert "authority that is not known" in str(unknown)
        assert 'ca = "PATH"' in unknown.remedy
        async with opened(target(server.url, ca=authority.path)) as (session, heard):
            session.ask("one")
            await heard.until(lambda h: len(h.answers) == 1)
        async with opened(target(server.url, insecure=True)):
            pass
        another = Authority(tmp_path, "another")
        assert isinstance(await refused(server.url, ca=another.path), Untrusted)


async def test_an_expired_certificate_and_one_for_another_address_are_refused(
    tmp_path: Path,
) -> None:
    authority = Authority(tmp_path)
    old = authority.server("old", left=datetime.timedelta(days=-1))
    async with web(dict(PAGES), old) as server:
        error = await refused(server.url, ca=authority.path)
        assert isinstance(error, Untrusted)
        assert "expired" in str(error)
        assert "renew" in error.remedy
    async with web(dict(PAGES), authority.server("other", "127.0.0.9")) as server:
        error = await refused(server.url, ca=authority.path)
        assert isinstance(error, Untrusted)
        assert "another address" in str(error)


async def test_a_server_that_wants_our_certificate_gets_it(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = authority.server(clients=authority.path)
    async with web(dict(PAGES), context) as server:
        error = await refused(server.url, ca=authority.path)
        assert isinstance(error, Denied | Lost)
        cert, key = authority.sign("me")
        async with opened(target(server.url, ca=authority.path, cert=cert, key=key)):
            assert server.paths() == ["/one"]


@pytest.mark.parametrize("setting", ["ca", "cert"])
async def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, setting: str) -> None:
    no_pem = tmp_path / "none.pem"
    for content in (None, "garbage"):
        if content:
            no_pem.write_text(content)
        error = await refused("https://127.0.0.1:1", **{setting: no_pem})
        assert isinstance(error, Unsupported)
        assert f"{setting} {no_pem}" in str(error)


async def test_tls_and_none_are_told_apart() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.0 400 Bad Request\r\n\r\nThis is no HTTPS")
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    error = await refused(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    server.close()
    assert isinstance(error, Malformed)
    assert "http://" in error.remedy


def stored(folder: Path, text: str) -> Secret:
    path = folder / "secret"
    path.write_text(f"{text}\n")
    path.chmod(0o600)
    return Secret("file", (str(path),))


async def test_secrets_are_sent_as_the_settings_say(tmp_path: Path) -> None:
    secret = stored(tmp_path, "t0ken-and-more")
    async with web(dict(PAGES)) as server:
        async with opened(target(server.url, token=secret)):
            pass
        async with opened(target(server.url, token=secret, header="X-Api-Key")):
            pass
        async with opened(target(server.url, user="me", password=secret)):
            pass
        said = [
            (one.headers.get("authorization"), one.headers.get("x-api-key")) for one in server.asked
        ]
        assert said == [
            ("Bearer t0ken-and-more", None),
            (None, "t0ken-and-more"),
            ("Basic bWU6dDBrZW4tYW5kLW1vcmU=", None),
        ]


async def test_a_changed_token_is_read_anew(tmp_path: Path) -> None:
    async with web(dict(PAGES)) as server:
        for text in ("first-token", "second-token"):
            async with opened(target(server.url, token=stored(tmp_path, text))):
                pass
        said = [one.headers["authorization"] for one in server.asked]
        assert said == ["Bearer first-token", "Bearer second-token"]


async def test_a_secret_is_never_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Not even by a server that says it back."""
    caplog.set_level(logging.DEBUG)
    secret = stored(tmp_path, "t0ken-and-more")
    async with web({"/one": page(b"no t0ken-and-more here", 401)}) as server:
        error = await refused(server.url, token=secret)
        assert "saying: no *** here" in str(error)
        await server.stop()
        again = await refused(server.url, token=secret)
    told = f"{error!r} {again!r} {error.__cause__!r} {again.__cause__!r} {caplog.text}"
    assert "t0ken" not in told


async def test_a_token_that_no_header_may_have_is_refused(tmp_path: Path) -> None:
    async with web(dict(PAGES)) as server:
        error = await refused(server.url, token=stored(tmp_path, "a\r\nX-Admin: yes"))
        assert isinstance(error, Unsupported)
        assert "X-Admin" not in str(error)
        assert server.asked == []


async def test_the_environments_proxy_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with web(dict(PAGES)) as server, web() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        async with opened(target(server.url)):
            assert proxy.connections == 0
        assert os.environ["http_proxy"] == proxy.url


async def test_the_estates_proxy_is() -> None:
    async with web({"http://am.invalid/one": page(b"1")}) as proxy:
        to = target("http://am.invalid", proxy=proxy.url)
        async with opened(to):
            pass
        assert proxy.paths() == ["http://am.invalid/one"]
