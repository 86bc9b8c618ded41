"""All that a management controller is asked about."""

from opsconsole import reading
from opsconsole.domains.system.bmc.machine import CHASSIS, CONTROLLER, HEALTH, SYSTEM
from opsconsole.domains.system.bmc.part import DRIVE, LOG, SUPPLY
from opsconsole.domains.system.bmc.sensing import readings

_SOURCE = "Redfish Thermal, Power, ThermalSubsystem, PowerSubsystem, Sensors"

PROBES = (
    HEALTH,
    SYSTEM,
    CHASSIS,
    CONTROLLER,
    reading.summary("bmc", "sensors", _SOURCE, readings),
    reading.probe("bmc", "sensors", _SOURCE, readings),
    SUPPLY,
    DRIVE,
    LOG,
)
