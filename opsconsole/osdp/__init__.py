"""A gateway to OSDP devices on a serial line, in a process of its own: it must not be late.

It is the control panel of its line: libosdp has to be called each 50 ms. What it hears it tells as
an access controller does, so that targets of kind `door` read both alike.
"""
