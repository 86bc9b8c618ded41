"""Writes to a real BACnet device: at the priority of the map, within its clamp; and letting go."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from opsconsole.errors import Gone, Lost, Refused, Unreachable
from opsconsole.model import Target
from opsconsole.transports.bacnet import BacnetTransport, wire
from tests.servers.bacnet import Site, bacnet
from tests.transports.bacnet.scene import target
from tests.transports.doing import done


@pytest.fixture
async def site() -> AsyncGenerator[Site, None]:
    async with bacnet() as one:
        yield one


@pytest.fixture
def to(site: Site, tmp_path: Path) -> Target:
    return target(site, tmp_path)


async def test_a_point_is_told_with_what_commands_it(site: Site, to: Target) -> None:
    transport = BacnetTransport()
    await done(transport, to, "WRITE", "valve", "40")
    status, told = await done(transport, to, "READ", "valve")
    said = json.loads(told)
    assert (status, said["value"], said["low"], said["high"], said["unit"]) == (0, 40, 0, 100, "%")
    assert said["said"] == {
        "takes": "setpoint", "priority": "10", "commanded": "10: 40", "own command": "40.0",
        "_holder": "10",
    }  # fmt: skip
    await transport.close()


async def test_a_number_and_a_state_are_commanded_and_let_go(site: Site, to: Target) -> None:
    transport = BacnetTransport()
    assert await done(transport, to, "WRITE", "setpoint", "23.5") == (0, b"")
    assert await done(transport, to, "WRITE", "fan", "1") == (0, b"")
    assert site.objects["analog-value,3"].presentValue == 23.5
    assert await done(transport, to, "RELINQUISH", "setpoint") == (0, b"")
    assert site.objects["analog-value,3"].presentValue == 21
    assert site.writes == [
        ("analog-value,3", 23.5, 8), ("binary-output,6", 1, 8), ("analog-value,3", None, 8),
    ]  # fmt: skip
    await transport.close()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("WRITE", "setpoint", "27.1"), "outside of 18 to 27 °C"),
        (("WRITE", "setpoint", "nan"), "outside of 18"),
        (("WRITE", "setpoint", "25"), "more than 3"),
        (("WRITE", "fan", "0.5"), "outside of 0 to 1"),
        (("WRITE", "supply", "20"), "does not let supply be written"),
        (("RELINQUISH", "supply"), "does not let supply be written"),
        (("WRITE", "setpoint"), "READ POINT, WRITE POINT VALUE or RELINQUISH POINT"),
        ((), "READ POINT"),
    ],
)
async def test_what_the_map_does_not_allow_is_never_sent(
    words: tuple[str, ...], why: str, site: Site, to: Target
) -> None:
    with pytest.raises(Refused, match=why):
        await done(BacnetTransport(), to, *words)
    assert site.writes == []


async def test_an_object_that_no_map_names_is_not_written(site: Site, to: Target) -> None:
    with pytest.raises(Gone, match="only those are written"):
        await done(BacnetTransport(), to, "WRITE", "analog-input,2", "1")
    with pytest.raises(Gone):
        await done(BacnetTransport(), target(site, Path(), ""), "READ", "setpoint")


async def test_a_refusal_is_a_status_with_its_words(site: Site, tmp_path: Path) -> None:
    text = '[point.x]\nobject = "analog-value,9"\nwrite = { low = 0, high = 1 }\n'
    to = target(site, tmp_path, text)
    assert await done(BacnetTransport(), to, "READ", "x") == (1, b"unknown-object")
    status, said = await done(BacnetTransport(), to, "WRITE", "x", "1")
    assert (status, said) == (1, b"object: unknown-object")


async def test_a_write_without_an_answer_is_lost_and_never_sent_again(
    site: Site, to: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = BacnetTransport()
    await done(transport, to, "READ", "setpoint")
    monkeypatch.setattr(wire, "TIMEOUT_S", 1.0)
    site.deaf = True
    with pytest.raises(Lost, match="whether it was written is not known"):
        await done(transport, to, "WRITE", "setpoint", "22")
    assert len(site.writes) == 1
    monkeypatch.setattr(wire, "TIMEOUT_S", 0.1)
    with pytest.raises(Unreachable, match="no answer over UDP"):
        await done(transport, to, "READ", "setpoint")
    await transport.close()
