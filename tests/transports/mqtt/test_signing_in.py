"""Who may sign in at a real broker, and whose certificate is believed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from opsconsole.errors import Denied, Lost, Malformed, TargetError, Unsupported, Untrusted
from opsconsole.secret import Secret
from opsconsole.transports.mqtt import line
from tests.servers.authority import Authority
from tests.servers.mosquitto import Broker, broker
from tests.transports.doing import done
from tests.transports.mqtt.scene import Asked, state, target

pytestmark = pytest.mark.server

TEXT = '[point.x]\ntopic = "a/x"\nwrite = { topic = "a/set", low = 0, high = 9 }\n'
SALTED = (
    "$7$101$H1GXqQyoAyJzPlpe$Uez0LHMy7I6HL4ljbnBFgzmTiRg2afleeNP0KRYU/Bpbwgc5WSapS/z5yhKbl8oxBnHxUF"
    "55RjNMv7IeF2b2ew=="
)
"""`s3cret`, as mosquitto_passwd writes it."""


def secret(folder: Path, text: str) -> Secret:
    path = folder / text
    path.write_text(text)
    path.chmod(0o600)
    return Secret("file", (str(path),))


def plugin() -> Path:
    """That of mosquitto which says who may do what; skips the test without it."""
    for found in Path("/usr/lib").glob("*/mosquitto_dynamic_security.so"):
        return found
    pytest.skip("the dynamic security plug-in of mosquitto is not installed")


async def test_a_login_is_wanted_and_a_right_that_is_missing_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "SETTLES_S", 0.01)
    users, rights = tmp_path / "users", tmp_path / "rights"
    users.write_text(f"ops:{SALTED}\n")
    rights.write_text("user ops\ntopic read a/#\n")
    config = f"allow_anonymous false\npassword_file {users}\nacl_file {rights}\n"
    with broker(tmp_path, config) as own:
        for more in ({}, {"user": "ops", "password": secret(tmp_path, "wrong")}):
            with pytest.raises(Denied, match="the broker refuses us: Not authorized"):
                await Asked(target(own, tmp_path, TEXT, **more)).open()
        to = target(own, tmp_path, TEXT, user="ops", password=secret(tmp_path, "s3cret"))
        asked = await Asked(to).open()
        await asked.until(state("x", "waiting"))
        status, said = await done(asked.transport, to, "WRITE", "x", "3")
        assert (status, said) == (135, b"the broker says: Not authorized")
        await asked.transport.close()


async def test_a_topic_that_may_not_be_heard_costs_no_other(tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text(
        '{"defaultACLAccess": {"publishClientSend": true, "publishClientReceive": true,'
        '"subscribe": false, "unsubscribe": true}, "anonymousGroup": "all",'
        '"groups": [{"groupname": "all", "roles": [{"rolename": "some"}]}],'
        '"roles": [{"rolename": "some", "acls":'
        '[{"acltype": "subscribeLiteral", "topic": "a/x", "priority": 1, "allow": true}]}]}'
    )
    config = f"allow_anonymous true\nplugin {plugin()}\nplugin_opt_config_file {rules}\n"
    text = TEXT + '[point.y]\ntopic = "a/y"\n'
    with broker(tmp_path, config) as own:
        asked = await Asked(target(own, tmp_path, text)).open()
        points = await asked.until(state("y", "refused"))
        assert points["y"].error == "the broker refuses it: Not authorized"
        assert points["x"].state == "waiting"
        await asked.transport.close()


More = Callable[[Authority, Path], dict[str, object]]


def _stranger(_: Authority, folder: Path) -> dict[str, object]:
    return {"ca": str(Authority(folder, "stranger").path)}


def _nameless(authority: Authority, _: Path) -> dict[str, object]:
    return {"ca": str(authority.path)}


def _missing(_: Authority, folder: Path) -> dict[str, object]:
    return {"ca": str(folder / "none")}


WRONG: list[tuple[More, type[TargetError], str]] = [
    (_stranger, Untrusted, "its certificate is refused"),
    (_nameless, Lost, "hangs up on who signs in"),
    (_missing, Unsupported, "there is no such file"),
    (lambda _a, _f: {}, Lost, "hangs up on who signs in"),
    (lambda _a, _f: {"tls": True}, Untrusted, "its certificate is refused"),
]


async def test_certificates_are_checked_both_ways(tmp_path: Path) -> None:
    address, authority = "127.92.250.1", Authority(tmp_path)
    cert, key = authority.sign("broker", address)
    ours, our_key = authority.sign("console")
    config = (
        f"allow_anonymous true\ncafile {authority.path}\ncertfile {cert}\nkeyfile {key}\n"
        "require_certificate true\n"
    )
    with broker(tmp_path, config, address) as own:
        for more, kind, why in WRONG:
            with pytest.raises(kind, match=why):
                await Asked(target(own, tmp_path, TEXT, **more(authority, tmp_path))).open()
        right = {"ca": str(authority.path), "cert": str(ours), "key": str(our_key)}
        asked = await Asked(target(own, tmp_path, TEXT, **right)).open()
        await asked.until(state("x", "waiting"))
        await asked.transport.close()


async def test_a_broker_without_tls_is_told(tmp_path: Path) -> None:
    with broker(tmp_path) as own:
        with pytest.raises(Malformed, match="does not speak TLS"):
            await Asked(target(own, tmp_path, TEXT, tls=True)).open()
        assert isinstance(own, Broker)
