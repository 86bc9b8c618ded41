"""What can be done to a Modbus device: write a setpoint, switch a coil; both within its map."""

from opsconsole.domains.lowvoltage import setpoint, switch

SETPOINT = setpoint.setpoint(
    setpoint.Way(
        kind="modbus",
        about="Writes a value into the register of a setpoint, within the clamp of its map.",
        proof="the register reads back as it was written",
    )
)

SWITCH = switch.switch(
    switch.Way(
        kind="modbus",
        id="modbus.switch-coil",
        about="Switches a coil that the map lets be switched.",
        proof="the coil reads back as it was switched",
    )
)

ACTIONS = (SETPOINT, SWITCH)
