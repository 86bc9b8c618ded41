"""What well-known traps and their variables are called, and how bad each is; of others the numbers.

Names are those of the MIBs.
"""

from collections.abc import Mapping
from typing import NamedTuple

from opsconsole.model import Level

OK, WARN, CRIT = Level.OK, Level.WARN, Level.CRIT


class Known(NamedTuple):
    """A trap."""

    name: str
    level: Level


def _numbered(head: str, *said: tuple[int, str, Level]) -> dict[str, Known]:
    return {f"{head}.{at}": Known(name, level) for at, name, level in said}


TRAPS: Mapping[str, Known] = {
    **_numbered(
        "1.3.6.1.6.3.1.1.5",
        (1, "coldStart", WARN), (2, "warmStart", WARN), (3, "linkDown", WARN),
        (4, "linkUp", OK), (5, "authenticationFailure", WARN), (6, "egpNeighborLoss", WARN),
    ),
    **_numbered("1.3.6.1.2.1.15.0", (1, "bgpEstablishedNotification", OK),
                (2, "bgpBackwardTransNotification", CRIT)),
    **_numbered("1.3.6.1.2.1.15.7", (1, "bgpEstablished", OK), (2, "bgpBackwardTransition", CRIT)),
    **_numbered("1.3.6.1.2.1.15.7.0", (1, "bgpEstablished", OK),
                (2, "bgpBackwardTransition", CRIT)),
    **_numbered("1.3.6.1.2.1.14.16.2", (2, "ospfNbrStateChange", WARN),
                (16, "ospfIfStateChange", WARN)),
    **_numbered("1.3.6.1.2.1.17.0", (1, "newRoot", WARN), (2, "topologyChange", WARN)),
    **_numbered("1.3.6.1.2.1.33.2", (1, "upsTrapOnBattery", CRIT), (2, "upsTrapTestCompleted", OK),
                (3, "upsTrapAlarmEntryAdded", WARN), (4, "upsTrapAlarmEntryRemoved", OK)),
    **_numbered("1.3.6.1.2.1.33.2.0", (1, "upsTrapOnBattery", CRIT),
                (2, "upsTrapTestCompleted", OK), (3, "upsTrapAlarmEntryAdded", WARN),
                (4, "upsTrapAlarmEntryRemoved", OK)),
    **_numbered("1.3.6.1.2.1.43.18.2.0", (1, "printerV2Alert", WARN)),
    **_numbered("1.3.6.1.2.1.47.2.0", (1, "entConfigChange", OK)),
    **_numbered("1.3.6.1.2.1.68.0", (1, "vrrpTrapNewMaster", WARN),
                (2, "vrrpTrapAuthFailure", WARN)),
    **_numbered("1.0.8802.1.1.2.0.0", (1, "lldpRemTablesChange", OK)),
    **_numbered("1.3.6.1.4.1.8072.4.0", (1, "nsNotifyStart", OK), (2, "nsNotifyShutdown", WARN),
                (3, "nsNotifyRestart", OK)),
    **_numbered("1.3.6.1.4.1.9.9.43.2.0", (1, "ciscoConfigManEvent", OK)),
    **_numbered("1.3.6.1.4.1.9.9.41.2.0", (1, "clogMessageGenerated", OK)),
    **_numbered("1.3.6.1.4.1.9.9.13.3.0", (1, "ciscoEnvMonShutdownNotification", CRIT),
                (2, "ciscoEnvMonVoltageNotification", CRIT),
                (3, "ciscoEnvMonTemperatureNotification", CRIT),
                (4, "ciscoEnvMonFanNotification", CRIT),
                (5, "ciscoEnvMonRedundantSupplyNotification", CRIT)),
    **_numbered("1.3.6.1.4.1.318.0", (1, "communicationLost", CRIT), (2, "upsOverload", CRIT),
                (3, "upsDiagnosticsFailed", CRIT), (4, "upsDischarged", CRIT),
                (5, "upsOnBattery", CRIT), (7, "lowBattery", CRIT),
                (8, "communicationEstablished", OK), (9, "powerRestored", OK),
                (10, "upsDiagnosticsPassed", OK), (11, "returnFromLowBattery", OK)),
}  # fmt: skip

VARIABLES: Mapping[str, str] = {
    "1.3.6.1.2.1.1.1": "sysDescr",
    "1.3.6.1.2.1.1.5": "sysName",
    "1.3.6.1.2.1.1.6": "sysLocation",
    "1.3.6.1.2.1.2.2.1.1": "ifIndex",
    "1.3.6.1.2.1.2.2.1.2": "ifDescr",
    "1.3.6.1.2.1.2.2.1.3": "ifType",
    "1.3.6.1.2.1.2.2.1.7": "ifAdminStatus",
    "1.3.6.1.2.1.2.2.1.8": "ifOperStatus",
    "1.3.6.1.2.1.31.1.1.1.1": "ifName",
    "1.3.6.1.2.1.31.1.1.1.18": "ifAlias",
    "1.3.6.1.2.1.14.10.1.6": "ospfNbrState",
    "1.3.6.1.2.1.15.3.1.2": "bgpPeerState",
    "1.3.6.1.2.1.15.3.1.7": "bgpPeerRemoteAddr",
    "1.3.6.1.2.1.15.3.1.14": "bgpPeerLastError",
    "1.3.6.1.2.1.33.1.2.2": "upsSecondsOnBattery",
    "1.3.6.1.2.1.33.1.2.3": "upsEstimatedMinutesRemaining",
    "1.3.6.1.2.1.33.1.6.2.1.2": "upsAlarmDescr",
    "1.3.6.1.2.1.43.18.1.1.8": "prtAlertDescription",
    "1.3.6.1.4.1.318.2.3.3": "mtrapargsString",
    "1.3.6.1.4.1.9.9.41.1.2.3.1.5": "clogHistMsgText",
    "1.3.6.1.6.3.1.1.4.3": "snmpTrapEnterprise",
}
"""Without the index that follows."""

WORDS: Mapping[str, Mapping[int, str]] = {
    "ifAdminStatus": {1: "up", 2: "down", 3: "testing"},
    "ifOperStatus": {
        1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent",
        7: "lowerLayerDown",
    },
    "bgpPeerState": {
        1: "idle", 2: "connect", 3: "active", 4: "opensent", 5: "openconfirm", 6: "established",
    },
}  # fmt: skip
"""Numbers of a variable that mean something."""

OBJECTS = ("ifName", "ifDescr", "ifIndex", "bgpPeerRemoteAddr", "upsAlarmDescr")
"""Variables that say what a trap is about, the best first."""


def trap(oid: str) -> Known:
    """What a trap is called; one that nobody knows has its number, and is not judged."""
    return TRAPS.get(oid) or Known(oid, OK)


def variable(oid: str) -> tuple[str, str]:
    """What a variable is called and its index; one that nobody knows has its number."""
    head = oid
    while head := head.rpartition(".")[0]:
        if (known := VARIABLES.get(head)) is not None:
            return known, oid[len(head) + 1 :]
    return oid, ""
