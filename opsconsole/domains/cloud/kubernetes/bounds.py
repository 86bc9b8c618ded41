"""What bounds pods and their disks: autoscalers, disruption budgets, volume claims."""

from typing import Any, cast

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes import values
from opsconsole.domains.cloud.kubernetes.parts import Condition, condition
from opsconsole.domains.cloud.kubernetes.watched import Object, Reader
from opsconsole.domains.cloud.kubernetes.workload import Selector
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe
from opsconsole.turn import Turn

Mixed = int | str | None
"""A number, or a share as text."""


class Scaled(msgspec.Struct, gc=False):
    """What is scaled."""

    kind: str = ""
    name: str = ""


class ScalerSpec(msgspec.Struct, gc=False):
    """What is wanted."""

    target: Scaled = msgspec.field(default_factory=Scaled, name="scaleTargetRef")
    low: int | None = msgspec.field(default=1, name="minReplicas")
    high: int = msgspec.field(default=0, name="maxReplicas")


class ScalerStatus(msgspec.Struct, gc=False):
    """What is. Metrics come in five shapes: each is a table under the name of its type."""

    current: int | None = msgspec.field(default=None, name="currentReplicas")
    desired: int | None = msgspec.field(default=None, name="desiredReplicas")
    scaled: str | None = msgspec.field(default=None, name="lastScaleTime")
    conditions: list[Condition] | None = None
    metrics: list[dict[str, Any]] | None = msgspec.field(default=None, name="currentMetrics")


class Scaler(Object, gc=False):
    """What is read of a horizontal pod autoscaler."""

    spec: ScalerSpec = msgspec.field(default_factory=ScalerSpec)
    status: ScalerStatus = msgspec.field(default_factory=ScalerStatus)


READ_SCALER = Reader(Scaler)


def scaler_rows(turn: Turn[Scaler], _before: Turn[Scaler] | None) -> list[Row]:
    """One row per autoscaler."""
    return [_scaler(one) for one in turn.put]


def _scaler(one: Scaler) -> Row:
    now, spec = one.status, one.spec
    word, why = _scaling(one)
    return (
        values.word(one.metadata.namespace),
        values.name(one.metadata.name),
        values.name(f"{spec.target.kind}/{spec.target.name}"),
        word,
        why,
        spec.low,
        spec.high,
        now.current,
        now.desired,
        100.0 * now.current / spec.high if now.current is not None and spec.high else None,
        clean(", ".join(map(_metric, now.metrics or ())), 200),
        values.moment(now.scaled),
        values.moment(one.metadata.created),
        Clean("HorizontalPodAutoscaler"),
        values.name(one.metadata.uid),
    )


def _scaling(one: Scaler) -> tuple[Clean, Clean]:
    """`Unable`: it cannot read its metrics; `Limited`: it would go further if it might."""
    for kind, bad, said in (
        ("AbleToScale", "False", "Unable"),
        ("ScalingActive", "False", "Inactive"),
        ("ScalingLimited", "True", "Limited"),
    ):
        found = condition(one.status.conditions, kind)
        if found is not None and found.status == bad:
            return values.word(said), clean(found.message, 300)
    return Clean("Active"), Clean("")


def _metric(found: dict[str, Any]) -> str:
    """`cpu 71%`, in whichever of the shapes it comes."""
    kind = str(found.get("type", ""))
    part = _table(found.get(kind[:1].lower() + kind[1:]))
    now = _table(part.get("current"))
    name = part.get("name") or _table(part.get("metric")).get("name", "")
    if "averageUtilization" in now:
        return f"{name} {now['averageUtilization']}%"
    return f"{name} {now.get('averageValue', now.get('value', '?'))}"


