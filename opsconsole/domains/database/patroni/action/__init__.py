"""What can be done: have another member lead; pause; restart or copy anew the one asked."""

from opsconsole.domains.database.patroni.action.leader import FAILOVER, SWITCHOVER
from opsconsole.domains.database.patroni.action.node import (
    PAUSE,
    REINITIALIZE,
    RESTART,
    RESUME,
)

ACTIONS = (SWITCHOVER, FAILOVER, PAUSE, RESUME, RESTART, REINITIALIZE)
