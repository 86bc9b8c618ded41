"""BACnet devices, tried with a real one."""
