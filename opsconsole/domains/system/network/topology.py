"""Who is beside a device: its neighbours as rows."""

from opsconsole.clean import Clean, clean
from opsconsole.domains.system.network import interface
from opsconsole.domains.system.network.interface import Reading
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

_TEXT = Quantity.TEXT


def rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per neighbour, by our port."""
    found: dict[tuple[str, str, str], Row] = {}
    for one in now.neighbours:
        known = now.interfaces.get(one.interface) if one.interface is not None else None
        port = known.label if known is not None else clean(one.port, 60)
        found[port, one.name, one.their_port] = (
            port,
            one.name,
            one.their_port,
            Clean(", ".join(one.kinds)),
            Clean(""),
            one.address,
            one.chassis,
            Clean(one.protocol),
            Clean(known.state) if known is not None else None,
            known.speed_bits_per_s if known is not None else None,
            one.about,
        )
    return list(found.values())


def _lldp(key: str, title: str, field: str) -> Column:
    return Column(key, title, _TEXT, f"LLDP-MIB {field}; CDP")


PROBE = Probe(
    id="network.neighbour",
    title="Neighbours",
    exchange="interfaces",
    columns=(
        _lldp("port", "PORT", "lldpRemLocalPortNum: our port"),
        _lldp("name", "NEIGHBOUR", "lldpRemSysName, else its chassis"),
        _lldp("their_port", "ITS PORT", "lldpRemPortId, else lldpRemPortDesc"),
        _lldp("kind", "KIND", "lldpRemSysCapEnabled: what it says that it is"),
        Column("target", "TARGET", _TEXT, "the target of this estate that has its name or address"),
        _lldp("address", "ADDRESS", "lldpRemManAddr: where it is managed"),
        _lldp("chassis", "CHASSIS", "lldpRemChassisId"),
        Column("protocol", "BY", _TEXT, "by which protocol it is known"),
        Column("link", "LINK", _TEXT, "IF-MIB ifOperStatus of our port"),
        Column("speed_bits_per_s", "SPEED", Quantity.BITS_PER_S, "IF-MIB ifHighSpeed of our port"),
        _lldp("about", "ABOUT", "lldpRemSysDesc: what it runs"),
    ),
    key=("port", "name", "their_port"),
    read=interface.read,
    rows=rows,
    placed=("target", ("address", "name")),
)
