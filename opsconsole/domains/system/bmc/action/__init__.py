"""What can be done to a server through its controller, by what that says it allows."""

from opsconsole.domains.system.bmc.action.power import (
    FORCE_OFF,
    FORCE_RESTART,
    POWER_ON,
    RESTART,
    RESTART_CONTROLLER,
    SHUTDOWN,
)
from opsconsole.domains.system.bmc.action.setting import BOOT, LOCATOR

ACTIONS = (
    POWER_ON,
    SHUTDOWN,
    RESTART,
    FORCE_OFF,
    FORCE_RESTART,
    BOOT,
    LOCATOR,
    RESTART_CONTROLLER,
)
