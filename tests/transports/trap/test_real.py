"""Net-SNMP sends traps and informs in all versions; who is believed, and what each is told."""

import socket
from pathlib import Path

import pytest

from opsconsole.errors import Unreachable, Unsupported
from opsconsole.model import Target
from opsconsole.transports.trap import TrapTransport
from opsconsole.varbind import bindings
from tests.servers.port import PORT
from tests.servers.snmpd import AUTH, PRIV, USERS
from tests.transports.trap.scene import KEYS, LINK_DOWN, NAME_OF_PORT, listening, ran, receiver

ENGINE = "0x80001f8804726f75746572"
PORT_IS = (NAME_OF_PORT, "s", "ge7")
ONCE = ("-r", "0", "-t", "1")


def said(body: bytes) -> list[tuple[str, object]]:
    return [(one.name, one.value) for one in bindings(body)]


async def test_a_trap_of_the_second_version(tmp_path: Path) -> None:
    async with listening(receiver(tmp_path, community="public")) as (one,):
        done = await ran(tmp_path, "snmptrap", "-v2c", "-c", "public", one.at, "4200", LINK_DOWN,
                         *PORT_IS)  # fmt: skip
        assert done == (0, "")
        (notice,) = await one.until(1)
        assert (notice.oid, notice.uptime, notice.version) == (LINK_DOWN, 4200, 1)
        assert (notice.inform, notice.source, notice.user) == (False, "127.0.0.1", "")
        assert said(notice.body) == [(NAME_OF_PORT, b"ge7")]
        assert (one.told.traps, one.told.informs, one.told.refused) == (1, 0, {})


@pytest.mark.parametrize(
    ("generic", "specific", "oid"),
    [
        ("2", "0", LINK_DOWN),
        ("6", "17", "1.3.6.1.4.1.9999.2.0.17"),
        ("0", "0", "1.3.6.1.6.3.1.1.5.1"),
    ],
)  # fmt: skip
async def test_traps_of_the_first_version_are_named_as_in_the_second(
    generic: str, specific: str, oid: str, tmp_path: Path
) -> None:
    async with listening(receiver(tmp_path, community="public")) as (one,):
        await ran(tmp_path, "snmptrap", "-v1", "-c", "public", one.at, "1.3.6.1.4.1.9999.2",
                  "10.1.2.3", generic, specific, "777", *PORT_IS)  # fmt: skip
        (notice,) = await one.until(1)
        assert (notice.oid, notice.agent, notice.uptime) == (oid, "10.1.2.3", 777)
        assert (notice.version, said(notice.body)) == (0, [(NAME_OF_PORT, b"ge7")])


async def test_an_inform_is_acknowledged(tmp_path: Path) -> None:
    async with listening(receiver(tmp_path, community="public")) as (one,):
        done = await ran(tmp_path, "snmpinform", "-v2c", "-c", "public", *ONCE, "-t", "20", one.at,
                         "1", LINK_DOWN, *PORT_IS)  # fmt: skip
        assert done == (0, "")
        (notice,) = await one.until(1)
        assert notice.inform
        assert one.told.informs == 1


@pytest.mark.parametrize("user", ["plain", "signed", *USERS])
async def test_informs_and_traps_of_users(user: str, tmp_path: Path) -> None:
    auth, priv = USERS.get(user, ("SHA-256", ""))
    ours: dict[str, str] = {}
    words = ["-l", "noAuthNoPriv"]
    if user != "plain":
        ours = {"auth": auth.lower().replace("-", ""), "auth_password": AUTH}
        words = ["-l", "authNoPriv", "-a", auth, "-A", AUTH]
    if priv:
        name = priv.lower().replace("-", "")
        ours |= {"priv": name, "priv_password": PRIV}
        words[1:2] = ["authPriv", "-x", priv, "-X", PRIV]
    words = ["-v3", "-u", user, *words]
    async with listening(receiver(tmp_path, user=user, **ours)) as (one,):
        done = await ran(tmp_path, "snmpinform", *words, "-r", "2", "-t", "20", one.at, "1",
                         LINK_DOWN, *PORT_IS)  # fmt: skip
        assert done == (0, "")
        done = await ran(tmp_path, "snmptrap", *words, "-e", ENGINE, one.at, "1", LINK_DOWN,
                         *PORT_IS)  # fmt: skip
        assert done == (0, "")
        both = await one.until(2)
        assert [notice.inform for notice in both] == [True, False]
        for notice in both:
            assert (notice.user, notice.version) == (user, 3)
            assert said(notice.body) == [(NAME_OF_PORT, b"ge7")]
        assert (one.told.refused, one.told.again) == ({}, 0)


