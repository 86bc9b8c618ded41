"""What can be done to a host: actions as data, and pure functions of what the host says."""

from opsconsole.domains.system.host.action import (
    clock,
    growth,
    journal,
    lvs,
    process,
    reboot,
    service,
)

ACTIONS = (
    *service.ACTIONS,
    *process.ACTIONS,
    *growth.ACTIONS,
    *lvs.ACTIONS,
    *clock.ACTIONS,
    *journal.ACTIONS,
    *reboot.ACTIONS,
)
"""In the order of the page docs/domains/system.md."""
