"""What can be done in an account: to instances and volumes, to open doors, to tags."""

from opsconsole.domains.cloud.aws.action.disk import SNAPSHOT_VOLUME
from opsconsole.domains.cloud.aws.action.door import CLOSE, REOPEN
from opsconsole.domains.cloud.aws.action.label import TAG, UNTAG
from opsconsole.domains.cloud.aws.action.power import REBOOT, START, STOP
from opsconsole.domains.cloud.aws.action.whole import SNAPSHOT, TERMINATE

ACTIONS = (START, STOP, REBOOT, SNAPSHOT, TERMINATE, TAG, UNTAG, SNAPSHOT_VOLUME, CLOSE, REOPEN)

__all__ = [
    "ACTIONS",
    "CLOSE",
    "REBOOT",
    "REOPEN",
    "SNAPSHOT",
    "SNAPSHOT_VOLUME",
    "START",
    "STOP",
    "TAG",
    "TERMINATE",
    "UNTAG",
]
