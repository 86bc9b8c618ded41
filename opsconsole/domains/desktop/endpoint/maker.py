"""Who made an endpoint and what it is: by its object, by what it answers, by its own words."""

import re
from dataclasses import dataclass

from opsconsole.clean import Clean, clean
from opsconsole.domains.desktop.agent import Answer
from opsconsole.domains.desktop.endpoint import mib
from opsconsole.domains.desktop.endpoint.mib import spelled

Said = tuple[str, ...]
"""Objects, the first that says something counts."""


@dataclass(frozen=True, slots=True)
class Maker:
    """How the endpoints of one maker tell what they are."""

    name: str
    kind: str
    """`phone`, `gateway`, `video`, `room`, `intercom`."""
    objects: Said = ()
    """`sysObjectID` is below one of these."""
    present: Said = ()
    """Or one of these is answered."""
    words: re.Pattern[str] | None = None
    """Or `sysDescr` has this in it; its groups are what they are called: `model`, `serial`, …"""
    model: Said = ()
    serial: Said = ()
    firmware: Said = ()
    part: Said = ()
    location: Said = ()


def _descr(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_P, _G, _H, _C, _A = mib.POLY, mib.GRANDSTREAM, mib.HELIOS, mib.CLICKSHARE, mib.AUDIOCODES

MAKERS = (
    Maker(
        *("Poly", "video", ("1.3.6.1.4.1.2684", "1.3.6.1.4.1.13885"), spelled(f"{_P}.1.4")),
        model=spelled(f"{_P}.1.4"),
        serial=spelled(f"{_P}.1.5"),
        firmware=spelled(f"{_P}.1.1"),
    ),
    Maker(
        *("Grandstream", "gateway", ("1.3.6.1.4.1.42397",), spelled(f"{_G}.3.3", f"{_G}.1")),
        words=_descr(r"\bLinux (?P<model>(?:HT|GX|GR|DP|WP)\w+)"),
        firmware=spelled(f"{_G}.3.3", f"{_G}.3.2"),
        part=spelled(f"{_G}.1"),
    ),
    Maker(
        *("2N", "intercom", ("1.3.6.1.4.1.6530",)),
        model=spelled(f"{_H}.1"),
        serial=spelled(f"{_H}.3"),
        firmware=spelled(f"{_H}.4"),
        part=spelled(f"{_H}.2"),
    ),
    Maker(
        *("Barco", "room", ("1.3.6.1.4.1.7312",)),
        model=(mib.DESCRIPTION,),
        serial=spelled(f"{_C}.1.5"),
        part=spelled(f"{_C}.1.4"),
        location=spelled(f"{_C}.1.3", f"{_C}.1.1"),
    ),
    Maker(
        *("AudioCodes", "gateway", ("1.3.6.1.4.1.5003",)),
        words=_descr(r"Product: (?P<model>[^;]+);\s*SW Version: (?P<firmware>[^;\s]+)"),
        model=(f"{_A}.10.2.3.1.0",),
        serial=(f"{_A}.10.2.3.2.0",),
        firmware=(f"{_A}.10.2.2.1.0",),
    ),
    Maker(
        *("Cisco", "video", ("1.3.6.1.4.1.5596",)),
        words=_descr(
            r"Codec\b.*?SoftW: (?P<firmware>\S+)(?:.*?MCU: (?P<model>.+?)\s+Date:)?"
            r"(?:.*?S/N: (?P<serial>\S+))?"
        ),
    ),
    Maker(
        *("Cisco", "phone"),
        words=_descr(r"Cisco (?:Systems, Inc\. )?(?:Unified )?IP Phone (?P<model>[\w-]+)"),
    ),
    Maker(
        *("Avaya", "phone", ("1.3.6.1.4.1.6889.1.69",)),
        present=tuple(f"{mib.AVAYA}.{at}.0" for at in ("2.1.43", "3.1.43", "6.1.52")),
        model=tuple(f"{mib.AVAYA}.{at}.0" for at in ("2.1.43", "3.1.43", "6.1.52")),
        serial=tuple(f"{mib.AVAYA}.{at}.0" for at in ("2.1.46", "3.1.46", "5.1.79", "6.1.57")),
        firmware=(f"{mib.AVAYA}.6.1.4.0",),
    ),
    Maker("Snom", "phone", ("1.3.6.1.2.1.7526", "1.3.6.1.4.1.7526"), spelled(f"{mib.SNOM}.4")),
    Maker("Yealink", "phone", ("1.3.6.1.4.1.37459",), words=_descr(r"\bYealink (?P<model>\S+)")),
    Maker("innovaphone", "gateway", ("1.3.6.1.4.1.6666",)),
)
"""The first that fits is it."""

_SNOM = re.compile(r"(?P<model>snom\s?\w+)[ -]+(?:SIP[ -]+)?(?P<firmware>[\d.]+)", re.IGNORECASE)

UNKNOWN = Maker("", "")


def maker_of(one: Answer) -> Maker:
    """Whose it is; `UNKNOWN` for one of nobody that is known here."""
    named = f"{one.said(mib.OBJECT)}."
    described = one.said(mib.DESCRIPTION)
    for maker in MAKERS:
        if any(named.startswith(f"{oid}.") for oid in maker.objects) or one.said(*maker.present):
            return maker
        if maker.words is not None and maker.words.search(described):
            return maker
    return UNKNOWN


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one endpoint from another."""

    maker: Clean
    kind: Clean
    model: Clean
    serial: Clean
    firmware: Clean
    part: Clean
    name: Clean
    location: Clean
    contact: Clean


def identity(one: Answer) -> Identity:
    """As its maker tells it, else by ENTITY-MIB, else from how it describes itself."""
    maker, described = maker_of(one), one.said(mib.DESCRIPTION)
    words = _SNOM if maker.name == "Snom" else maker.words
    text = one.said(*spelled(f"{mib.SNOM}.4")) if maker.name == "Snom" else described
    found = words.search(text) if words is not None else None
    told = {key: value or "" for key, value in found.groupdict().items()} if found else {}

    def known(key: str, oids: Said) -> str:
        # Numbers are serials, too.
        number = next((str(n) for oid in oids if (n := one.number(oid)) is not None), "")
        entity = one.said(mib.ENTITY[key]) if key in mib.ENTITY else ""
        return clean(one.said(*oids) or number or entity or told.get(key, ""), 120).rstrip(".")

    model = known("model", maker.model)
    name = one.said(mib.NAME)
    if maker.name == "Grandstream" and re.fullmatch(r"(HT|GX\w|GR\w|DP|WP)\d{3,4}\w*", name):
        model = name  # of adapters that nobody gave a name; `sysDescr` says HT8XX only
    return Identity(
        *(clean(maker.name), clean(maker.kind), clean(model or described, 120)),
        clean(known("serial", maker.serial)),
        clean(known("firmware", maker.firmware)),
        clean(known("part", maker.part)),
        *(name, one.said(*maker.location, mib.PLACE), one.said(mib.CONTACT)),
    )
