"""What an endpoint is asked over SNMP: the standards first, then what makers have of their own."""

from functools import lru_cache

from opsconsole.domains.desktop.agent import Answer, Reader
from opsconsole.question import Snmp, SnmpGet, SnmpWalk, parted

SYSTEM = "1.3.6.1.2.1.1"
DESCRIPTION, OBJECT, UPTIME, CONTACT, NAME, PLACE = (f"{SYSTEM}.{at}.0" for at in range(1, 7))
ENTITY = {"firmware": "1.3.6.1.2.1.47.1.1.1.1.9.1", "serial": "1.3.6.1.2.1.47.1.1.1.1.11.1",
          "model": "1.3.6.1.2.1.47.1.1.1.1.13.1"}  # fmt: skip

INTERFACE, INTERFACE_X = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
STORAGE, PROCESSOR = "1.3.6.1.2.1.25.2.3.1", "1.3.6.1.2.1.25.3.3.1"
ENTITIES, SENSOR = "1.3.6.1.2.1.47.1.1.1.1", "1.3.6.1.2.1.99.1.1.1"
SIP = "1.3.6.1.2.1.149.1.1.1.1"
"""`sipCommonCfgTable` of SIP-COMMON-MIB (RFC 4780)"""

POLY = "1.3.6.1.4.1.13885.101.1"
"""POLYCOM-ENDPOINT-MIB"""
GRANDSTREAM = "1.3.6.1.4.1.42397.1.2"
"""GS-HT8XX-MIB"""
HELIOS = "1.3.6.1.4.1.6530.11"
"""2N"""
CLICKSHARE = "1.3.6.1.4.1.7312.2468.1"
"""BARCO-CLICKSHARE-MIB"""
AUDIOCODES = "1.3.6.1.4.1.5003.9.10"
HOOK, ANALOG = f"{AUDIOCODES}.1.4.1.1", f"{AUDIOCODES}.8.2.20.1.1"
PHONE_NUMBER, CALLER = f"{AUDIOCODES}.3.1.1.1.21.1", f"{AUDIOCODES}.3.1.1.4.13.21.1"
INNOVAPHONE = "1.3.6.1.4.1.6666.2.1.1.1"
"""`voiceIfTable`"""
SNOM = "1.3.6.1.2.1.7526.2"
AVAYA = "1.3.6.1.4.1.6889.2.69"

ENDINGS = ("", ".0", ".0.0")
"""Agents of telephones do not agree on how the name of an object that stands alone ends."""


def spelled(*oids: str) -> tuple[str, ...]:
    """Names with each of the endings."""
    return tuple(f"{oid}{ending}" for oid in oids for ending in ENDINGS)


SCALARS = (
    *(DESCRIPTION, OBJECT, UPTIME, CONTACT, NAME, PLACE, *ENTITY.values()),
    *spelled(f"{SNOM}.4", f"{SNOM}.5"),
    *(f"{AVAYA}.{at}.0" for at in ("2.1.43", "2.1.46", "3.1.43", "3.1.46", "5.1.79")),
    *(f"{AVAYA}.6.1.{at}.0" for at in (4, 52, 57)),
    *(f"{AUDIOCODES}.10.{at}.0" for at in ("2.2.1", "2.3.1", "2.3.2", "2.5.2", "2.5.4", "2.10.1")),
    "1.3.6.1.4.1.5003.15.3.1.1.1.2.0",
)

TABLES: tuple[tuple[str, tuple[int, ...]], ...] = (
    (INTERFACE, (2, 3, 5, 6, 7, 8, 13, 14, 19, 20)),
    (INTERFACE_X, (1, 15, 18)),
    (STORAGE, (2, 3, 4, 5, 6)),
    (PROCESSOR, (2,)),
    (ENTITIES, (2, 7)),
    (SENSOR, (1, 2, 3, 4, 5, 6)),
    (SIP, (2,)),
    (HOOK, (18,)),
    (ANALOG, (2, 4)),
    (PHONE_NUMBER, (8,)),
    (CALLER, (5,)),
    (INNOVAPHONE, (1, 4, 5, 6)),
)
"""Entries of tables, and the columns that are wanted of them."""

TREES = (POLY, GRANDSTREAM, HELIOS, CLICKSHARE)
"""Small MIBs of makers, of which all is read."""

MOST = 2000
"""Objects of one table; an endpoint has some dozens."""

QUESTIONS: tuple[Snmp, ...] = (
    SnmpGet(SCALARS),
    *(SnmpWalk(oid, (), MOST) for oid in TREES),
    *(SnmpWalk(oid, columns, MOST) for oid, columns in TABLES),
)


@lru_cache(maxsize=8)
def read(payload: bytes) -> Answer:
    """Take an answer apart; raises `Malformed` when the agent refuses everything, or it is none.

    Kept for a moment: all probes of an endpoint read the same answer, one after the other.
    """
    parts = parted(payload, len(QUESTIONS))
    reader = Reader()
    scalars = reader.objects(parts[: 1 + len(TREES)])
    names = (oid for oid, _ in TABLES)
    tables = reader.tables(zip(names, parts[1 + len(TREES) :], strict=True))
    reader.end()
    return Answer(scalars, tables)


def below(one: Answer, oid: str) -> dict[str, str]:
    """Names of the objects below one, by what stands behind it without the zeros at its end."""
    head = f"{oid}."
    return {
        name.removeprefix(head).removesuffix(".0").removesuffix(".0"): name
        for name in one.scalars
        if name.startswith(head)
    }
