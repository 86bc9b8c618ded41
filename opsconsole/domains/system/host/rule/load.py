"""Rules on processor, load and memory."""

from opsconsole.domains.system.host import limit
from opsconsole.model import Limits
from opsconsole.rule import Bound, Measure, Rule

VITALS = "host.vitals"

_PROCESSES = ("host.renice-process", "host.terminate-process", "host.restart-service")


def warn(limits: Limits, cleared: float) -> Bound:
    """Where a value becomes a warning, and where that ends."""
    return Bound(limits.warn, cleared)


def crit(limits: Limits, cleared: float) -> Bound:
    """Where a value becomes critical, and where that ends."""
    return Bound(limits.crit, cleared)


RULES = (
    Rule(
        id="host.cpu-busy",
        title="Processor is busy",
        about="Everything on the host waits for its turn; what answers people gets slow first.",
        probe=VITALS,
        column="cpu_percent",
        source=limit.CPU.source,
        remedies=(*_PROCESSES, "see which process uses it: sort processes by CPU"),
        warn=warn(limit.CPU, 75),
        crit=crit(limit.CPU, 85),
        measure=Measure.MEAN,
        window_s=600,
    ),
    Rule(
        id="host.cpu-waits",
        title="Processor waits for disks",
        about="Programs stand still until a disk answers: it is slow, or asked for too much.",
        probe=VITALS,
        column="iowait_percent",
        source=limit.IOWAIT.source,
        remedies=("look at await and utilisation of each disk", "host.renice-process"),
        warn=warn(limit.IOWAIT, 30),
        crit=crit(limit.IOWAIT, 60),
        measure=Measure.MEAN,
        window_s=600,
    ),
    Rule(
        id="host.cpu-stolen",
        title="Processor time is stolen",
        about="The machine below gives this one less than it asks for: a neighbour takes it.",
        probe=VITALS,
        column="steal_percent",
        source=limit.STEAL.source,
        remedies=("move the guest, or give it cores of its own; nothing here can mend it",),
        warn=warn(limit.STEAL, 5),
        crit=crit(limit.STEAL, 15),
        measure=Measure.MEAN,
        window_s=1200,
    ),
    Rule(
        id="host.load-15",
        title="Load is high for long",
        about="More wants to run than there are cores, for a quarter of an hour already.",
        probe=VITALS,
        column="load15_per_core",
        source=limit.LOAD.source,
        remedies=(*_PROCESSES, "look whether tasks are running or blocked"),
        warn=warn(limit.LOAD, 1.75),
        depends_on=("host.load-5", "host.load-1", "host.cpu-busy"),
    ),
    Rule(
        id="host.load-5",
        title="Load is very high",
        about="Work queues up: four times as much wants to run as there are cores.",
        probe=VITALS,
        column="load_per_core",
        source=limit.LOAD.source,
        remedies=(*_PROCESSES, "look whether tasks are running or blocked"),
        crit=crit(limit.LOAD, 3.5),
        depends_on=("host.load-1",),
    ),
    Rule(
        id="host.load-1",
        title="Load has jumped",
        about="Something has just started far too much at once; logging in may soon be hard.",
        probe=VITALS,
        column="load1_per_core",
        source="Netdata load alerts: 8 per core over 1 min",
        remedies=_PROCESSES,
        crit=Bound(8, 7),
    ),
    Rule(
        id="host.memory-used",
        title="Memory is nearly used up",
        about="Caches shrink, everything gets slower, and at the end the kernel kills a process.",
        probe=VITALS,
        column="memory_used_percent",
        source=limit.MEMORY.source,
        remedies=(
            "host.restart-service",
            "host.terminate-process",
            "see which process uses it: sort processes by memory",
        ),
        warn=warn(limit.MEMORY, 80),
        crit=crit(limit.MEMORY, 90),
    ),
    Rule(
        id="host.memory-killed",
        title="Kernel killed a process",
        about="There was no memory left within half an hour, and a process was ended for it.",
        probe=VITALS,
        column="oom_kills",
        source=limit.OOM.source,
        remedies=(
            "host.restart-service",
            "look into the journal for `Out of memory`: it names the process",
        ),
        crit=crit(limit.OOM, limit.OOM.crit),
        measure=Measure.INCREASE,
        window_s=1800,
    ),
)
