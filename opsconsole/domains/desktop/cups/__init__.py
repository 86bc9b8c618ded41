"""Print queues over IPP: servers of queues (CUPS) and single printers; their jobs and supplies."""

from collections.abc import Sequence

from opsconsole import reading
from opsconsole.domains.desktop.cups import job, job_action, queue, queue_action, supply
from opsconsole.domains.desktop.cups.rule import RULES
from opsconsole.domains.desktop.cups.wire import JOBS, QUEUES, jobs, queues
from opsconsole.reading import Reading
from opsconsole.spec import Exchange, Integration, Probe

_SETUP = """\
# estate.toml
[target.cups-1]
kind = "cups"
url = "http://cups.example:631"
user = "ops"
password = { file = "~/.secrets/cups" }
"""

_SOURCE = "IPP printer-supply, marker-levels"


def _readings(payload: bytes) -> Sequence[Reading]:
    return supply.readings(queues(payload))


SERVER = Probe(
    *("cups.server", "Print server", "queues", queue.SERVER_COLUMNS, ()),
    *(queues, queue.server_rows),
    on_demand=False,
)
QUEUE = Probe(
    *("cups.queue", "Queues", "queues", queue.COLUMNS, ("queue",), queues, queue.rows),
    on_demand=False,
    quiet=True,
)
SUPPLY = Probe(
    *("cups.supply", "Supplies", "queues", supply.COLUMNS, ("supply",), queues, supply.rows),
    on_demand=False,
    quiet=True,
)
JOB = Probe(
    *("cups.job", "Jobs", "jobs", job.COLUMNS, ("id",), jobs, job.rows), named=("id", "name")
)

INTEGRATION = Integration(
    kind="cups",
    title="Print queues",
    exchanges=(
        Exchange("queues", every=20, compared=False),
        Exchange("jobs", every=10, on_demand=True, compared=False),
    ),
    probes=(
        *(SERVER, QUEUE, SUPPLY, JOB),
        reading.probe("cups", "queues", _SOURCE, _readings),
        reading.summary("cups", "queues", _SOURCE, _readings),
    ),
    setup=_SETUP,
    rules=RULES,
    questions={"queues": QUEUES, "jobs": JOBS},
    transports=("http",),
    actions=(*queue_action.ACTIONS, *job_action.ACTIONS),
)
