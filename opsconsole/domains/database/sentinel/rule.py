"""When a watched primary, or the watch over it, is wrong."""

from opsconsole.model import Level
from opsconsole.rule import Bound, Rule

_DOCS = "Redis documentation, Sentinel"

RULES = (
    Rule(
        id="redis-sentinel.primary-down",
        title="Primary is down",
        about="Enough sentinels agree that it is away; one of them promotes a replica.",
        probe="redis-sentinel.primary",
        column="state",
        source=f"{_DOCS}: o_down, s_down",
        remedies=("Look at its machine and log; `redis-sentinel.peer` says who can stand in.",),
        words={"down": Level.CRIT, "suspect": Level.WARN, "disconnected": Level.WARN},
        for_s=5,
    ),
    Rule(
        id="redis-sentinel.no-quorum",
        title="Sentinels cannot agree",
        about="Too few of them can be reached: if the primary dies, nobody takes its place.",
        probe="redis-sentinel.primary",
        column="quorum",
        source=f"{_DOCS}: SENTINEL CKQUORUM",
        remedies=("Start the sentinels that are away; look at the network between them.",),
        words={"not reached": Level.CRIT},
        for_s=30,
    ),
    Rule(
        id="redis-sentinel.no-replica",
        title="Nobody can stand in",
        about="The primary has no replica: if it dies, there is nothing to promote.",
        probe="redis-sentinel.primary",
        column="replicas",
        source=f"{_DOCS}: num-slaves",
        remedies=("Start a replica of it: REPLICAOF.",),
        warn=Bound(0, 1),
        for_s=60,
    ),
    Rule(
        id="redis-sentinel.tilt",
        title="Sentinel distrusts its clock",
        about="It watches and does nothing: its clock jumped, or its machine was frozen.",
        probe="redis-sentinel.overview",
        column="serving",
        source=f"{_DOCS}: TILT mode",
        remedies=("Look at the clock and the load of its machine; it ends after 30 s of calm.",),
        words={"tilt": Level.WARN},
    ),
)
