"""Who we are at a cluster: what kubeconfigs say, what is renewed, and what can go wrong there."""

import asyncio
import datetime
import ssl
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from opsconsole.errors import Denied, Unsupported, Untrusted
from opsconsole.model import Target
from opsconsole.question import HttpRequest, Questions
from opsconsole.secret import Secret
from opsconsole.transports.kubernetes import access, account
from opsconsole.transports.kubernetes.account import Account
from opsconsole.turn import Phase
from tests.servers.authority import Authority
from tests.servers.kubernetes import ADMIN, Kubernetes, Login, kubernetes
from tests.transports.kubernetes.scene import Space, opened, target, until

pytestmark = pytest.mark.server

ALL = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}

READY: Questions = {"ready": (HttpRequest("/api/v1/namespaces"),)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return Authority(folder)


@pytest.fixture(scope="module")
def running(authority: Authority) -> Iterator[Kubernetes]:
    with kubernetes(tls=authority) as server:
        yield server


def by(path: Path) -> Target:
    """A target that a kubeconfig names: a process reads it, each time."""
    return Target("prod", "kubernetes", "kubernetes", settings={"kubeconfig": str(path)})


@pytest.fixture(scope="module")
def token(folder: Path) -> Path:
    path = folder / "token"
    path.write_text(ADMIN)
    path.chmod(0o600)
    return path


@pytest.fixture
def prod(running: Kubernetes, authority: Authority) -> Target:
    """A target whose settings say all but who we are."""
    return target(running.base_url, ca=str(authority.path))


def also(to: Target, **settings: object) -> Target:
    return replace(to, settings={**to.settings, **settings})


async def answered(to: Target) -> None:
    async with opened(to, READY, ask=["ready"]) as (_, rows):
        await until(lambda: rows.answers)
        assert rows.faults == []


async def test_a_certificate_in_files_is_shown_and_a_replaced_one_is_taken(
    prod: Target, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "LOOK", 0.0)
    cert, key = map(str, authority.sign("admin"))
    async with opened(also(prod, cert=cert, key=key), READY, ask=["ready"]) as (session, rows):
        await until(lambda: rows.answers)
        assert session.account.readings == 1
        authority.sign("admin")  # the same files, another certificate
        session.ask("ready")
        await until(lambda: len(rows.answers) == 2)
        assert session.account.readings == 2
    assert rows.faults == []


async def test_what_is_watched_outlives_a_certificate(
    prod: Target, running: Kubernetes, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "LOOK", 0.0)
    cert, key = map(str, authority.sign("admin"))
    space = Space(running, "rotated", also(prod, cert=cert, key=key))
    await asyncio.to_thread(space.add, "map-1")
    async with opened(space.target, {**space.maps(), **READY}) as (session, rows):
        await until(lambda: rows.now)
        authority.sign("admin")
        session.ask("ready")
        await until(lambda: session.account.readings == 2)
        version = await space.change("map-1")
        await until(lambda: rows.now["map-1"] == version)
        assert len(await space.asked("watch=1")) == 1
        await space.tell("hang_up")  # what is opened now shows the new one
        version = await space.change("map-1", "y")
        await until(lambda: rows.now["map-1"] == version)
    assert rows.count(Phase.FIRST) == 1


async def test_a_plugin_is_asked_again_when_its_token_is_refused(
    running: Kubernetes, tmp_path: Path
) -> None:
    running.control("user", token="first", name="admin", rules=[ALL])
    path = running.kubeconfig(tmp_path / "config", Login("exec", "exec", "first"))
    async with opened(by(path), READY, ask=["ready"]) as (session, rows):
        await until(lambda: rows.answers)
        (tmp_path / "exec.token").write_text(ADMIN)
        running.control("expire", token="first")
        for _ in range(3):
            session.ask("ready")
        await until(lambda: len(rows.answers) == 4)
    assert rows.faults == []
    assert len((tmp_path / "exec.calls").read_text().splitlines()) == 2  # once for all of them


async def test_a_plugin_is_asked_again_before_its_token_expires(
    running: Kubernetes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "AGAIN", 0.0)
    path = running.kubeconfig(tmp_path / "config", Login("exec", "exec"))
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=30)
    (tmp_path / "exec.expires").write_text(f"{soon:%Y-%m-%dT%H:%M:%SZ}")
    who = Account(by(path))
    first = await who.current()
    assert first.expires == pytest.approx(soon.timestamp(), abs=1)
    (tmp_path / "exec.expires").unlink()
    assert (await who.current()).expires == float("inf")
    await who.current()
    assert who.readings == 2


