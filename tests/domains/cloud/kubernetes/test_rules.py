"""Rules of a cluster: raised by what is wrong for long enough, over with it."""

from pathlib import Path

import pytest

from tests.domains.database.trial import Case, Cells, rules, tried

POD: Cells = {"namespace": "n", "name": "p", "status": "Running"}
NODE: Cells = {"name": "n1", "status": "Ready", "pressures": 0}
LOAD: Cells = {"namespace": "n", "name": "w", "missing": 0, "unseen": 0, "status": "Complete"}
JOB: Cells = {"namespace": "n", "name": "j", "status": "Complete"}
SCALER: Cells = {"namespace": "n", "name": "h", "status": "Active", "used_percent": 50.0}
BUDGET: Cells = {"namespace": "n", "name": "b", "missing": 0}
CLAIM: Cells = {"namespace": "n", "name": "c", "status": "Bound"}

WRONG: list[Case] = [
    ("kubernetes.pod-crash-loop", POD, {"status": "CrashLoopBackOff"}, "warn"),
    ("kubernetes.pod-crash-loop", POD, {"status": "Init:CrashLoopBackOff"}, "warn"),
    ("kubernetes.pod-not-ready", POD, {"status": "NotReady"}, "warn"),
    ("kubernetes.pod-not-ready", POD, {"status": "Unschedulable"}, "warn"),
    ("kubernetes.pod-not-ready", POD, {"status": "Completed"}, ""),
    ("kubernetes.pod-waiting", POD, {"status": "ImagePullBackOff"}, "warn"),
    ("kubernetes.pod-creating", POD, {"status": "ContainerCreating"}, "warn"),
    ("kubernetes.pod-failed", POD, {"status": "Evicted"}, "warn"),
    ("kubernetes.pod-terminating", POD, {"status": "Terminating"}, "warn"),
    ("kubernetes.node-not-ready", NODE, {"status": "NotReady"}, "crit"),
    ("kubernetes.node-not-ready", NODE, {"status": "Unknown,SchedulingDisabled"}, "crit"),
    ("kubernetes.node-pressure", NODE, {"pressures": 1}, "warn"),
    ("kubernetes.node-cordoned", NODE, {"status": "Ready,SchedulingDisabled"}, "warn"),
    ("kubernetes.api-not-ready", {"api": "ready"}, {"api": "not ready"}, "crit"),
    ("kubernetes.deployment-short", LOAD, {"missing": 2}, "warn"),
    ("kubernetes.deployment-unseen", LOAD, {"unseen": 1}, "warn"),
    ("kubernetes.stateful-set-short", LOAD, {"missing": 1}, "warn"),
    ("kubernetes.stateful-set-unseen", LOAD, {"unseen": 1}, "warn"),
    ("kubernetes.daemon-set-short", LOAD, {"missing": 1}, "warn"),
    ("kubernetes.daemon-set-unseen", LOAD, {"unseen": 1}, "warn"),
    ("kubernetes.rollout-stuck", LOAD, {"status": "Stuck"}, "crit"),
    ("kubernetes.job-failed", JOB, {"status": "Failed"}, "warn"),
    ("kubernetes.job-long", JOB, {"status": "Running"}, "warn"),
    ("kubernetes.autoscaler-full", SCALER, {"used_percent": 100.0}, "warn"),
    ("kubernetes.autoscaler-blind", SCALER, {"status": "Inactive"}, "warn"),
    ("kubernetes.budget-short", BUDGET, {"missing": 1}, "warn"),
    ("kubernetes.claim-unbound", CLAIM, {"status": "Pending"}, "warn"),
    ("kubernetes.claim-unbound", CLAIM, {"status": "Lost"}, "crit"),
]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: f"{case[0]} {case[2]}")
def test_a_rule_is_raised_and_over(tmp_path: Path, case: Case) -> None:
    name, good, bad, level = case
    assert tried(tmp_path, rules("kubernetes")[name], good, bad, level) == 0


def test_every_rule_is_tried() -> None:
    assert {name for name, *_ in WRONG} == rules("kubernetes").keys()
