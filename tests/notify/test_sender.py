"""Messages to a real web server: what it gets, whether it can trust it, and what is said of it."""

import asyncio
import hashlib
import hmac
import json
from dataclasses import replace
from pathlib import Path

import pytest

from opsconsole.alert import Phase
from opsconsole.channel import Channel
from opsconsole.errors import Denied, Malformed, TargetError, Unreachable, Unsupported, Untrusted
from opsconsole.model import Level
from opsconsole.notify import Message, sender
from opsconsole.notify.sender import send
from opsconsole.secret import Secret
from tests.conftest import ROOT
from tests.notify.scene import HOOK, alert, posted, told
from tests.servers.authority import Authority
from tests.servers.web import Asked, Route, Web, page, web

ONE = Message((alert("a", Level.CRIT),))
ROUTES: dict[str, Route] = {"/hook": page(b"thanks", 202)}


def secret(folder: Path, text: str) -> Secret:
    path = folder / "secret"
    path.write_text(text)
    path.chmod(0o600)
    return Secret("file", (str(path),))


def hook(server: Web) -> Channel:
    return replace(HOOK, webhook=f"{server.url}/hook")


async def failure(channel: Channel) -> TargetError:
    with pytest.raises(TargetError) as caught:
        await send(channel, ONE)
    return caught.value


async def test_a_webhook_gets_json_and_its_answer_is_told() -> None:
    async with web(dict(ROUTES)) as server:
        message = Message((alert("a", Level.CRIT), alert("b", phase=Phase.RESOLVED)), 3)
        assert await send(hook(server), message) == "status 202, saying: thanks"
        (document,) = posted(server)
        assert told(document) == [("a", "open", "crit"), ("b", "resolved", "warn")]
        assert document["title"] == "1 critical, 1 resolved, 3 more"
        assert (document["schema"], document["left_out"]) == ("opsconsole.alerts/1", 3)
        (asked,) = server.asked
        assert (asked.method, asked.headers["content-type"]) == ("POST", "application/json")
        assert len(asked.headers["x-opsconsole-delivery"]) == 32
        assert "x-opsconsole-signature" not in asked.headers


async def test_every_field_of_the_document_is_documented() -> None:
    async with web(dict(ROUTES)) as server:
        await send(hook(server), ONE)
        (document,) = posted(server)
    text = (ROOT / "docs" / "notify.md").read_text()
    fields = {*document, *document["alerts"][0]}
    assert {field for field in fields if f"`{field}`" not in text} == set()


async def test_the_signature_proves_sender_time_and_content(tmp_path: Path) -> None:
    async with web(dict(ROUTES)) as server:
        key = secret(tmp_path, "shared-key")
        await send(replace(hook(server), signature=key, token=key), ONE)
        (asked,) = server.asked
        moment, mac = (part[2:] for part in asked.headers["x-opsconsole-signature"].split(","))
        signed = f"{moment[0:]}.".encode() + asked.body
        mac = mac.removeprefix("=")
        assert mac == hmac.new(b"shared-key", signed, hashlib.sha256).hexdigest()
        assert asked.headers["authorization"] == "Bearer shared-key"


@pytest.mark.parametrize(
    ("status", "kind"), [(401, Denied), (403, Denied), (404, Malformed), (500, Malformed)]
)
async def test_a_refusal_is_told(status: int, kind: type[TargetError]) -> None:
    async with web({"/hook": page(b"no\x1b[2J", status)}) as server:
        error = await failure(hook(server))
        assert isinstance(error, kind)
        assert str(error) == f"hook: status {status}, saying: no�[2J"
        assert error.remedy


async def test_a_redirect_is_not_followed() -> None:
    async with web(dict(ROUTES)) as other, web() as server:
        server.routes["/hook"] = page(b"", 307, Location=f"{other.url}/hook")
        assert isinstance(await failure(hook(server)), Malformed)
        assert other.connections == 0


async def test_nobody_there_and_a_stranger_are_told(tmp_path: Path) -> None:
    away = await failure(HOOK)
    assert isinstance(away, Unreachable)
    assert str(away) == "hook: Connection refused"
    nameless = await failure(replace(HOOK, webhook="http://no-such-host.invalid/"))
    assert isinstance(nameless, Unreachable)
    authority = Authority(tmp_path)
    async with web(dict(ROUTES), authority.server()) as server:
        error = await failure(hook(server))
        assert isinstance(error, Untrusted)
        assert "ca" in error.remedy
        assert await send(replace(hook(server), ca=str(authority.path)), ONE)
        bad = await failure(replace(hook(server), ca=str(tmp_path / "none")))
        assert isinstance(bad, Unsupported)


async def test_one_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "PATIENCE", 0.3)

    async def hang(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        await writer.wait_closed()

    async with web({"/hook": hang}) as server:
        error = await failure(hook(server))
        assert isinstance(error, Unreachable)
        assert "no answer within" in str(error)


async def test_a_secret_that_is_said_back_is_masked(tmp_path: Path) -> None:
    async with web({"/hook": page(b"bad token t0ken-and-more", 401)}) as server:
        channel = replace(hook(server), token=secret(tmp_path, "t0ken-and-more"))
        assert "t0ken" not in repr(await failure(channel))


def through(folder: Path, server: Web) -> Channel:
    """The same receiver by the way of apprise."""
    url = f"json://127.0.0.1:{server.port}/hook"
    return Channel("chat", url=secret(folder, url))


async def test_apprise_delivers(tmp_path: Path) -> None:
    pytest.importorskip("apprise")
    async with web({"/hook": page(b"{}", Connection="close")}) as server:
        assert await send(through(tmp_path, server), ONE) == "received"
        (document,) = posted(server)
        assert document["title"] == "critical: web-1 /a: Disk is full"
        assert document["message"] == "CRITICAL web-1 /a: Disk is full (97 % over 90 %)"
        assert document["type"] == "failure"


async def test_markup_in_an_alert_is_plain_text_to_apprise(tmp_path: Path) -> None:
    pytest.importorskip("apprise")
    evil = "<b>[/x] \\n {{ a }} *b*"
    async with web({"/hook": page(b"{}", Connection="close")}) as server:
        await send(through(tmp_path, server), Message((alert("a", why=evil),)))
        assert evil in json.loads(server.asked[0].body)["message"]


async def test_what_apprise_could_not_deliver_is_told_without_its_url(tmp_path: Path) -> None:
    pytest.importorskip("apprise")
    async with web({"/hook": page(b"no", 500, Connection="close")}) as server:
        error = await failure(through(tmp_path, server))
        assert isinstance(error, Unreachable)
        assert "json://" not in repr(error)
    unknown = Channel("chat", url=secret(tmp_path, "no-such-service://t0ken-and-more"))
    error = await failure(unknown)
    assert isinstance(error, Unsupported)
    assert "t0ken" not in repr(error)


async def test_without_apprise_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(name: str) -> None:
        assert name == "apprise"

    monkeypatch.setattr(sender, "find_spec", none)
    error = await failure(Channel("chat", url=secret(tmp_path, "json://127.0.0.1:1/")))
    assert isinstance(error, Unsupported)
    assert "opsconsole[notify]" in error.remedy
