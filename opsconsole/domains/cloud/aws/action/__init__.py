"""What can be done in an account: to instances and volumes, to open doors, to tags, quotas."""

from opsconsole.domains.cloud.aws.action.disk import DELETE_VOLUME, SNAPSHOT_VOLUME
from opsconsole.domains.cloud.aws.action.door import CLOSE, REOPEN
from opsconsole.domains.cloud.aws.action.label import TAG, UNTAG
from opsconsole.domains.cloud.aws.action.power import REBOOT, START, STOP
from opsconsole.domains.cloud.aws.action.quota import RAISE_QUOTA
from opsconsole.domains.cloud.aws.action.resize import RESIZE
from opsconsole.domains.cloud.aws.action.token import RELAX_TOKENS, REQUIRE_TOKENS
from opsconsole.domains.cloud.aws.action.whole import SNAPSHOT, TERMINATE

ACTIONS = (
    *(START, STOP, REBOOT, RESIZE, SNAPSHOT, TERMINATE, TAG, UNTAG, REQUIRE_TOKENS, RELAX_TOKENS),
    *(SNAPSHOT_VOLUME, DELETE_VOLUME, CLOSE, REOPEN, RAISE_QUOTA),
)

__all__ = [
    "ACTIONS",
    "CLOSE",
    "DELETE_VOLUME",
    "RAISE_QUOTA",
    "REBOOT",
    "RELAX_TOKENS",
    "REOPEN",
    "REQUIRE_TOKENS",
    "RESIZE",
    "SNAPSHOT",
    "SNAPSHOT_VOLUME",
    "START",
    "STOP",
    "TAG",
    "TERMINATE",
    "UNTAG",
]
