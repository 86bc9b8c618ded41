"""Rows that are about a target of the estate name it, by whatever the device calls it."""

from dataclasses import replace

from opsconsole.clean import Clean
from opsconsole.collector.placing import placed
from opsconsole.model import Column, Quantity, Row, Target
from opsconsole.spec import Exchange, Integration, Probe


def integration(rows: list[Row]) -> Integration:
    keys = ("name", "target", "address")
    probe: Probe[bytes] = Probe(
        "box.beside", "Beside", "all",
        tuple(Column(key, key.upper(), Quantity.TEXT, "test") for key in keys),
        ("name",), bytes, lambda _now, _before: rows, placed=("target", ("address", "name")),
    )  # fmt: skip
    return Integration("box", "Box", (Exchange("all", 5),), (probe,))


def names(known: Integration, *targets: Target) -> list[object]:
    (probe,) = placed(known, targets).probes
    return [row[1] for row in probe.rows(b"", None)]


def row(name: str, address: str = "") -> Row:
    return (Clean(name), Clean(""), Clean(address))


def test_a_target_is_found_by_address_then_by_name() -> None:
    sw, db = Target("sw-9", "network", "snmp", "10.0.0.9"), Target("db", "host", "ssh", "db.lan")
    rows = [
        row("SW-9.lan", "10.0.0.9"),
        row("db.lan"),
        row("db"),
        row("sw-9"),
        row("x", "10.0.0.1"),
    ]
    assert names(integration(rows), sw, db) == ["sw-9", "db", "db", "sw-9", ""]


def test_of_several_at_an_address_the_host_is_meant_and_else_none() -> None:
    one, two = Target("a", "postgres", "x", "10.0.0.1"), Target("b", "redis", "x", "10.0.0.1")
    rows = [row("any", "10.0.0.1")]
    assert names(integration(rows), one, two) == [""]
    assert names(integration(rows), one, two, Target("h", "host", "ssh", "10.0.0.1")) == ["h"]


def test_others_stay_as_they_are() -> None:
    known = integration([])
    (probe,) = known.probes
    bare = replace(known, probes=(replace(probe, placed=None),))
    assert placed(bare, ()) is bare
    assert placed(known, ()).probes[0].read is probe.read