WHO = {"-u": "watch", "-l": "authPriv", "-a": "SHA-256", "-A": AUTH, "-x": "AES", "-X": PRIV}


def words_of(who: dict[str, str]) -> list[str]:
    return ["-v3", *(word for pair in who.items() for word in pair)]


GOOD = words_of(WHO)


@pytest.mark.parametrize(
    ("word", "wrong", "why", "told"),
    [
        ("-A", "wrongpass123", "a wrong digest", "Authentication failure"),
        ("-X", "wrongpass123", "enciphered with another key", "Decryption error"),
        ("-u", "nobody", "an unknown community or user", "Unknown user name"),
        ("-l", "authNoPriv", "another level of security", "Unsupported security level"),
    ],
)
async def test_who_is_not_believed_is_told_why(
    word: str, wrong: str, why: str, told: str, tmp_path: Path
) -> None:
    words = words_of({**WHO, word: wrong})
    async with listening(receiver(tmp_path, user="watch", **KEYS)) as (one,):
        status, out = await ran(tmp_path, "snmpinform", *words, "-r", "0", "-t", "20", one.at, "1",
                                LINK_DOWN)  # fmt: skip
        assert status != 0
        assert told in out
        now = await one.now()
        assert [reason for reason in now.refused if why in reason]
        (sender,) = now.senders
        assert (sender.source, sender.believed, sender.refused > 0) == ("127.0.0.1", 0, True)
        assert not now.notices


async def test_an_unknown_community_is_met_with_silence(tmp_path: Path) -> None:
    async with listening(receiver(tmp_path, community="public")) as (one,):
        status, out = await ran(tmp_path, "snmpinform", "-v2c", "-c", "other", "-r", "0", "-t",
                                "0.3", one.at, "1", LINK_DOWN)  # fmt: skip
        assert status != 0
        assert "Timeout" in out
        now = await one.now()
        assert now.refused == {"an unknown community or user": 1}
        assert "other" not in str(now)


async def test_several_share_a_port_each_with_its_own_senders(tmp_path: Path) -> None:
    first = receiver(tmp_path, community="public")
    at = str(first.settings["listen"])
    second = receiver(tmp_path, at, "watch", **KEYS)
    third = receiver(tmp_path, at, community="third")
    async with listening(first, second, third) as ears:
        for words in (["-v2c", "-c", "third"], [*GOOD, "-e", ENGINE], ["-v2c", "-c", "public"]):
            await ran(tmp_path, "snmptrap", *words, ears[0].at, "1", LINK_DOWN)
        notices = [await one.until(1) for one in ears]
        assert [[one.version for one in some] for some in notices] == [[1], [3], [1]]
        await ears[0].session.close()
        done = await ran(tmp_path, "snmpinform", "-v2c", "-c", "third", *ONCE, "-t", "20",
                         ears[0].at, "1", LINK_DOWN)  # fmt: skip
        assert done == (0, "")
        assert len(await ears[2].until(2)) == 2


async def test_why_it_cannot_listen(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        to = receiver(tmp_path, community="public")
        other.bind((str(to.settings["listen"]), PORT))
        with pytest.raises(Unreachable, match="it is taken"):
            await _open(to)
    with pytest.raises(Unsupported, match="neither a community nor a user"):
        await _open(receiver(tmp_path))
    with pytest.raises(Unsupported, match="no address"):
        await _open(receiver(tmp_path, "no.address", community="public"))
    with pytest.raises(Unsupported, match="no such address"):
        await _open(receiver(tmp_path, "192.0.2.1", community="public"))
    with pytest.raises(Unsupported, match="does nothing"):
        await TrapTransport().execute(to, ("any",), lambda _: None)
    await _open(to)


async def _open(to: Target) -> None:
    transport = TrapTransport()
    try:
        await transport.open(to, {}, 1.0, lambda _: None)
    finally:
        await transport.close()
