"""A real agent, in all versions, at all levels of security; wrong keys; another boot; writing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from opsconsole import varbind
from opsconsole.errors import Denied, Malformed, Refused, TargetError, Unreachable, Unsupported
from opsconsole.question import HttpRequest, SnmpGet, SnmpWalk, parted
from opsconsole.table import why
from opsconsole.transports.snmp import SnmpTransport
from tests.servers.snmpd import AUTH, PRIV, USERS, Agent, agent
from tests.transports.snmp.scene import again, answered, opened, target

pytestmark = pytest.mark.server

ENTRY = "1.3.6.1.2.1.2.2.1"
NAME, ABSENT = "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.99.0"
ASKED = (SnmpGet((NAME, ABSENT)), SnmpWalk(ENTRY, (1, 2)))

LONG = {"MD5": "md5", "SHA": "sha"}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    with agent(tmp_path_factory.mktemp("snmpd")) as one:
        yield one


def said(name: str) -> dict[str, object]:
    """What the estate says of a user of the agent."""
    auth, priv = USERS[name]
    return {
        "version": "3",
        "auth": auth.lower().replace("-", ""),
        "auth_password": AUTH,
        "priv": priv.lower().replace("-", ""),
        "priv_password": PRIV,
    }


@pytest.mark.parametrize("version", ["1", "2c", "plain", "signed", *USERS])
async def test_it_is_asked_in_every_version_and_at_every_level(
    real: Agent, tmp_path: Path, version: str
) -> None:
    if version in USERS:
        to = target(tmp_path, real.address, version, **said(version))
    elif version == "plain":
        to = target(tmp_path, real.address, version, version="3")
    elif version == "signed":
        keys = {"auth": "sha256", "auth_password": AUTH}
        to = target(tmp_path, real.address, version, version="3", **keys)
    else:
        to = target(tmp_path, real.address, version=version, community="public")
    got, table = await answered(to, *ASKED)
    assert varbind.values(got) == {NAME: b"agent", ABSENT: None}
    rows = varbind.rows(table, ENTRY)
    assert rows
    assert all(row[1] == int(index) for index, row in rows.items())
    assert b"lo" in {row[2] for row in rows.values()}


async def test_a_walk_in_small_steps_finds_what_a_large_one_does(
    real: Agent, tmp_path: Path
) -> None:
    walk = SnmpWalk("1.3.6.1.2.1.1")
    oldest, newest = [
        varbind.read((await answered(target(tmp_path, real.address, **way), walk))[0])
        for way in ({"version": "1", "community": "public"}, {"community": "public"})
    ]
    assert [one.name for one in oldest] == [one.name for one in newest]
    assert len(newest) > 10


async def test_a_leaf_is_walked_to_its_value(real: Agent, tmp_path: Path) -> None:
    to = target(tmp_path, real.address, community="public")
    (part,) = await answered(to, SnmpWalk(NAME))
    assert varbind.values(part) == {NAME: b"agent"}


@pytest.mark.parametrize(
    ("user", "changed", "kind", "found"),
    [
        ("nobody", {}, Denied, "usmStatsUnknownUserNames"),
        ("shaaes", {"auth_password": "another-one"}, Denied, "usmStatsWrongDigests"),
        ("shaaes", {"auth": "sha256"}, Denied, "usmStatsWrongDigests"),
        ("plain", {}, Denied, "usmStatsUnsupportedSecLevels"),
        ("shaaes", {"priv_password": "another-one", "retries": 0}, Unreachable, "no answer"),
    ],
)
async def test_a_wrong_key_is_told_by_its_name(
    real: Agent, tmp_path: Path, user: str, changed: dict[str, object], kind: type, found: str
) -> None:
    to = target(tmp_path, real.address, user, **{**said("shaaes"), **changed})
    with pytest.raises(TargetError, match=found) as caught:
        await answered(to, *ASKED)
    assert type(caught.value) is kind
    assert caught.value.remedy
    assert "another-one" not in str(caught.value) + caught.value.remedy


async def test_a_user_that_has_to_sign_and_does_not_is_let_in_for_nothing(
    real: Agent, tmp_path: Path
) -> None:
    with pytest.raises(Denied, match="authorizationError"):
        await answered(target(tmp_path, real.address, "signed", version="3"), *ASKED)


async def test_a_community_that_is_unknown_is_met_with_silence(real: Agent, tmp_path: Path) -> None:
    to = target(tmp_path, real.address, community="wrong", retries=0)
    with pytest.raises(Unreachable, match="box: no answer to 1 requests") as caught:
        await answered(to, *ASKED)
    assert "community" in caught.value.remedy


async def test_another_boot_of_the_agent_is_no_reason_to_stop(tmp_path: Path) -> None:
    with agent(tmp_path) as one:
        to = target(tmp_path, one.address, "shaaes", **said("shaaes"))
        async with opened(to, *ASKED) as (session, heard, _):
            assert (await again(session, heard)).error is None
            one.stop()
            one.start()
            answer = await again(session, heard)
            assert answer.error is None
            assert varbind.values(parted(answer.payload, 2)[0])[NAME] == b"agent"


async def test_what_is_written_is_there_afterwards(real: Agent, tmp_path: Path) -> None:
    to, heard = target(tmp_path, real.address, community="private"), list[bytes]()
    location, transport = "1.3.6.1.2.1.1.6.0", SnmpTransport()
    assert await transport.execute(to, ("SET", location, "s", "room 7"), heard.append) == 0
    assert await transport.execute(to, ("GET", location), heard.append) == 0
    assert heard == [f"{location} room 7\n".encode()] * 2
    reader = target(tmp_path, real.address, community="public")
    status = await transport.execute(reader, ("SET", location, "s", "no"), heard.append)
    await transport.close()
    assert status in {6, 16, 17}
    assert heard[2] in {b"noAccess at 1\n", b"authorizationError at 1\n", b"notWritable at 1\n"}


@pytest.mark.parametrize(
    ("user", "changed", "found"),
    [
        (None, {}, "community"),
        (None, {"version": "3"}, "user"),
        ("u", {"version": "3", "auth": "sha"}, "auth_password"),
        ("u", {"version": "3", "auth_password": "authpass123"}, "`auth`"),
        ("u", {"version": "3", "priv": "aes", "priv_password": PRIV}, "auth_password"),
    ],
)
async def test_settings_that_lack_something_are_told_before_anything_is_sent(
    tmp_path: Path, user: str | None, changed: dict[str, object], found: str
) -> None:
    with pytest.raises(Unsupported) as caught:
        await answered(target(tmp_path, "127.0.0.1", user, **changed), *ASKED)
    assert found in caught.value.remedy


async def test_a_password_that_is_too_short_and_a_name_that_is_unknown(tmp_path: Path) -> None:
    keys = {"version": "3", "auth": "sha", "auth_password": "short"}
    with pytest.raises(Malformed, match="shorter than the 8"):
        await answered(target(tmp_path, "127.0.0.1", "u", **keys), *ASKED)
    with pytest.raises(Unreachable, match="name is not known"):
        await answered(target(tmp_path, "no.such.name.invalid", community="public"), *ASKED)


async def test_a_question_of_another_kind_is_not_asked(tmp_path: Path) -> None:
    to, transport = target(tmp_path, "127.0.0.1", community="public"), SnmpTransport()
    with pytest.raises(Unsupported, match="box: one"):
        await transport.open(to, {"one": (HttpRequest("/"),)}, 1.0, lambda _: None)
    await transport.close()


async def test_a_question_with_a_name_that_is_none_is_told_as_such(tmp_path: Path) -> None:
    to, transport = target(tmp_path, "127.0.0.1", community="public"), SnmpTransport()
    with pytest.raises(Unsupported, match="box: 'one' is no number of an OID"):
        await transport.open(to, {"one": (SnmpGet(("one",)),)}, 1.0, lambda _: None)
    await transport.close()


async def test_no_secret_is_in_what_is_shown_of_the_objects(real: Agent, tmp_path: Path) -> None:
    to = target(tmp_path, real.address, "shaaes", **said("shaaes"))
    async with opened(to, *ASKED) as (session, heard, _):
        answer = await again(session, heard)
        assert why(parted(answer.payload, 2)[0]) is None
        received, sent = session.traffic
        assert received > len(answer.payload) / 2
        assert sent > 0
        assert AUTH not in repr(vars(session))


async def test_looks_are_answered_as_they_came_and_our_address_is_told(
    real: Agent, tmp_path: Path
) -> None:
    to, transport, heard = (
        target(tmp_path, real.address, community="public"),
        SnmpTransport(),
        list[bytes](),
    )
    assert await transport.execute(to, ("READ", NAME, ABSENT), heard.append) == 0
    (body,) = heard
    assert [one.value for one in varbind.bindings(body)] == [b"agent", None]
    heard.clear()
    assert await transport.execute(to, ("WALK", f"{ENTRY}.1", f"{ENTRY}.2"), heard.append) == 0
    assert len(heard) == 2
    assert {b"lo"} <= {one.value for one in varbind.bindings(b"".join(heard))}
    heard.clear()
    assert await transport.execute(to, ("HERE",), heard.append) == 0
    assert heard == [b"127.0.0.1\n"]
    with pytest.raises(Refused, match="no number of an OID"):
        await transport.execute(to, ("WALK", "any"), heard.append)
    await transport.close()


async def test_what_is_kept_is_asked_once(real: Agent, tmp_path: Path) -> None:
    to = target(tmp_path, real.address, community="public")
    async with opened(to, SnmpGet((NAME,)), SnmpWalk(ENTRY, (2,), keep=3600)) as (
        session,
        heard,
        _,
    ):
        first = await again(session, heard)
        sent = session.traffic[1]
        second = await again(session, heard)
        assert session.traffic[1] - sent < sent
        assert parted(first.payload, 2) == parted(second.payload, 2)
