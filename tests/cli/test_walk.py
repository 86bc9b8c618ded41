"""`opsconsole walk` against a real agent, and what it refuses before it asks anybody."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from opsconsole.cli import mib
from opsconsole.cli.command import parse_and_run
from opsconsole.errors import UsageError
from tests.servers.snmpd import AUTH, PRIV, Agent, agent


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    with agent(tmp_path_factory.mktemp("snmpd")) as one:
        yield one


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNITY", "public")
    monkeypatch.setenv("AUTH", AUTH)
    monkeypatch.setenv("PRIV", PRIV)


def run(one: Agent, *words: str) -> int:
    return parse_and_run(["walk", one.address, *words, "--port", str(one.port)])


@pytest.mark.server
def test_well_known_names_are_shown_and_understood(
    real: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(real, "system", "--community", "env:COMMUNITY") == 0
    lines = capsys.readouterr().out.splitlines()
    assert "sysName.0 = STRING: agent" in lines
    assert any(line.startswith("sysObjectID.0 = OID: enterprises.8072.") for line in lines)
    assert run(real, "sysName", "--numeric", "--community", "env:COMMUNITY") == 0
    assert capsys.readouterr().out == "1.3.6.1.2.1.1.5.0 = STRING: agent\n"


@pytest.mark.server
def test_json_is_one_object_per_line_in_version_3_as_well(
    real: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    way = ("--snmp", "3", "--user", "shaaes", "--auth", "sha", "--auth-password", "env:AUTH")
    assert (
        run(real, "ifIndex", "-o", "json", *way, "--priv", "aes", "--priv-password", "env:PRIV")
        == 0
    )
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found[0] == {
        "oid": "1.3.6.1.2.1.2.2.1.1.1",
        "name": "ifIndex.1",
        "type": "INTEGER",
        "value": 1,
    }


@pytest.mark.server
def test_nothing_and_a_refusal_are_told(real: Agent, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(real, "1.3.6.1.4.1.99999", "--community", "env:COMMUNITY") == 1
    assert "nothing below 1.3.6.1.4.1.99999" in capsys.readouterr().err
    way = ("--snmp", "3", "--user", "nobody", "--auth", "sha", "--auth-password", "env:AUTH")
    assert run(real, "system", *way) == 1
    said = capsys.readouterr()
    assert "usmStatsUnknownUserNames" in said.err
    assert AUTH not in said.err


@pytest.mark.server
def test_a_target_of_the_estate_lends_its_address(
    real: Agent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    estate = tmp_path / "estate.toml"
    estate.write_text(f'[target.box]\nkind = "host"\naddress = "{real.address}"\n')
    words = ["walk", "box", "sysName.0", "--community", "env:COMMUNITY", "--port", str(real.port)]
    assert parse_and_run([*words, "--estate", str(estate)]) == 0
    assert capsys.readouterr().out == "sysName.0 = STRING: agent\n"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("noSuchName",), "is no name that is known"),
        (("1.3.x",), "is no name that is known"),
        (("system", "--community", "public"), "env:NAME"),
        (("system", "--auth", "rot13"), "rot13"),
    ],
)
def test_what_makes_no_sense_is_refused(words: tuple[str, ...], found: str) -> None:
    with pytest.raises(UsageError, match=found):
        parse_and_run(["walk", "127.0.0.1", *words])


def test_names_and_numbers_are_each_others_and_none_stands_twice() -> None:
    assert len(set(mib.NAMES.values())) == len(mib.NAMES)
    for name, oid in mib.NAMES.items():
        assert mib.number(name) == oid
        assert mib.named(f"{oid}.99") == f"{name}.99"
        assert len(oid.split(".")) <= mib.DEEPEST
    assert mib.number(".1.3.6.1") == "1.3.6.1"
    assert mib.named("2.5.4") == "2.5.4"