async def test_a_token_in_a_file_is_read_anew_when_it_is_refused(
    prod: Target, running: Kubernetes, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    path.write_text("old")
    path.chmod(0o600)
    running.control("user", token="old", name="admin", rules=[ALL])
    async with opened(also(prod, token=Secret("file", (str(path),))), READY, ask=[]) as (one, rows):
        path.write_text(ADMIN)
        running.control("expire", token="old")
        one.ask("ready")
        await until(lambda: rows.answers)
        assert rows.faults == []
        running.control("expire", token=ADMIN)
        one.ask("ready")
        with pytest.raises(Denied, match="status 401") as caught:
            await asyncio.wait_for(one.ended(), 60)
    running.control("user", token=ADMIN, name="admin", rules=[ALL])
    assert "log in" in caught.value.remedy


async def test_our_expired_certificate_is_told_as_such(prod: Target, authority: Authority) -> None:
    cert, key = map(str, authority.sign("late", left=datetime.timedelta(hours=-1)))
    with pytest.raises(Denied, match="our own certificate has expired at 20"):
        await answered(also(prod, cert=cert, key=key))


async def test_a_server_that_is_not_trusted_gets_nothing(
    prod: Target, running: Kubernetes, token: Path
) -> None:
    running.paths(clear=True)
    with pytest.raises(Untrusted):
        await answered(target(running.base_url, token))
    assert running.paths() == []
    await answered(target(running.base_url, token, insecure=True))


async def test_a_server_is_taken_by_the_name_in_its_certificate(
    prod: Target, running: Kubernetes, token: Path
) -> None:
    who = also(prod, token=Secret("file", (str(token),)))
    with pytest.raises(Untrusted, match="another name"):
        await answered(also(who, server_name="other"))
    await answered(also(who, server_name=running.address))


async def test_impersonation_is_asked_for(prod: Target, token: Path) -> None:
    acting: dict[str, object] = {"as": "jane", "as_groups": "ops, dev"}
    said = await Account(also(prod, token=Secret("file", (str(token),)), **acting)).current()
    assert said.headers == (
        ("Authorization", f"Bearer {ADMIN}"),
        ("Impersonate-User", "jane"),
        ("Impersonate-Group", "ops"),
        ("Impersonate-Group", "dev"),
    )


async def test_a_plugin_that_hangs_is_ended_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "PATIENCE", 3.0)
    pid = tmp_path / "pid"
    script = tmp_path / "hang.py"
    script.write_text(
        f"import os, pathlib, time; pathlib.Path({str(pid)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    path = _plugin(tmp_path, sys.executable, str(script))
    with pytest.raises(Unsupported, match=r"not read in 3 s") as caught:
        await Account(by(path)).current()
    assert "plug-in" in caught.value.remedy
    await until(pid.exists)
    await until(lambda: not _runs(int(pid.read_text())))


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _plugin(folder: Path, command: str, *words: str) -> Path:
    path = folder / "config"
    listed = "".join(f"\n      - {word}" for word in words) or " []"
    path.write_text(
        "current-context: a\n"
        "contexts: [{name: a, context: {cluster: a, user: a}}]\n"
        "clusters: [{name: a, cluster: {server: 'https://127.0.0.1:1'}}]\n"
        "users:\n- name: a\n  user:\n    exec:\n"
        "      apiVersion: client.authentication.k8s.io/v1\n"
        f"      command: {command}\n      args:{listed}\n"
    )
    return path


async def test_nothing_of_ours_stays_in_the_folder_for_scraps(
    running: Kubernetes, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scraps = tmp_path / "scraps"
    scraps.mkdir()
    monkeypatch.setenv("TMPDIR", str(scraps))
    monkeypatch.setattr("tempfile.tempdir", str(scraps))
    files = authority.sign("admin")
    path = running.kubeconfig(tmp_path / "config", Login(how="data", files=files))
    who = Account(by(path))
    said = await who.current()
    made = await who.tls(said)
    assert isinstance(made, ssl.SSLContext)
    assert "PRIVATE KEY" in said.key
    assert "PRIVATE KEY" not in repr(said)
    assert ADMIN not in repr(said)
    assert list(scraps.iterdir()) == []


def test_the_end_of_a_certificate_is_found(authority: Authority) -> None:
    left = datetime.timedelta(days=40000)  # written in the longer form
    for span in (datetime.timedelta(days=3), left):
        cert, _ = authority.sign("some", left=span)
        expected = time.time() + span.total_seconds()
        assert access.ends(cert.read_text()) == pytest.approx(expected, abs=60)
    for odd in ("", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END", "junk"):
        assert access.ends(odd) == float("inf")


async def test_files_that_are_none_are_told(prod: Target) -> None:
    for key, value in (("ca", "/nowhere"), ("cert", str(Path(__file__)))):
        with pytest.raises(Unsupported, match="prod: ") as caught:
            await answered(also(prod, **{key: value}))
        assert "PEM" in caught.value.remedy


async def test_a_proxy_of_another_kind_is_told(prod: Target) -> None:
    with pytest.raises(Unsupported, match="a proxy of the kind socks5") as caught:
        await Account(also(prod, proxy="socks5://user:secret@proxy:1080")).current()
    assert "secret" not in str(caught.value)


async def test_one_reading_serves_all_who_ask(prod: Target) -> None:
    who = Account(prod)
    said = await asyncio.gather(*(who.current() for _ in range(5)))
    assert who.readings == 1
    assert all(one is said[0] for one in said)
