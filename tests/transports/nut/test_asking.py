"""What real upsd is asked, and how one that is none or hostile is told."""

from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.errors import (
    Denied,
    Lost,
    Malformed,
    Refused,
    TargetError,
    Unreachable,
    Unsupported,
    Untrusted,
)
from opsconsole.question import HttpRequest, NutQuery, Questions
from opsconsole.transports.nut import NutTransport, link
from opsconsole.transports.nut.line import words, written
from tests.servers.authority import Authority
from tests.servers.nut import Upsd, upsd
from tests.servers.sampler import Heard
from tests.transports.nut.scene import VARS, asked, opened, read, saying, target

WHOLE: Questions = {
    "one": (
        NutQuery(("LIST", "UPS")),
        NutQuery(("LIST", "VAR", "*"), since="ups.status"),
        NutQuery(("VER",)),
    )
}
NO_TLS = b"ERR FEATURE-NOT-CONFIGURED\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Upsd, None, None]:
    with upsd(tmp_path_factory.mktemp("upsd")) as one:
        yield one


@pytest.mark.server
async def test_each_ups_of_a_server_is_asked(server: Upsd) -> None:
    async with opened(target(server), WHOLE) as (session, heard):
        ups, var, ver = read(await asked(session, heard), 3)
    assert [line[:2] for line in ups[0].lines] == [["UPS", "rack1"], ["UPS", "rack2"]]
    assert [answer.ups for answer in var] == ["rack1", "rack2"]
    said = {line[2]: line[3] for line in var[0].lines}
    assert (said["battery.charge"], said["device.model"]) == ("95", "5PX 1500")
    assert ver[0].lines[0][:3] == ["Network", "UPS", "Tools"]


@pytest.mark.server
async def test_one_ups_of_a_server_alone(server: Upsd) -> None:
    async with opened(target(server, ups="rack2"), WHOLE) as (session, heard):
        ups, var, _ = read(await asked(session, heard), 3)
        assert [line[1] for line in ups[0].lines] == ["rack2"]
        assert [answer.ups for answer in var] == ["rack2"]
    async with opened(target(server, ups="other")) as (session, heard):
        session.ask("one")
        with pytest.raises(Malformed) as caught:
            await session.ended()
        assert "rack1, rack2" in caught.value.remedy


@pytest.mark.server
async def test_since_when_outlives_the_connection(server: Upsd) -> None:
    transport, to, heard = NutTransport(), target(server), Heard()
    seen: list[dict[str, str]] = []
    for status in ("OL CHRG", "OB DISCHRG", "OB LB", "OL"):
        server.set("rack1", "ups.status", status)
        session = await transport.open(to, VARS, 1.0, heard)
        (answers,) = read(await asked(session, heard))
        line = next(one for one in answers[0].lines if one[2] == "ups.status")
        seen.append(dict(word.split("=") for word in line[4:]))
        await session.close()
    await transport.close()
    assert [set(one) for one in seen] == [{"OL", "CHRG"}, {"OB", "DISCHRG"}, {"OB", "LB"}, {"OL"}]
    assert seen[1]["OB"] == seen[2]["OB"], "it is on battery since then"
    assert float(seen[3]["OL"]) > float(seen[0]["OL"]), "mains came back: a new beginning"


@pytest.mark.server
async def test_a_driver_that_ended_spoils_no_other(tmp_path: Path) -> None:
    with upsd(tmp_path, ("rack1", "gone")) as one:
        one.end_driver("gone")
        async with opened(target(one)) as (session, heard):
            (answers,) = read(await asked(session, heard))
            assert sorted((a.ups, a.error, bool(a.lines)) for a in answers) == [
                ("gone", "DRIVER-NOT-CONNECTED", False),
                ("rack1", "", True),
            ]
            one.stop()
            session.ask("one")
            with pytest.raises(Lost):
                await session.ended()


@pytest.mark.server
async def test_it_encrypts_where_the_server_can(tmp_path: Path, server: Upsd) -> None:
    authority, stranger = Authority(tmp_path), Authority(tmp_path, "stranger")
    folder = tmp_path / "upsd"
    folder.mkdir()
    with upsd(folder, ("rack1",), authority=authority) as one:
        for settings in ({}, {"ca": authority.path}, {"insecure": True}, {"tls": False}):
            async with opened(target(one, None, **settings)) as (session, heard):
                assert read(await asked(session, heard))
        for wrong in ({"tls": True}, {"ca": stranger.path}):
            with pytest.raises(Untrusted):
                async with opened(target(one, None, **wrong)):
                    pass
    with pytest.raises(Unsupported) as caught:
        async with opened(target(server, tls=True)):
            pass
    assert "CERTFILE" in caught.value.remedy


async def test_nobody_there_and_what_is_no_upsd() -> None:
    with pytest.raises(Unreachable) as caught:
        async with opened(target(("127.0.0.1", 1))):
            pass
    assert "LISTEN" in caught.value.remedy
    async with saying(b"HTTP/1.1 400 Bad Request\r\n") as (where, told):
        with pytest.raises(TargetError):
            async with opened(target(where)):
                pass
        assert told[0].strip() == b"STARTTLS"
    with pytest.raises(Unsupported):
        async with opened(target(("127.0.0.1", 1)), {"one": (HttpRequest("/"),)}):
            pass


BEGIN = b"BEGIN LIST UPS\n"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (BEGIN + b"UPS a b\n" * 6000, Malformed),
        (b"x" * 40_000 + b"\n", Malformed),
        (BEGIN + b"UPS a", Lost),
        (b"", Lost),
        (b"ERR ACCESS-DENIED\n", Denied),
        (b"ERR \x1b[31mred\n", Malformed),
    ],
    ids=["endless", "long", "cut", "nothing", "denied", "hostile"],
)
async def test_what_is_hostile_ends_the_session(answer: bytes, error: type[TargetError]) -> None:
    async with saying(NO_TLS, answer) as (where, _), opened(target(where)) as (session, _heard):
        session.ask("one")
        with pytest.raises(error) as caught:
            await session.ended()
        assert "\x1b" not in str(caught.value)


async def test_the_bounds_are_those_that_are_said() -> None:
    assert link.LINES == 5000
    lines = BEGIN + b'UPS a "x"\n' * 64 + b'UPS b "y"\n' * 64 + b"END LIST UPS\n"
    vars_ = b"ERR DATA-STALE\n"
    async with (
        saying(NO_TLS, lines, *[vars_] * 64) as (where, told),
        opened(target(where)) as (session, heard),
    ):
        (answers,) = read(await asked(session, heard))
    assert len(answers) == 64
    assert len(told) == 66


@given(
    st.lists(
        st.text(
            st.characters(
                min_codepoint=32, exclude_characters="\x7f", exclude_categories=["Cs", "Cc"]
            ),
            min_size=1,
        ),
        max_size=20,
    )
)
def test_words_come_back_as_they_were_sent(said: list[str]) -> None:
    whole = written(said)
    assert whole.count(b"\n") == 1
    if whole.strip():
        assert words(whole) == said


@given(st.binary(max_size=300))
def test_any_line_is_some_words(line: bytes) -> None:
    assert all(isinstance(word, str) for word in words(line))


@pytest.mark.parametrize("word", ["a\nSET VAR x", "\r", "\0", "\ud800", "\x7f"])
def test_no_word_begins_another_line(word: str) -> None:
    with pytest.raises(Refused):
        written(("GET", word))
