"""Real servers of LVS: recorded tables of a real director, and what they mean for the actions."""

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.system.host import lvs as probe
from opsconsole.domains.system.host.action import lvs
from opsconsole.errors import Gone, Malformed, Unsupported
from opsconsole.plan import Thing
from opsconsole.spec import Facts
from tests.domains.system.host.wires import LVS

TABLE = LVS.replace(b"/proc/net/ip_vs:", b"").partition(b"\n")[2]
ONE = "tcp/10.77.0.2:80/10.77.0.1:8001"


def thing(route: str = ONE) -> Thing:
    return Thing("lb-1", (("route", route),), Clean(route))


def facts(table: bytes = TABLE, route: str = ONE) -> Facts:
    return lvs.read(thing(route), 0, table)


def test_rows_of_a_real_director() -> None:
    found = {str(row[-1]): row for row in probe.rows(probe.read(LVS), None)}
    assert list(found) == [
        "tcp/10.77.0.2:80/10.77.0.1:8001",
        "tcp/10.77.0.2:80/10.77.0.1:8000",
        "udp/10.77.0.2:53/10.77.0.3:53",
        "tcp/[fd00::2]:443/[fd00::3]:8443",
        "fwm/7/10.77.0.4:0",
    ]
    assert found[ONE][:7] == ("tcp 10.77.0.2:80", "10.77.0.1:8001", 1, 0, 0, "Masq", "wrr")
    assert found[ONE][7] == "persistent 30000 FFFFFFFF"
    assert found["fwm/7/10.77.0.4:0"][7] is None


def test_a_host_that_directs_nothing() -> None:
    with pytest.raises(Unsupported, match="no LVS director"):
        probe.read(b"kernel:Linux x86_64\n")
    with pytest.raises(Unsupported, match="no LVS director"):
        lvs.read(thing(), 1, b"cat: /proc/net/ip_vs: No such file or directory\n")
    with pytest.raises(Malformed):
        probe.read(LVS.replace(b"0A4D0001:1F41", b"nowhere"))


def test_one_of_two_is_drained_with_the_call_that_the_director_took() -> None:
    assert lvs.DRAIN.bars(thing(), facts(), {}) == ""
    (step,) = lvs.DRAIN.steps(thing(), facts(), {})
    assert (" ".join(step.argv), step.root) == (
        "ipvsadm -e -t 10.77.0.2:80 -r 10.77.0.1:8001 -m -w 0",
        True,
    )
    undo = lvs.DRAIN.undo(thing(), facts(), {})
    assert undo is not None
    assert (undo.action, undo.arguments) == ("host.restore-server", {"weight": "1"})
    assert "persistence" in lvs.DRAIN.effect(thing(), facts(), {})


@pytest.mark.parametrize(
    ("route", "argv"),
    [
        ("fwm/7/10.77.0.4:0", "ipvsadm -e -f 7 -r 10.77.0.4:0 -i -w 5"),
        ("udp/10.77.0.2:53/10.77.0.3:53", "ipvsadm -e -u 10.77.0.2:53 -r 10.77.0.3:53 -g -w 5"),
        ("tcp/[fd00::2]:443/[fd00::3]:8443",
         "ipvsadm -e -t [fd00::2]:443 -r [fd00::3]:8443 -m -w 5"),
    ],
)  # fmt: skip
def test_each_kind_of_service_and_way_of_forwarding(route: str, argv: str) -> None:
    found = facts(route=route)
    if found["weight"] != "5":
        assert lvs.RESTORE.bars(thing(route), found, {"weight": "5"}) == ""
    (step,) = lvs.RESTORE.steps(thing(route), found, {"weight": "5"})
    assert " ".join(step.argv) == argv


def test_the_last_one_and_one_that_is_drained_are_left_alone() -> None:
    alone = TABLE.replace(b"Masq    3 ", b"Masq    0 ")
    assert "nobody would be served" in lvs.DRAIN.bars(thing(), facts(alone), {})
    mail = "udp/10.77.0.2:53/10.77.0.3:53"
    assert "already" in lvs.DRAIN.bars(thing(mail), facts(route=mail), {})
    local = facts(TABLE.replace(b"Masq    1 ", b"Local   1 "))
    assert "not known here" in lvs.DRAIN.bars(thing(), local, {})
    assert "already" in lvs.RESTORE.bars(thing(), facts(), {"weight": "1"})
    with pytest.raises(Gone):
        facts(route="tcp/10.77.0.2:80/10.77.0.9:80")


def test_it_is_drained_when_nobody_is_left() -> None:
    busy = facts(TABLE.replace(b"Masq    1      0 ", b"Masq    0      4 "))
    quiet = facts(TABLE.replace(b"Masq    1      0 ", b"Masq    0      0 "))
    assert (busy["weight"], busy["active"]) == ("0", "4")
    assert not lvs.DRAIN.verify.held(facts(), busy, {})
    assert lvs.DRAIN.verify.held(facts(), quiet, {})
    assert not lvs.DRAIN.verify.held(facts(), None, {})
    assert lvs.RESTORE.verify.held(quiet, facts(), {"weight": "1"})
    back = lvs.RESTORE.undo(thing(), quiet, {"weight": "1"})
    assert back is not None
    assert back.action == "host.drain-server"


@pytest.mark.parametrize("weight", ["0", "-1", "65536", "", "1 -C", "\u0661"])
def test_what_is_no_weight(weight: str) -> None:
    assert lvs.RESTORE.arguments[0].check(weight)
    assert not lvs.RESTORE.arguments[0].check("65535")
