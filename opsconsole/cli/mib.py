"""Names of well-known objects of SNMP, to read and to type; of all others the numbers."""

from functools import cache

_IF = "1.3.6.1.2.1.2.2.1"
_X = "1.3.6.1.2.1.31.1.1.1"
_STORAGE = "1.3.6.1.2.1.25.2.3.1"
_ENTITY = "1.3.6.1.2.1.47.1.1.1.1"
_SENSOR = "1.3.6.1.2.1.99.1.1.1"
_UPS = "1.3.6.1.2.1.33.1"


def _numbered(head: str, first: int, names: str) -> dict[str, str]:
    """Names of the numbers from `first` on."""
    return {name: f"{head}.{at}" for at, name in enumerate(names.split(), first)}


NAMES: dict[str, str] = {
    "internet": "1.3.6.1",
    "mib-2": "1.3.6.1.2.1",
    "enterprises": "1.3.6.1.4.1",
    "system": "1.3.6.1.2.1.1",
    **_numbered(
        "1.3.6.1.2.1.1",
        1,
        "sysDescr sysObjectID sysUpTime sysContact sysName sysLocation sysServices",
    ),
    "interfaces": "1.3.6.1.2.1.2",
    "ifNumber": "1.3.6.1.2.1.2.1",
    "ifTable": "1.3.6.1.2.1.2.2",
    **_numbered(
        _IF,
        1,
        "ifIndex ifDescr ifType ifMtu ifSpeed ifPhysAddress ifAdminStatus ifOperStatus"
        " ifLastChange ifInOctets ifInUcastPkts ifInNUcastPkts ifInDiscards ifInErrors"
        " ifInUnknownProtos ifOutOctets ifOutUcastPkts ifOutNUcastPkts ifOutDiscards ifOutErrors"
        " ifOutQLen ifSpecific",
    ),
    "ifXTable": "1.3.6.1.2.1.31.1.1",
    **_numbered(
        _X,
        1,
        "ifName ifInMulticastPkts ifInBroadcastPkts ifOutMulticastPkts ifOutBroadcastPkts"
        " ifHCInOctets ifHCInUcastPkts ifHCInMulticastPkts ifHCInBroadcastPkts ifHCOutOctets"
        " ifHCOutUcastPkts ifHCOutMulticastPkts ifHCOutBroadcastPkts ifLinkUpDownTrapEnable"
        " ifHighSpeed ifPromiscuousMode ifConnectorPresent ifAlias ifCounterDiscontinuityTime",
    ),
    "host": "1.3.6.1.2.1.25",
    "hrSystemUptime": "1.3.6.1.2.1.25.1.1",
    **_numbered(
        _STORAGE,
        1,
        "hrStorageIndex hrStorageType hrStorageDescr hrStorageAllocationUnits hrStorageSize"
        " hrStorageUsed hrStorageAllocationFailures",
    ),
    "hrProcessorLoad": "1.3.6.1.2.1.25.3.3.1.2",
    "entityMIB": "1.3.6.1.2.1.47",
    **_numbered(
        _ENTITY,
        2,
        "entPhysicalDescr entPhysicalVendorType entPhysicalContainedIn entPhysicalClass"
        " entPhysicalParentRelPos entPhysicalName entPhysicalHardwareRev entPhysicalFirmwareRev"
        " entPhysicalSoftwareRev entPhysicalSerialNum entPhysicalMfgName entPhysicalModelName",
    ),
    **_numbered(
        _SENSOR,
        1,
        "entPhySensorType entPhySensorScale entPhySensorPrecision entPhySensorValue"
        " entPhySensorOperStatus entPhySensorUnitsDisplay",
    ),
    "upsMIB": "1.3.6.1.2.1.33",
    **_numbered(
        f"{_UPS}.2",
        1,
        "upsBatteryStatus upsSecondsOnBattery upsEstimatedMinutesRemaining"
        " upsEstimatedChargeRemaining upsBatteryVoltage upsBatteryCurrent upsBatteryTemperature",
    ),
    "upsOutputSource": f"{_UPS}.4.1",
    "upsAlarmsPresent": f"{_UPS}.6.1",
}
"""By name; a table of our own, small enough to be read here. No files of MIBs are needed."""

DEEPEST = 12
"""Numbers that a name of the table has at most."""


@cache
def _by_number() -> dict[str, str]:
    return {oid: name for name, oid in NAMES.items()}


def named(oid: str) -> str:
    """The name of the nearest that has one, and the numbers behind it: `ifDescr.2`."""
    words, known = oid.split("."), _by_number()
    for length in range(min(len(words), DEEPEST), 0, -1):
        found = known.get(".".join(words[:length]))
        if found is not None:
            return ".".join((found, *words[length:]))
    return oid


def number(text: str) -> str:
    """The numbers of a name or of numbers; raises `ValueError`, saying what is understood."""
    head, dot, rest = text.strip().removeprefix(".").partition(".")
    if head in NAMES:
        head = NAMES[head]
    oid = f"{head}{dot}{rest}"
    words = oid.split(".")
    if len(words) < 2 or not all(word.isascii() and word.isdigit() for word in words):
        raise ValueError(
            f"{text[:80]!r} is no name that is known here: write it in numbers, 1.3.6.1.2.1.1, or"
            " as one of system, interfaces, ifTable, ifXTable, host, entityMIB, upsMIB, enterprises"
        )
    return oid