def _table(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


SCALER = Probe(
    "kubernetes.autoscaler",
    "Autoscalers",
    "autoscalers",
    (
        Column("namespace", "NAMESPACE", Quantity.TEXT, "HPA metadata.namespace"),
        Column("name", "HPA", Quantity.TEXT, "HPA metadata.name"),
        Column("scales", "SCALES", Quantity.TEXT, "HPA spec.scaleTargetRef"),
        Column("status", "STATUS", Quantity.STATE, "HPA status.conditions"),
        Column("message", "MESSAGE", Quantity.TEXT, "HPA status.conditions message"),
        Column("low", "MIN", Quantity.COUNT, "HPA spec.minReplicas"),
        Column("high", "MAX", Quantity.COUNT, "HPA spec.maxReplicas"),
        Column("current", "PODS", Quantity.COUNT, "HPA status.currentReplicas"),
        Column("desired", "DESIRED", Quantity.COUNT, "HPA status.desiredReplicas"),
        Column("used_percent", "OF MAX", Quantity.PERCENT, "HPA status.currentReplicas of the max"),
        Column("metrics", "METRICS", Quantity.TEXT, "HPA status.currentMetrics"),
        Column("scaled", "SCALED", Quantity.SINCE, "HPA status.lastScaleTime"),
        Column("created", "AGE", Quantity.SINCE, "HPA metadata.creationTimestamp"),
        Column("kind", "KIND", Quantity.TEXT, "HPA kind"),
        Column("uid", "UID", Quantity.TEXT, "HPA metadata.uid"),
    ),
    ("namespace", "name"),
    READ_SCALER,
    scaler_rows,
    named=("namespace", "name"),
)


class BudgetSpec(msgspec.Struct, gc=False):
    """What is wanted."""

    least: Mixed = msgspec.field(default=None, name="minAvailable")
    most: Mixed = msgspec.field(default=None, name="maxUnavailable")
    selector: Selector | None = None


class BudgetStatus(msgspec.Struct, gc=False):
    """What is."""

    allowed: int = msgspec.field(default=0, name="disruptionsAllowed")
    healthy: int = msgspec.field(default=0, name="currentHealthy")
    desired: int = msgspec.field(default=0, name="desiredHealthy")
    expected: int = msgspec.field(default=0, name="expectedPods")


class Budget(Object, gc=False):
    """What is read of a pod disruption budget."""

    spec: BudgetSpec = msgspec.field(default_factory=BudgetSpec)
    status: BudgetStatus = msgspec.field(default_factory=BudgetStatus)


READ_BUDGET = Reader(Budget)


def budget_rows(turn: Turn[Budget], _before: Turn[Budget] | None) -> list[Row]:
    """One row per disruption budget."""
    return [
        (
            values.word(one.metadata.namespace),
            values.name(one.metadata.name),
            _said(one.spec.least),
            _said(one.spec.most),
            one.status.allowed,
            one.status.healthy,
            one.status.desired,
            one.status.expected,
            max(0, one.status.desired - one.status.healthy),
            values.word(values.pairs(one.spec.selector.labels if one.spec.selector else None), 400),
            values.moment(one.metadata.created),
            Clean("PodDisruptionBudget"),
            values.name(one.metadata.uid),
        )
        for one in turn.put
    ]


def _said(value: Mixed) -> Clean:
    return values.word("" if value is None else str(value), 20)


BUDGET = Probe(
    "kubernetes.disruption-budget",
    "Disruption budgets",
    "disruptionbudgets",
    (
        Column("namespace", "NAMESPACE", Quantity.TEXT, "PDB metadata.namespace"),
        Column("name", "PDB", Quantity.TEXT, "PDB metadata.name"),
        Column("least", "MIN AVAIL", Quantity.TEXT, "PDB spec.minAvailable"),
        Column("most", "MAX UNAV", Quantity.TEXT, "PDB spec.maxUnavailable"),
        Column("allowed", "ALLOWED", Quantity.COUNT,
               "PDB status.disruptionsAllowed: pods that may be evicted now"),
        Column("healthy", "HEALTHY", Quantity.COUNT, "PDB status.currentHealthy"),
        Column("desired", "DESIRED", Quantity.COUNT, "PDB status.desiredHealthy"),
        Column("expected", "PODS", Quantity.COUNT, "PDB status.expectedPods"),
        Column("missing", "MISSING", Quantity.COUNT, "desiredHealthy without currentHealthy"),
        Column("selector", "SELECTOR", Quantity.TEXT, "PDB spec.selector.matchLabels"),
        Column("created", "AGE", Quantity.SINCE, "PDB metadata.creationTimestamp"),
        Column("kind", "KIND", Quantity.TEXT, "PDB kind"),
        Column("uid", "UID", Quantity.TEXT, "PDB metadata.uid"),
    ),
    ("namespace", "name"),
    READ_BUDGET,
    budget_rows,
    named=("namespace", "name"),
)  # fmt: skip
